#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "acmecore/certificate.h"
#include "acmecore/leaf_content.h"
#include "acmecore/lint/tbs_view.h"
#include "acmecore/public_key.h"
#include "base/time.h"

namespace acmecore::lint {

// What a finding means for the certificate: it is signed and the log says so, or it is not signed.
enum class Severity { off, warning, error };

// "off", "warning", "error".
std::string_view name_of(Severity severity);

// Which certificates a rule is for.
enum class Certified { leaf, ca, both };

// What a rule looks at.
struct Input {
  const TbsView& tbs;
  const Certificate& issuer;  // without a key: it is not at hand, and no more is known than its name
  ProfileRules rules;
  base::Time now;                   // when it is signed
  std::optional<KeyType> key_type;  // of the certified key, by its AlgorithmIdentifier; nothing: none of ours
};

// What is wrong, in a few words; nothing: it is as it should be.
using Fault = std::optional<std::string>;

struct Rule {
  std::string_view name;    // "validity_within_max"
  std::string_view source;  // "BR 6.3.2"; who asks for it
  Severity for_private;     // where a certificate keeps the operator's own rules
  Severity for_public;      // where it is publicly trusted or short-lived
  Fault (*check)(const Input&);
  Certified certified = Certified::leaf;

  Severity severity(ProfileRules rules) const {
    return rules == ProfileRules::private_trust ? for_private : for_public;
  }
};

// By theme, each in a file of its own.
std::span<const Rule> field_rules();
std::span<const Rule> date_rules();
std::span<const Rule> subject_rules();
std::span<const Rule> name_rules();
std::span<const Rule> extension_rules();
std::span<const Rule> usage_rules();
std::span<const Rule> identifier_rules();
std::span<const Rule> policy_rules();
std::span<const Rule> pointer_rules();
std::span<const Rule> key_rules();
std::span<const Rule> ca_rules();

}  // namespace acmecore::lint
