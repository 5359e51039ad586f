#pragma once

#include <string_view>

#include "dnsserver/tsig.h"

namespace dnsserver {

// Messages as real clients sent them, all with the key ddns-key.corp.test and this secret, at this time.
inline const Bytes kSecret = "0123456789abcdef0123456789abcdef";
inline constexpr Time kSignedAt{std::chrono::seconds(0x6b08e428)};

// "update add _acme-challenge.www.corp.test. 60 TXT token" of nsupdate 9.18, by algorithm. Those with MD5, SHA-1 and
// SHA-224 were signed one second before.
Bytes nsupdate_add(TsigAlgorithm algorithm);
// The same of knsupdate 3.2, with SHA-256.
Bytes knsupdate_add();
// The query for the SOA that nsupdate begins with.
Bytes nsupdate_query();
// Six prerequisites and four updates, one of each kind.
Bytes nsupdate_everything();

TsigKey ddns_key(TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256);

// The message, signed with the key as RFC 8945 §4.3.3 has it, written down once more for tests.
Bytes with_tsig(Bytes message, const TsigKey& key, Time time, uint16_t fudge = 300);

// An UPDATE of corp.test with these records, in wire form: what stands behind the header and its counts.
struct UpdateParts {
  std::vector<Bytes> prerequisites = {};
  std::vector<Bytes> updates = {};
  std::string_view zone = "corp.test";
  uint16_t zone_type = 6;
  uint16_t zone_class = 1;
  bool has_zone = true;
  bool has_edns = false;
};
Bytes make_update(const UpdateParts& parts);

// One record in wire form.
Bytes wire_record(std::string_view owner, uint16_t type, uint16_t rclass, uint32_t ttl, BytesView rdata = {});
// "www.corp.test" TXT "value", to add and to delete.
Bytes add_txt(std::string_view owner, std::string_view value, uint32_t ttl = 60);
Bytes delete_txt(std::string_view owner, std::string_view value);

}  // namespace dnsserver
