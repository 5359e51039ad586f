#include "app/policy.h"

namespace app {

using acmecore::KeyType;
using acmecore::NamePattern;
using acmecore::PolicyRules;
using acmecore::PublicSuffixes;
using base::CertifiedKey;
using base::PublicSuffixRule;
using base::Result;

namespace {

Result<std::vector<NamePattern>> patterns(const std::string& key, const std::vector<std::string>& texts) {
  auto parsed = acmecore::parse_patterns(texts);
  if (!parsed) return base::fail(parsed.error().kind, key + ": " + parsed.error().detail);
  return parsed;
}

std::optional<PublicSuffixes::Section> section_of(PublicSuffixRule rule) {
  switch (rule) {
    case PublicSuffixRule::certified: return std::nullopt;
    case PublicSuffixRule::icann: return PublicSuffixes::Section::icann;
    case PublicSuffixRule::icann_and_private: return PublicSuffixes::Section::icann_and_private;
  }
  return std::nullopt;
}

Result<PolicyRules::ForSubscribers> rules_for(const base::Config::Policy::Subscribers& config) {
  PolicyRules::ForSubscribers rules;
  rules.accounts = {config.accounts.begin(), config.accounts.end()};
  rules.external_accounts = {config.external_accounts.begin(), config.external_accounts.end()};
  rules.directories = {config.directories.begin(), config.directories.end()};
  TRY(rules.allow, patterns("policy.subscribers[].allow", config.allow));
  TRY(rules.deny, patterns("policy.subscribers[].deny", config.deny));
  TRY(rules.approval, patterns("policy.subscribers[].approval", config.approval));
  return rules;
}

}  // namespace

KeyType key_type_of(CertifiedKey key) {
  switch (key) {
    case CertifiedKey::rsa: return KeyType::rsa;
    case CertifiedKey::p256: return KeyType::p256;
    case CertifiedKey::p384: return KeyType::p384;
    case CertifiedKey::p521: return KeyType::p521;
  }
  return KeyType::p256;
}

Result<PolicyRules> policy_rules(const base::Config::Policy& config) {
  PolicyRules rules;
  TRY(rules.allow, patterns("policy.allow", config.allow));
  TRY(rules.deny, patterns("policy.deny", config.deny));
  TRY(rules.approval, patterns("policy.approval", config.approval));
  rules.public_suffixes = section_of(config.public_suffixes);
  rules.internal_names = config.internal_names;
  rules.reverse_names = config.reverse_names;
  rules.wildcards = config.wildcards;
  rules.names_max = config.names_max;
  rules.key_types.clear();
  for (const CertifiedKey key : config.key_types)
    rules.key_types.insert(key_type_of(key));
  for (const auto& subscribers : config.subscribers) {
    TRY(auto own, rules_for(subscribers));
    rules.for_subscribers.push_back(std::move(own));
  }
  return rules;
}

}  // namespace app
