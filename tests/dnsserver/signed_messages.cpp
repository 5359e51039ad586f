#include "tests/dnsserver/signed_messages.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {

namespace {

constexpr std::string_view kMd5 =
    "ced52800000100000001000104636f7270047465737400000600010f5f61636d652d6368616c6c656e676503"
    "77777704636f7270047465737400001000010000003c000605746f6b656e0864646e732d6b657904636f7270"
    "04746573740000fa00ff00000000003a08686d61632d6d6435077369672d616c670372656703696e74000000"
    "6b08e427012c001072221f40e953d3e3e13fbf61af97bacfced500000000";
constexpr std::string_view kSha1 =
    "ae762800000100000001000104636f7270047465737400000600010f5f61636d652d6368616c6c656e676503"
    "77777704636f7270047465737400001000010000003c000605746f6b656e0864646e732d6b657904636f7270"
    "04746573740000fa00ff00000000002f09686d61632d736861310000006b08e427012c00145d14a5120f924c"
    "c7a060db4a954bf0336a199ea3ae7600000000";
constexpr std::string_view kSha224 =
    "33852800000100000001000104636f7270047465737400000600010f5f61636d652d6368616c6c656e676503"
    "77777704636f7270047465737400001000010000003c000605746f6b656e0864646e732d6b657904636f7270"
    "04746573740000fa00ff0000000000390b686d61632d7368613232340000006b08e427012c001c8a7f768946"
    "d0d75f35e0b0df947312bc71beb727a32a9718b4d04961338500000000";
constexpr std::string_view kSha256 =
    "df5f2800000100000001000104636f7270047465737400000600010f5f61636d652d6368616c6c656e676503"
    "77777704636f7270047465737400001000010000003c000605746f6b656e0864646e732d6b657904636f7270"
    "04746573740000fa00ff00000000003d0b686d61632d7368613235360000006b08e428012c0020c1172af6bf"
    "44c147b91b07a858f016317eb09a8ff5493841adb41b99e964dbcddf5f00000000";
constexpr std::string_view kSha384 =
    "8fa92800000100000001000104636f7270047465737400000600010f5f61636d652d6368616c6c656e676503"
    "77777704636f7270047465737400001000010000003c000605746f6b656e0864646e732d6b657904636f7270"
    "04746573740000fa00ff00000000004d0b686d61632d7368613338340000006b08e428012c00309f2b7e9337"
    "99829ba90b52bccea2b504d1db126215d5782b22962d3e168444350c5de042fed981caa7e8eb36abbda4578f"
    "a900000000";
constexpr std::string_view kSha512 =
    "e69d2800000100000001000104636f7270047465737400000600010f5f61636d652d6368616c6c656e676503"
    "77777704636f7270047465737400001000010000003c000605746f6b656e0864646e732d6b657904636f7270"
    "04746573740000fa00ff00000000005d0b686d61632d7368613531320000006b08e428012c0040e19fb5c4f1"
    "c00e95b688d066aac9c34c4feafbb064b6f6eb9641490690c435256df495aaef12c857da6e715a825a3018ea"
    "46793734bcdd0860ca34aa6a990ab9e69d00000000";
constexpr std::string_view kKnsupdate =
    "64b22800000100000001000104636f7270047465737400000600010f5f61636d652d6368616c6c656e676503"
    "777777c00c001000010000003c000605746f6b656e0864646e732d6b657904636f727004746573740000fa00"
    "ff00000000003d0b686d61632d7368613235360000006b08e428012c0020285d1cb9c521aae903dc5d524ad9"
    "69c1d618a5aecf13929177d39957315ec98864b200000000";
constexpr std::string_view kQuery =
    "b883000000010000000000010f5f61636d652d6368616c6c656e67650377777704636f727004746573740000"
    "0600010864646e732d6b657904636f727004746573740000fa00ff00000000003d0b686d61632d7368613235"
    "360000006b08e428012c002087327cf131b29684d67ce55ef914bf18a4d4532365d2ae427377a9d36c7c0a4a"
    "b88300000000";
constexpr std::string_view kEverything =
    "fee52800000100060004000104636f7270047465737400000600010161c00c00ff00ff0000000000000162c0"
    "0c00ff00fe0000000000000163c00c001000ff0000000000000164c00c001000fe0000000000000165c00c00"
    "100001000000000004036f6e65c053001000010000000000040374776f0166c00c00ff00ff00000000000001"
    "67c00c001000ff0000000000000168c00c001000fe00000000000504676f6e650169c00c0010000100000078"
    "0004036e65770864646e732d6b657904636f727004746573740000fa00ff00000000003d0b686d61632d7368"
    "613235360000006b08e428012c002054130da7050149708892035a47a50597ebaa2aad596420d10d3eff54f5"
    "94ae34fee500000000";

constexpr std::string_view kByAlgorithm[] = {kMd5, kSha1, kSha224, kSha256, kSha384, kSha512};

Name name(std::string_view text) { return Name::parse(text).value(); }

const EVP_MD* digest_of(TsigAlgorithm algorithm) {
  const EVP_MD* digests[] = {EVP_md5(), EVP_sha1(), EVP_sha224(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
  return digests[size_t(algorithm)];
}

Name wire_name(TsigAlgorithm algorithm) {
  return name(algorithm == TsigAlgorithm::hmac_md5 ? "hmac-md5.sig-alg.reg.int" : name_of(algorithm));
}

}  // namespace

Bytes nsupdate_add(TsigAlgorithm algorithm) { return from_hex(kByAlgorithm[size_t(algorithm)]); }
Bytes knsupdate_add() { return from_hex(kKnsupdate); }
Bytes nsupdate_query() { return from_hex(kQuery); }
Bytes nsupdate_everything() { return from_hex(kEverything); }

TsigKey ddns_key(TsigAlgorithm algorithm) { return {name("ddns-key.corp.test"), algorithm, kSecret}; }

Bytes with_tsig(Bytes message, const TsigKey& key, Time time, uint16_t fudge) {
  const auto seconds = uint64_t(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
  Bytes when;
  append_u16(when, uint16_t(seconds >> 32));
  append_u32(when, uint32_t(seconds));
  append_u16(when, fudge);
  Bytes class_and_ttl;
  append_u16(class_and_ttl, kClassAny);
  append_u32(class_and_ttl, 0);
  const Bytes algorithm(wire_name(key.algorithm).wire());
  const Bytes octets =
      message + key.name.lowered() + class_and_ttl + algorithm + when + Bytes(4, '\0');  // error, Other Data
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned mac_size = 0;
  HMAC(digest_of(key.algorithm), key.secret.data(), int(key.secret.size()), base::octets(octets),
       octets.size(), mac, &mac_size);

  Bytes rdata = algorithm + when;
  append_u16(rdata, uint16_t(mac_size));
  rdata.append(reinterpret_cast<const char*>(mac), mac_size);
  rdata += message.substr(0, 2) + Bytes(4, '\0');
  put_u16(message.data() + 10, uint16_t(u16_at(message, 10) + 1));
  message += key.name.wire();
  append_u16(message, kTypeTsig);
  message += class_and_ttl;
  append_u16(message, uint16_t(rdata.size()));
  return message + rdata;
}

Bytes make_update(const UpdateParts& parts) {
  Bytes message("\x12\x34\x28\0", 4);
  append_u16(message, parts.has_zone ? 1 : 0);
  append_u16(message, uint16_t(parts.prerequisites.size()));
  append_u16(message, uint16_t(parts.updates.size()));
  append_u16(message, parts.has_edns ? 1 : 0);
  if (parts.has_zone) {
    message += name(parts.zone).wire();
    append_u16(message, parts.zone_type);
    append_u16(message, parts.zone_class);
  }
  for (const Bytes& record : parts.prerequisites)
    message += record;
  for (const Bytes& record : parts.updates)
    message += record;
  if (parts.has_edns) message += Bytes("\0\0\x29\x04\xd0\0\0\0\0\0\0", 11);
  return message;
}

Bytes wire_record(std::string_view owner, uint16_t type, uint16_t rclass, uint32_t ttl, BytesView rdata) {
  Bytes record(name(owner).wire());
  append_u16(record, type);
  append_u16(record, rclass);
  append_u32(record, ttl);
  append_u16(record, uint16_t(rdata.size()));
  return record + Bytes(rdata);
}

Bytes add_txt(std::string_view owner, std::string_view value, uint32_t ttl) {
  return wire_record(owner, kTypeTxt, kClassIn, ttl, char(value.size()) + Bytes(value));
}

Bytes delete_txt(std::string_view owner, std::string_view value) {
  return wire_record(owner, kTypeTxt, kClassNone, 0, char(value.size()) + Bytes(value));
}

}  // namespace dnsserver
