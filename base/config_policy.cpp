#include "base/config_policy.h"

#include <algorithm>

#include "base/config_values.h"

namespace base {

namespace {

constexpr size_t kSubscribersMax = 1000;
// So that what is asked at every order stays a matter of microseconds.
constexpr size_t kPatternsMax = 1000;

constexpr std::pair<std::string_view, PublicSuffixRule> kPublicSuffixes[] = {
    {"certified", PublicSuffixRule::certified},
    {"icann", PublicSuffixRule::icann},
    {"icann-and-private", PublicSuffixRule::icann_and_private}};

constexpr std::string_view kPattern = "a pattern of names, such as \"**.corp.example\"";

void read_patterns(ConfigReader& section, std::string_view key, std::vector<std::string>& patterns) {
  section.texts(key, patterns, kPattern, not_empty);
  if (patterns.size() > kPatternsMax) {
    section.mistake(key, "there are more than " + std::to_string(kPatternsMax) + " patterns");
  }
}

// Those of subscribers are beside those of all.
void read_exceptions(ConfigReader& section, SubscriberRules& rules) {
  read_patterns(section, "deny", rules.deny);
  read_patterns(section, "approval", rules.approval);
}

// Those of subscribers are instead of those of all.
void read_rules(ConfigReader& section, SubscriberRules& rules) {
  read_patterns(section, "allow", rules.allow);
  section.word<PublicSuffixRule>("public_suffixes", rules.public_suffixes, kPublicSuffixes);
  section.boolean("internal_names", rules.internal_names);
  section.boolean("reverse_names", rules.reverse_names);
  section.boolean("wildcards", rules.wildcards);
  section.count("names_max", rules.names_max, 1, 100);
  section.words<CertifiedKey>("key_types", rules.key_types, kCertifiedKeys);
}

bool is_served(const std::string& directory, const Config::Acme& acme) {
  const auto has_the_name = [&](const AcmeDirectory& other) { return other.name == directory; };
  return acme.directories.empty()
             ? has_the_name(acme.preset)
             : std::any_of(acme.directories.begin(), acme.directories.end(), has_the_name);
}

void read_subscribers(ConfigReader& section, const Config::Acme& acme,
                      Config::Policy::Subscribers& subscribers) {
  section.texts("accounts", subscribers.accounts, "an account's id", not_empty);
  section.texts("external_accounts", subscribers.external_accounts, "an external account key's id",
                not_empty);
  section.texts("directories", subscribers.directories, "the name of an ACME directory", not_empty);
  for (const std::string& directory : subscribers.directories) {
    if (!is_served(directory, acme))
      section.mistake("directories", "there is no ACME directory \"" + directory + "\"");
  }
  section.as_in("policy.", [&](ConfigReader& table) { read_rules(table, subscribers); });
  read_exceptions(section, subscribers);
  if (subscribers.accounts.empty() && subscribers.external_accounts.empty() &&
      subscribers.directories.empty()) {
    section.mistake("accounts", "rules for subscribers name accounts, external_accounts or directories");
  }
}

}  // namespace

void read_policy(ConfigReader& section, const Config::Acme& acme, Config::Policy& policy) {
  read_rules(section, policy);
  read_exceptions(section, policy);
  section.duration("approval_timeout", policy.approval_timeout, std::chrono::minutes(1),
                   std::chrono::days(90));
  section.tables("subscribers", [&](ConfigReader& element) {
    Config::Policy::Subscribers subscribers{policy};
    subscribers.deny.clear();
    subscribers.approval.clear();
    read_subscribers(element, acme, subscribers);
    policy.subscribers.push_back(std::move(subscribers));
  });
  if (policy.subscribers.size() > kSubscribersMax) {
    section.mistake("subscribers",
                    "there are more than " + std::to_string(kSubscribersMax) + " rules for subscribers");
  }
}

}  // namespace base
