#include "app/policy.h"

namespace app {

using acmecore::KeyType;
using acmecore::NamePattern;
using acmecore::PolicyRules;
using acmecore::PublicSuffixes;
using acmecore::SubscriberRules;
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

// Those of the table `path`, which ends in a dot.
Result<SubscriberRules> rules_of(const std::string& path, const base::SubscriberRules& config) {
  SubscriberRules rules;
  TRY(rules.allow, patterns(path + "allow", config.allow));
  TRY(rules.deny, patterns(path + "deny", config.deny));
  TRY(rules.approval, patterns(path + "approval", config.approval));
  rules.public_suffixes = section_of(config.public_suffixes);
  rules.internal_names = config.internal_names;
  rules.reverse_names = config.reverse_names;
  rules.wildcards = config.wildcards;
  rules.names_max = config.names_max;
  rules.key_types.clear();
  for (const CertifiedKey key : config.key_types)
    rules.key_types.insert(key_type_of(key));
  return rules;
}

std::set<std::string> set_of(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

void add(std::vector<NamePattern>& to, const std::vector<NamePattern>& patterns) {
  to.insert(to.end(), patterns.begin(), patterns.end());
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
  TRY(auto of_all, rules_of("policy.", config));
  PolicyRules rules{std::move(of_all)};
  for (const auto& subscribers : config.subscribers) {
    TRY(auto own, rules_of("policy.subscribers[].", subscribers));
    add(own.deny, rules.deny);
    add(own.approval, rules.approval);
    rules.for_subscribers.push_back({std::move(own), set_of(subscribers.accounts),
                                     set_of(subscribers.external_accounts), set_of(subscribers.directories)});
  }
  return rules;
}

}  // namespace app
