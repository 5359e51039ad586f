#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/crl.h"
#include "base/error.h"

// What a CRL of ours is held to before it is signed, rule by rule, with nothing that its writing used. What only its
// reading can find, such as a version or a length, is parse_tbs_cert_list's.
namespace acmecore {

// What is known of the CRL before one in its shard.
struct CrlBefore {
  uint64_t number = 0;                  // 0: there was none
  base::BytesView entries = {};         // Crl::entries; it outlives this
  std::vector<base::Bytes> ended = {};  // of its serials, those whose certificates have ended, in order
};

// What a CRL is compared with. The issuer outlives it.
struct CrlExpectation {
  const Certificate& issuer;
  std::vector<std::string> distribution_points;
  CrlBefore before = {};
};

struct CrlRule {
  std::string_view name;
  std::string_view source;  // who asks for it
  bool (*holds)(const Crl& crl, const CrlExpectation& expected);
};

// Of each entry. `before` is the entry in front of it, or null.
struct CrlEntryRule {
  std::string_view name;
  std::string_view source;
  bool (*holds)(const CrlEntry& entry, const CrlEntry* before, const Crl& crl);
};

std::span<const CrlRule> crl_rules();
std::span<const CrlEntryRule> crl_entry_rules();

// internal: names every rule that the CRL breaks, and of those of entries the first entry that does.
base::Result<void> lint_crl(const Crl& crl, const CrlExpectation& expected);

}  // namespace acmecore
