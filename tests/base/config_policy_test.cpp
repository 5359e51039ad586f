#include "base/config_policy.h"

#include <gmock/gmock.h>

#include "tests/base/config_mistakes.h"

namespace base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ConfigPolicy, CertifiesEverythingAsItComes) {
  const Config::Policy policy = parse_config("", "t")->policy;
  EXPECT_THAT(policy.allow, ElementsAre("**"));
  EXPECT_TRUE(policy.deny.empty());
  EXPECT_TRUE(policy.approval.empty());
  EXPECT_EQ(policy.approval_timeout, std::chrono::days(3));
  EXPECT_EQ(policy.public_suffixes, PublicSuffixRule::certified);
  EXPECT_TRUE(policy.internal_names);
  EXPECT_FALSE(policy.reverse_names);
  EXPECT_TRUE(policy.wildcards);
  EXPECT_EQ(policy.names_max, 100u);
  EXPECT_EQ(policy.key_types.size(), 4u);
  EXPECT_TRUE(policy.subscribers.empty());
}

TEST(ConfigPolicy, IsReadWhole) {
  const auto config = parse_config(R"(
[policy]
allow = ["**.corp.example", "corp.example"]
deny = ["pki.corp.example"]
approval = ["*.pay.corp.example"]
approval_timeout = "12h"
public_suffixes = "icann-and-private"
internal_names = false
reverse_names = true
wildcards = false
names_max = 10
key_types = ["p256", "rsa"]
[[policy.subscribers]]
accounts = ["a", "b"]
external_accounts = ["k"]
allow = ["*.web.corp.example"]
deny = ["x.web.corp.example"]
approval = ["y.web.corp.example"]
[[policy.subscribers]]
external_accounts = ["l"]
[[policy.subscribers]]
directories = ["team"]
allow = []
public_suffixes = "certified"
internal_names = true
reverse_names = false
wildcards = true
names_max = 11
key_types = ["p521"]
[[acme.directory]]
name = "team"
)",
                                   "t");
  ASSERT_TRUE(config) << config.error().detail;
  const Config::Policy& policy = config->policy;
  EXPECT_THAT(policy.allow, ElementsAre("**.corp.example", "corp.example"));
  EXPECT_THAT(policy.deny, ElementsAre("pki.corp.example"));
  EXPECT_THAT(policy.approval, ElementsAre("*.pay.corp.example"));
  EXPECT_EQ(policy.approval_timeout, std::chrono::hours(12));
  EXPECT_EQ(policy.public_suffixes, PublicSuffixRule::icann_and_private);
  EXPECT_FALSE(policy.internal_names);
  EXPECT_TRUE(policy.reverse_names);
  EXPECT_FALSE(policy.wildcards);
  EXPECT_EQ(policy.names_max, 10u);
  EXPECT_EQ(policy.key_types, (std::set{CertifiedKey::p256, CertifiedKey::rsa}));
  ASSERT_EQ(policy.subscribers.size(), 3u);
  EXPECT_THAT(policy.subscribers[2].directories, ElementsAre("team"));
  EXPECT_THAT(policy.subscribers[0].accounts, ElementsAre("a", "b"));
  EXPECT_THAT(policy.subscribers[0].external_accounts, ElementsAre("k"));
  EXPECT_THAT(policy.subscribers[0].allow, ElementsAre("*.web.corp.example"));
  EXPECT_THAT(policy.subscribers[0].deny, ElementsAre("x.web.corp.example"));
  EXPECT_THAT(policy.subscribers[0].approval, ElementsAre("y.web.corp.example"));
  EXPECT_TRUE(policy.subscribers[1].deny.empty() && policy.subscribers[1].approval.empty());
  EXPECT_TRUE(policy.subscribers[2].allow.empty());
  EXPECT_EQ(policy.subscribers[2].public_suffixes, PublicSuffixRule::certified);
  EXPECT_TRUE(policy.subscribers[2].internal_names);
  EXPECT_FALSE(policy.subscribers[2].reverse_names);
  EXPECT_TRUE(policy.subscribers[2].wildcards);
  EXPECT_EQ(policy.subscribers[2].names_max, 11u);
  EXPECT_THAT(policy.subscribers[2].key_types, ElementsAre(CertifiedKey::p521));
  EXPECT_EQ(parse_config("policy.allow=[]", "t")->policy.allow.size(), 0u);
}

TEST(ConfigPolicy, OfSubscribersIsThatOfAllInWhatTheyDoNotSay) {
  const auto config = parse_config(R"(
[[policy.subscribers]]
accounts = ["a"]
wildcards = true
[policy]
allow = ["**.corp.example"]
deny = ["pki.corp.example"]
approval = ["pay.corp.example"]
public_suffixes = "icann"
internal_names = false
reverse_names = true
wildcards = false
names_max = 10
key_types = ["p384"]
)",
                                   "t");
  ASSERT_TRUE(config) << config.error().detail;
  ASSERT_EQ(config->policy.subscribers.size(), 1u);
  const Config::Policy::Subscribers& own = config->policy.subscribers[0];
  EXPECT_THAT(own.allow, ElementsAre("**.corp.example"));
  EXPECT_TRUE(own.deny.empty() && own.approval.empty()) << "theirs are beside those of all";
  EXPECT_EQ(own.public_suffixes, PublicSuffixRule::icann);
  EXPECT_FALSE(own.internal_names);
  EXPECT_TRUE(own.reverse_names);
  EXPECT_TRUE(own.wildcards);
  EXPECT_EQ(own.names_max, 10u);
  EXPECT_THAT(own.key_types, ElementsAre(CertifiedKey::p384));
}

TEST(ConfigPolicy, SaysWhatIsNotAllowed) {
  const std::pair<const char*, const char*> cases[] = {
      {"policy.allow='**'", "policy.allow must be an array, each item a pattern of names"},
      {"policy.allow=['']", "it is empty"},
      {"policy.approval='**'", "policy.approval must be an array, each item a pattern of names"},
      {"policy.approval_timeout='59s'", "policy.approval_timeout must be a duration from \"1m\" to \"90d\""},
      {"policy.approval_timeout='91d'", "policy.approval_timeout must be a duration from \"1m\" to \"90d\""},
      {"policy.public_suffixes='private'", "one of \"certified\", \"icann\", \"icann-and-private\""},
      {"policy.names_max=0", "a whole number from 1 to 100"},
      {"policy.names_max=101", "a whole number from 1 to 100"},
      {"policy.key_types=[]", "an array of at least one of"},
      {"policy.key_types=['p224']", "an array of at least one of"},
      {"policy.wildcard=true", "policy.wildcards"},
      {"[[policy.subscribers]]\nallow=['**']", "name accounts, external_accounts or directories"},
      {"[[policy.subscribers]]\ndirectories=['team']", "there is no ACME directory \"team\""},
      {"[[acme.directory]]\nname='a'\n[[policy.subscribers]]\ndirectories=['default']",
       "there is no ACME directory \"default\""},
      {"[[policy.subscribers]]\naccounts=['']", "it is empty"},
      {"[[policy.subscribers]]\naccounts=['a']\npublic_suffixes='none'",
       "policy.subscribers[].public_suffixes must be one of"},
      {"[[policy.subscribers]]\naccounts=['a']\ninternal_names='no'",
       "policy.subscribers[].internal_names must be true or false"},
      {"[[policy.subscribers]]\naccounts=['a']\nnames_max=101", "a whole number from 1 to 100"},
      {"[[policy.subscribers]]\naccounts=['a']\nkey_types=[]", "an array of at least one of"},
      {"[[policy.subscribers]]\naccounts=['a']\napproval_timeout='1h'",
       "there is no key policy.subscribers[].approval_timeout"},
  };
  for (const auto& [text, mistake] : cases)
    EXPECT_THAT(mistakes(text), HasSubstr(mistake)) << text;
}

TEST(ConfigPolicy, HoldsTheLimitOnPatterns) {
  const auto patterns = [](int count) {
    std::string text = "policy.deny=[";
    for (int i = 0; i < count; ++i)
      text += "'a.test',";
    return text + "]";
  };
  EXPECT_EQ(mistakes(patterns(1000)), "");
  EXPECT_THAT(mistakes(patterns(1001)), HasSubstr("more than 1000 patterns"));
}

}  // namespace
}  // namespace base
