#include "acmecore/baseline_requirements.h"

#include <algorithm>
#include <array>

#include "acmecore/ca_public_key.h"
#include "acmecore/oids.h"
#include "base/quantity.h"

namespace acmecore {

using base::BytesView;
using base::Time;
using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

struct Limit {
  sys_days from;
  days lifetime;   // BR 6.3.2
  days proof_age;  // BR 4.2.1
};

// Newest first, and what was so before all of them.
constexpr std::array<Limit, 4> kLimits{{
    {year(2029) / 3 / 15, days(47), days(10)},
    {year(2027) / 3 / 15, days(100), days(100)},
    {year(2026) / 3 / 15, days(200), days(200)},
    {year(1970) / 1 / 1, days(398), days(398)},
}};

const Limit& limit_of(Time now) {
  const auto found = std::ranges::find_if(kLimits, [now](const Limit& limit) { return now >= limit.from; });
  return found == kLimits.end() ? kLimits.back() : *found;
}

struct SignatureAlgorithmOf {
  KeyType key;
  BytesView der;
};

constexpr std::array<SignatureAlgorithmOf, 6> kSignatureAlgorithms{{
    {KeyType::p256, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv},
    {KeyType::p384, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv},
    {KeyType::p521, "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"sv},
    {KeyType::rsa, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"sv},
    {KeyType::rsa, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"sv},
    {KeyType::rsa, "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"sv},
}};

constexpr days kShortLivedLimit(7);  // BR 1.6.1, from 2026-03-15 on

using Violations = std::vector<BrViolation>;

void look_at_dates(const Profile& profile, ProfileRules rules, Time now, Violations& found);
void look_at_subject(const LeafContent& content, Violations& found);
void look_at_policies(const LeafContent& content, Violations& found);
void look_at_pointers(const LeafContent& content, ProfileRules rules, Violations& found);
void look_at_ca_key(const std::string& what, const Certificate& certificate, Violations& found);

}  // namespace

std::optional<seconds> lifetime_limit(ProfileRules rules, Time now) {
  switch (rules) {
    case ProfileRules::private_trust: return std::nullopt;
    case ProfileRules::short_lived: return kShortLivedLimit;
    case ProfileRules::public_trust: break;
  }
  return limit_of(now).lifetime;
}

seconds proof_age_limit(Time now) { return limit_of(now).proof_age; }

ValidityRule validity_rule(const Profile& profile, std::optional<seconds> lifetime_max, Time now) {
  return capped(capped(profile.validity, lifetime_max), lifetime_limit(profile.content.rules, now));
}

Violations br_violations(const Profile& profile, Time now) {
  const ProfileRules rules = profile.content.rules == ProfileRules::private_trust ? ProfileRules::public_trust
                                                                                  : profile.content.rules;
  Violations found;
  look_at_dates(profile, rules, now, found);
  look_at_subject(profile.content, found);
  look_at_policies(profile.content, found);
  look_at_pointers(profile.content, rules, found);
  return found;
}

Violations br_violations(const CaChain& chain) {
  Violations found;
  const size_t size = chain.certificates.size();
  for (size_t i = 0; i < size; ++i) {
    const Certificate& certificate = chain.certificates[i];
    const std::string what = name_in_chain(i, size);
    look_at_ca_key(what, certificate, found);
    if (i + 1 == size) break;  // nobody relies on the signature of a root
    const auto above = ca_key_type_of(chain.certificates[i + 1].spki_der);
    const bool is_told_of_key = above == KeyType::ed25519;
    if (is_told_of_key || (above && is_br_signature_algorithm(*above, certificate.signature_algorithm_der)))
      continue;
    found.push_back({"7.1.3.2", what + " is signed with an algorithm that is not for the key of its issuer"});
  }
  return found;
}

bool is_br_signature_algorithm(KeyType key, BytesView algorithm_der) {
  return std::ranges::any_of(kSignatureAlgorithms, [&](const SignatureAlgorithmOf& known) {
    return known.key == key && known.der == algorithm_der;
  });
}

namespace {

void look_at_dates(const Profile& profile, ProfileRules rules, Time now, Violations& found) {
  const seconds lifetime = std::max(profile.validity.lifetime, profile.validity.lifetime_max);
  const seconds limit = *lifetime_limit(rules, now);
  if (lifetime > limit) {
    found.push_back({rules == ProfileRules::short_lived ? "1.6.1" : "6.3.2",
                     "certificates are valid for up to " + base::duration_text(lifetime) + ", where " +
                         base::duration_text(limit) + " are the most"});
  }
  if (profile.validity.ahead_max > kBackdateMax) {
    found.push_back({"7.1.2.7", "notBefore may lie " + base::duration_text(profile.validity.ahead_max) +
                                    " ahead of the signature, where 48h are the most"});
  }
}

void look_at_subject(const LeafContent& content, Violations& found) {
  if (content.organization.empty()) return;
  found.push_back({"7.1.2.7.2", "the subject has an organization, which domain validation does not prove"});
}

bool is_reserved(const base::Bytes& policy) {
  constexpr std::array kReserved{oids::kDomainValidated, oids::kOrganizationValidated,
                                 oids::kIndividualValidated, oids::kExtendedValidation};
  return std::ranges::find(kReserved, policy) != kReserved.end();
}

void look_at_policies(const LeafContent& content, Violations& found) {
  const auto& policies = content.policies;
  if (content.rules == ProfileRules::private_trust) {
    if (std::ranges::any_of(policies, is_reserved))
      found.push_back({"7.1.6.1", "the policies have one by which certificates claim to keep the BR"});
    return;
  }
  if (std::ranges::find(policies, oids::kDomainValidated) == policies.end()) {
    found.push_back({"7.1.2.7.2", "the policies lack 2.23.140.1.2.1 (domain validated)"});
  }
  if (std::ranges::count_if(policies, is_reserved) > 1) {
    found.push_back({"7.1.2.7.9", "the policies have more than one that the BR reserve"});
  }
  if (std::ranges::find(policies, oids::kAnyPolicy) != policies.end()) {
    found.push_back({"7.1.2.7.9", "the policies have 2.5.29.32.0 (anyPolicy)"});
  }
}

void look_at_pointers(const LeafContent& content, ProfileRules rules, Violations& found) {
  struct Pointer {
    const std::string& url;
    std::string_view section;
    const char* what;
  };
  const Pointer pointers[] = {
      {content.ocsp_url, "7.1.2.7.7", "the URL of the OCSP responder"},
      {content.ca_issuers_url, "7.1.2.7.7", "the URL of the issuing CA's certificate"},
      {content.crl_distribution_point, "7.1.2.11.2", "the URL of the CRL"}};
  for (const Pointer& pointer : pointers) {
    if (!pointer.url.empty() && !pointer.url.starts_with("http://"))
      found.push_back({pointer.section, pointer.what + " does not begin with \"http://\""s});
  }
  const bool tells_revocation = !content.ocsp_url.empty() || !content.crl_distribution_point.empty();
  if (rules != ProfileRules::short_lived && !tells_revocation) {
    found.push_back({"7.1.2.11.2", "certificates name neither a CRL nor an OCSP responder"});
  }
}

void look_at_ca_key(const std::string& what, const Certificate& certificate, Violations& found) {
  const auto key = parse_ca_public_key(certificate.spki_der);
  if (!key) {
    found.push_back({"6.1.5", what + " has a key that cannot be used: " + key.error().detail});
  } else if (key->type == KeyType::ed25519) {
    found.push_back({"6.1.5", what + " has an Ed25519 key"});
  } else if (const int bits = EVP_PKEY_get_bits(key->key.get()); key->type == KeyType::rsa && bits % 8 != 0) {
    found.push_back(
        {"6.1.5", what + " has an RSA key of " + std::to_string(bits) + " bits, which is no multiple of 8"});
  }
}

}  // namespace

}  // namespace acmecore
