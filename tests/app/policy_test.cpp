#include "app/policy.h"

#include <gmock/gmock.h>

namespace app {
namespace {

using acmecore::KeyType;
using acmecore::NamePattern;
using acmecore::PublicSuffixes;
using testing::ElementsAre;
using testing::HasSubstr;

NamePattern pattern(const char* text) { return NamePattern::parse(text).value(); }

TEST(PolicyRules, AreTheConfigurations) {
  base::Config::Policy config;
  config.allow = {"**.corp.test"};
  config.deny = {"*.pki.corp.test"};
  config.approval = {"*.pay.corp.test"};
  config.public_suffixes = base::PublicSuffixRule::icann;
  config.internal_names = false;
  config.reverse_names = true;
  config.wildcards = false;
  config.names_max = 7;
  config.key_types = {base::CertifiedKey::p384, base::CertifiedKey::rsa};
  base::Config::Policy::Subscribers own;
  own.accounts = {"a"};
  own.external_accounts = {"k"};
  own.directories = {"d"};
  own.allow = {"a.test"};
  own.deny = {"b.test"};
  own.approval = {"c.test"};
  own.public_suffixes = base::PublicSuffixRule::icann_and_private;
  own.names_max = 8;
  own.key_types = {base::CertifiedKey::p521};
  config.subscribers = {own};
  const auto rules = policy_rules(config);
  ASSERT_TRUE(rules);
  EXPECT_THAT(rules->allow, ElementsAre(pattern("**.corp.test")));
  EXPECT_THAT(rules->deny, ElementsAre(pattern("*.pki.corp.test")));
  EXPECT_THAT(rules->approval, ElementsAre(pattern("*.pay.corp.test")));
  EXPECT_EQ(rules->public_suffixes, PublicSuffixes::Section::icann);
  EXPECT_FALSE(rules->internal_names);
  EXPECT_TRUE(rules->reverse_names);
  EXPECT_FALSE(rules->wildcards);
  EXPECT_EQ(rules->names_max, 7u);
  EXPECT_EQ(rules->key_types, (std::set{KeyType::rsa, KeyType::p384}));
  ASSERT_EQ(rules->for_subscribers.size(), 1u);
  EXPECT_THAT(rules->for_subscribers[0].accounts, ElementsAre("a"));
  EXPECT_THAT(rules->for_subscribers[0].external_accounts, ElementsAre("k"));
  EXPECT_THAT(rules->for_subscribers[0].directories, ElementsAre("d"));
  EXPECT_THAT(rules->for_subscribers[0].allow, ElementsAre(pattern("a.test")));
  EXPECT_THAT(rules->for_subscribers[0].deny, ElementsAre(pattern("b.test"), pattern("*.pki.corp.test")))
      << "beside those for all";
  EXPECT_THAT(rules->for_subscribers[0].approval, ElementsAre(pattern("c.test"), pattern("*.pay.corp.test")));
  EXPECT_EQ(rules->for_subscribers[0].public_suffixes, PublicSuffixes::Section::icann_and_private);
  EXPECT_TRUE(rules->for_subscribers[0].internal_names);
  EXPECT_FALSE(rules->for_subscribers[0].reverse_names);
  EXPECT_TRUE(rules->for_subscribers[0].wildcards);
  EXPECT_EQ(rules->for_subscribers[0].names_max, 8u);
  EXPECT_THAT(rules->for_subscribers[0].key_types, ElementsAre(KeyType::p521));
}

TEST(PolicyRules, OfAConfigurationThatSaysNothingAreThoseOfTheCa) {
  const auto rules = policy_rules({});
  const acmecore::PolicyRules own;
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->allow, own.allow);
  EXPECT_EQ(rules->public_suffixes, own.public_suffixes);
  EXPECT_EQ(rules->internal_names, own.internal_names);
  EXPECT_EQ(rules->reverse_names, own.reverse_names);
  EXPECT_EQ(rules->wildcards, own.wildcards);
  EXPECT_EQ(rules->names_max, own.names_max);
  EXPECT_EQ(rules->key_types, own.key_types);
}

TEST(PolicyRules, NameTheKeyWhosePatternIsNone) {
  const auto detail = [](const base::Config::Policy& config) {
    const auto rules = policy_rules(config);
    return rules ? "" : rules.error().detail;
  };
  base::Config::Policy config;
  config.allow = {"corp.test", "*corp.test"};
  EXPECT_THAT(detail(config), HasSubstr("policy.allow: \"*corp.test\" is no pattern of names"));
  config = {};
  config.deny = {"a..test"};
  EXPECT_THAT(detail(config), HasSubstr("policy.deny: "));
  config = {};
  config.subscribers.resize(1);
  config.subscribers[0].allow = {"*"};
  EXPECT_THAT(detail(config), HasSubstr("policy.subscribers[].allow: "));
  config.subscribers[0] = {};
  config.subscribers[0].deny = {"*"};
  EXPECT_THAT(detail(config), HasSubstr("policy.subscribers[].deny: "));
  config.subscribers[0] = {};
  config.subscribers[0].approval = {"*"};
  EXPECT_THAT(detail(config), HasSubstr("policy.subscribers[].approval: "));
  config = {};
  config.approval = {"*"};
  EXPECT_THAT(detail(config), HasSubstr("policy.approval: "));
}

}  // namespace
}  // namespace app
