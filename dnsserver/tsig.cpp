#include "dnsserver/tsig.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cassert>

#include "dnsserver/lowered_name.h"
#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::fail;

constexpr size_t kMacSizeMin = 10;  // RFC 8945 §5.2.2.1: or half of the whole, if that is more

// Sizes of RDATA between its names and octet strings: time, fudge and MAC size; original ID, error and size of
// Other Data.
constexpr size_t kBeforeMacSize = 10;
constexpr size_t kBehindMacSize = 6;
constexpr size_t kTimeSize = 6;
constexpr size_t kRecordTailSize = 10;  // TYPE, CLASS, TTL, RDLENGTH

const EVP_MD* digest_of(TsigAlgorithm algorithm) {
  switch (algorithm) {
    case TsigAlgorithm::hmac_md5: return EVP_md5();
    case TsigAlgorithm::hmac_sha1: return EVP_sha1();
    case TsigAlgorithm::hmac_sha224: return EVP_sha224();
    case TsigAlgorithm::hmac_sha256: return EVP_sha256();
    case TsigAlgorithm::hmac_sha384: return EVP_sha384();
    case TsigAlgorithm::hmac_sha512: return EVP_sha512();
  }
  return nullptr;
}

uint64_t seconds(Time time) {
  return uint64_t(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

void append_u48(Bytes& bytes, uint64_t value) {
  append_u16(bytes, uint16_t(value >> 32));
  append_u32(bytes, uint32_t(value));
}

// RFC 8945 §4.3.3: what is signed beside the message.
Bytes variables(const Tsig& tsig) {
  Bytes bytes = tsig.key_name.lowered();
  append_u16(bytes, kClassAny);
  append_u32(bytes, 0);
  bytes += tsig.algorithm_name.lowered();
  append_u48(bytes, tsig.time_signed);
  append_u16(bytes, tsig.fudge);
  append_u16(bytes, tsig.error);
  append_u16(bytes, uint16_t(tsig.other.size()));
  return bytes + tsig.other;
}

Bytes hmac(const TsigKey& key, BytesView octets) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  const auto* made = HMAC(digest_of(key.algorithm), key.secret.data(), int(key.secret.size()),
                          base::octets(octets), octets.size(), mac, &size);
  // Only a provider that has no such digest fails, and those are refused where keys are made.
  return made == nullptr ? Bytes() : Bytes(reinterpret_cast<const char*>(mac), size);
}

void append(Bytes& response, const Tsig& tsig) {
  put_u16(response.data() + 10, uint16_t(u16_at(response, 10) + 1));
  response += tsig.key_name.wire();
  append_u16(response, kTypeTsig);
  append_u16(response, kClassAny);
  append_u32(response, 0);
  append_u16(response, uint16_t(tsig.algorithm_name.wire().size() + kBeforeMacSize + tsig.mac.size() +
                                kBehindMacSize + tsig.other.size()));
  response += tsig.algorithm_name.wire();
  append_u48(response, tsig.time_signed);
  append_u16(response, tsig.fudge);
  append_u16(response, uint16_t(tsig.mac.size()));
  response += tsig.mac;
  append_u16(response, tsig.original_id);
  append_u16(response, tsig.error);
  append_u16(response, uint16_t(tsig.other.size()));
  response += tsig.other;
}

// The record of a response, but for its MAC.
Tsig response_tsig(const Tsig& request, TsigError error, Time now) {
  Tsig tsig = request;
  tsig.time_signed = seconds(now);
  tsig.mac.clear();
  tsig.error = uint16_t(error);
  tsig.other.clear();
  if (error == TsigError::badtime) {
    tsig.time_signed = request.time_signed;
    append_u48(tsig.other, seconds(now));
  }
  return tsig;
}

bool is_fresh(const Tsig& tsig, Time now) {
  const uint64_t fudge = std::min<uint64_t>(tsig.fudge, uint64_t(kTsigFudgeMax.count()));
  const uint64_t ours = seconds(now);
  const uint64_t apart = ours > tsig.time_signed ? ours - tsig.time_signed : tsig.time_signed - ours;
  return apart <= fudge;
}

}  // namespace

Result<Tsig> read_tsig(const MessageRecord& record) {
  const auto malformed = [] { return fail(ErrorKind::malformed, "a TSIG record that is not one"); };
  if (record.rclass != kClassAny || record.ttl != 0) return malformed();
  LoweredName algorithm;
  const size_t name_end = algorithm.read(record.rdata, 0);
  if (name_end == 0) return malformed();
  Tsig tsig;
  tsig.key_name = record.owner;
  tsig.start = record.start;
  TRY(tsig.algorithm_name, Name::from_wire(record.rdata.substr(0, name_end)));
  BytesView rest = record.rdata.substr(name_end);
  if (rest.size() < kBeforeMacSize) return malformed();
  tsig.time_signed = uint64_t(u16_at(rest, 0)) << 32 | u32_at(rest, 2);
  tsig.fudge = u16_at(rest, 6);
  const size_t size = u16_at(rest, 8);
  rest.remove_prefix(kBeforeMacSize);
  if (rest.size() < size + kBehindMacSize) return malformed();
  tsig.mac = rest.substr(0, size);
  rest.remove_prefix(size);
  tsig.original_id = u16_at(rest, 0);
  tsig.error = u16_at(rest, 2);
  const size_t other_size = u16_at(rest, 4);
  rest.remove_prefix(kBehindMacSize);
  if (rest.size() != other_size) return malformed();
  tsig.other = rest;
  return tsig;
}

TsigVerdict verify(BytesView request, const Tsig& tsig, const TsigKey& key, Time now) {
  const size_t whole = digest_size(key.algorithm);
  if (tsig.mac.empty()) return TsigVerdict::badsig;
  if (tsig.mac.size() > whole || tsig.mac.size() < std::max(kMacSizeMin, whole / 2)) {
    return TsigVerdict::malformed;
  }
  const Bytes mac = hmac(key, without_tsig(request, tsig) + variables(tsig));
  if (mac.size() != whole || CRYPTO_memcmp(mac.data(), tsig.mac.data(), tsig.mac.size()) != 0) {
    return TsigVerdict::badsig;
  }
  if (!is_fresh(tsig, now)) return TsigVerdict::badtime;
  return tsig.mac.size() < whole ? TsigVerdict::badtrunc : TsigVerdict::valid;
}

Bytes without_tsig(BytesView request, const Tsig& tsig) {
  Bytes octets(request.substr(0, tsig.start));
  put_u16(octets.data(), tsig.original_id);
  put_u16(octets.data() + 10, uint16_t(u16_at(octets, 10) - 1));
  return octets;
}

size_t tsig_size(const Tsig& request, const TsigKey& key, TsigError error) {
  return request.key_name.wire().size() + kRecordTailSize + request.algorithm_name.wire().size() +
         kBeforeMacSize + digest_size(key.algorithm) + kBehindMacSize +
         (error == TsigError::badtime ? kTimeSize : 0);
}

void sign(Bytes& response, const Tsig& request, const TsigKey& key, TsigError error, Time now) {
  assert(response.size() >= kHeaderSize);
  Tsig tsig = response_tsig(request, error, now);
  Bytes signed_octets;
  append_u16(signed_octets, uint16_t(request.mac.size()));
  signed_octets += request.mac;
  // The ID that the client will put back is the one it signed (RFC 8945 §5.3).
  const size_t message_at = signed_octets.size();
  signed_octets += response;
  put_u16(signed_octets.data() + message_at, tsig.original_id);
  tsig.mac = hmac(key, signed_octets + variables(tsig));
  append(response, tsig);
}

void add_unsigned_tsig(Bytes& response, const Tsig& request, TsigError error, Time now) {
  append(response, response_tsig(request, error, now));
}

}  // namespace dnsserver
