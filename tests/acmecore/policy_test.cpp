#include "acmecore/policy.h"

#include <gmock/gmock.h>

#include <functional>

#include "acmecore/certificate_writer.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/policy_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using testing::HasSubstr;
using Section = PublicSuffixes::Section;

base::Result<void> checked(const PolicyRules& rules, const std::vector<std::string>& names,
                           const Subscriber& subscriber = {}) {
  std::vector<Identifier> identifiers;
  for (const std::string& name : names)
    identifiers.push_back(identifier(name));
  return Policy(rules, test_suffixes()).check_names(subscriber, identifiers);
}

// Why it is refused; "" if it is not.
std::string refusal(const PolicyRules& rules, const std::string& name, const Subscriber& subscriber = {}) {
  const auto ruling = checked(rules, {name}, subscriber);
  return ruling ? "" : ruling.error().detail;
}

struct Case {
  const char* what;
  std::function<void(PolicyRules&)> set;
  std::vector<const char*> allowed;
  std::vector<const char*> refused;
  const char* why;  // in each refusal
};

const Case kCases[] = {
    {"as it comes",
     [](PolicyRules&) {},
     {"corp.test", "*.corp.test", "www.corp.internal", "a.localhost", "co.uk", "*.co.uk", "me.github.io",
      "xn--bcher-kva.test", "in-addr.arpa.test", "home.arpa"},
     {"1.2.0.192.in-addr.arpa", "in-addr.arpa", "*.in-addr.arpa", "8.b.d.ip6.arpa", "*.ip6.arpa"},
     "is a name of the reverse mapping"},
    {"reverse_names",
     [](PolicyRules& rules) { rules.reverse_names = true; },
     {"1.2.0.192.in-addr.arpa", "*.8.b.d.ip6.arpa", "corp.test"},
     {},
     ""},
    {"wildcards",
     [](PolicyRules& rules) { rules.wildcards = false; },
     {"corp.test", "www.corp.test"},
     {"*.corp.test", "*.www.corp.test"},
     "is a wildcard, of which the policy allows none"},
    {"special-use names",
     [](PolicyRules& rules) { rules.internal_names = false; },
     {"corp.com", "*.corp.com", "example.com.de", "testing.com", "xexample.com", "www.ck"},
     {"corp.test", "a.example", "example.com", "www.example.com", "*.example.org", "a.localhost", "a.local",
      "a.onion", "a.internal", "home.arpa", "a.invalid", "a.alt"},
     "is a special-use name"},
    {"internal names",
     [](PolicyRules& rules) { rules.internal_names = false; },
     {"corp.com", "com.de"},
     {"www.corp", "*.corp.lan", "com.corp"},
     "is an internal name"},
    {"ICANN's public suffixes",
     [](PolicyRules& rules) { rules.public_suffixes = Section::icann; },
     {"corp.co.uk", "*.corp.co.uk", "github.io", "*.github.io", "www.ck", "corp.lan", "city.kawasaki.jp"},
     {"co.uk", "foo.ck", "xn--55qx5d.cn", "kawasaki.jp", "a.kawasaki.jp"},
     "is a public suffix"},
    {"wildcards of ICANN's public suffixes",
     [](PolicyRules& rules) { rules.public_suffixes = Section::icann; },
     {"*.a.co.uk", "*.corp.lan", "*.a.city.kawasaki.jp"},
     {"*.co.uk", "*.foo.ck", "*.kawasaki.jp", "*.a.kawasaki.jp"},
     "is directly below a public suffix"},
    {"private public suffixes",
     [](PolicyRules& rules) { rules.public_suffixes = Section::icann_and_private; },
     {"me.github.io", "*.me.github.io", "corp.co.uk"},
     {"github.io", "*.github.io", "co.uk"},
     "public suffix"},
    {"deny",
     [](PolicyRules& rules) {
       rules.deny = patterns({"www.corp.test", "**.secret.test"});
     },
     {"corp.test", "a.corp.test", "*.www.corp.test", "secret.test"},
     {"www.corp.test", "*.corp.test", "a.secret.test", "a.b.secret.test", "*.secret.test", "*.a.secret.test"},
     "is denied by the policy, which has"},
    {"allow",
     [](PolicyRules& rules) {
       rules.allow = patterns({"corp.test", "*.corp.test", "**.dev.test"});
     },
     {"corp.test", "www.corp.test", "*.corp.test", "a.dev.test", "a.b.dev.test", "*.a.dev.test"},
     {"a.www.corp.test", "*.www.corp.test", "dev.test", "corp.example", "xcorp.test"},
     "is not among the names that the policy allows"},
    {"nothing",
     [](PolicyRules& rules) { rules.allow.clear(); },
     {},
     {"corp.test", "*.corp.test"},
     "is not among the names that the policy allows"},
    {"deny before allow",
     [](PolicyRules& rules) {
       rules.allow = patterns({"**.corp.test"});
       rules.deny = patterns({"a.corp.test"});
     },
     {"b.corp.test"},
     {"a.corp.test", "*.corp.test"},
     "\"a.corp.test\" on its deny list"},
};

TEST(Policy, RefusesWhatItIsSetToRefuseAndNothingElse) {
  for (const Case& one : kCases) {
    PolicyRules rules;
    one.set(rules);
    for (const char* name : one.allowed)
      EXPECT_EQ(refusal(rules, name), "") << one.what;
    for (const char* name : one.refused) {
      EXPECT_THAT(refusal(rules, name), HasSubstr(one.why)) << one.what;
      EXPECT_THAT(refusal(rules, name), HasSubstr('"' + std::string(name) + '"')) << one.what;
    }
  }
}

TEST(Policy, HasAReasonForEachNameThatItRefuses) {
  PolicyRules rules;
  rules.deny = patterns({"**.denied.test"});
  rules.wildcards = false;
  const auto one = checked(rules, {"a.test", "b.denied.test", "c.test"});
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(one.error().suberrors.size(), 1u);
  EXPECT_EQ(one.error().suberrors[0].identifier, "b.denied.test");
  EXPECT_EQ(one.error().suberrors[0].kind, ErrorKind::rejected_identifier);
  EXPECT_EQ(one.error().detail, one.error().suberrors[0].detail);

  const auto two = checked(rules, {"*.a.test", "b.denied.test", "c.test"});
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().detail, "the policy refuses 2 of the identifiers");
  ASSERT_EQ(two.error().suberrors.size(), 2u);
  EXPECT_EQ(two.error().suberrors[0].identifier, "*.a.test");
  EXPECT_THAT(two.error().suberrors[0].detail, HasSubstr("wildcard"));
  EXPECT_THAT(two.error().suberrors[1].detail, HasSubstr("deny list"));
}

TEST(Policy, LimitsTheNamesOfACertificate) {
  PolicyRules rules;
  rules.names_max = 2;
  EXPECT_TRUE(checked(rules, {"a.test", "b.test"}));
  const auto refused = checked(rules, {"a.test", "b.test", "c.test"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::malformed);
  EXPECT_EQ(refused.error().detail, "the policy has at most 2 names in a certificate; here are 3");
}

TEST(Policy, CertifiesKeysOfItsTypes) {
  PolicyRules rules;
  rules.key_types = {KeyType::p256, KeyType::p384};
  const Policy policy(rules, test_suffixes());
  EXPECT_TRUE(policy.check_key({}, KeyType::p256));
  EXPECT_TRUE(policy.check_key({}, KeyType::p384));
  for (const KeyType type : {KeyType::rsa, KeyType::p521}) {
    const auto refused = policy.check_key({}, type);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::bad_csr);
    EXPECT_THAT(refused.error().detail, HasSubstr("it certifies P-256, P-384"));
  }
  for (const KeyType type : {KeyType::rsa, KeyType::p256, KeyType::p384, KeyType::p521})
    EXPECT_TRUE(Policy(PolicyRules(), test_suffixes()).check_key({}, type));
}

PolicyRules rules_for_teams() {
  PolicyRules rules;
  rules.allow = patterns({"**.corp.test"});
  rules.deny = patterns({"**.secret.test"});
  PolicyRules::ForSubscribers a;
  a.accounts = {"account-a"};
  a.allow = patterns({"**.a.test", "**.secret.test"});
  a.deny = patterns({"x.a.test", "**.secret.test"});
  PolicyRules::ForSubscribers b;
  b.accounts = {"account-a", "account-b"};
  b.external_accounts = {"key-b"};
  b.allow = patterns({"**.b.test"});
  PolicyRules::ForSubscribers c;
  c.directories = {"team-c"};
  c.allow = patterns({"**.c.test"});
  rules.for_subscribers = {a, b, c};
  return rules;
}

TEST(Policy, HasOtherNamesForSomeSubscribers) {
  struct {
    Subscriber subscriber;
    std::vector<const char*> allowed;
    std::vector<const char*> refused;
  } const cases[] = {
      {{"", ""}, {"www.corp.test"}, {"www.a.test", "www.b.test", "www.secret.test"}},
      {{"account-c", "key-c"}, {"www.corp.test"}, {"www.a.test", "www.b.test"}},
      {{"account-a", ""}, {"www.a.test"}, {"x.a.test", "*.a.test", "www.corp.test", "www.secret.test"}},
      {{"account-a", "key-b"}, {"www.a.test"}, {"www.b.test"}},  // the first that fits
      {{"account-b", ""}, {"www.b.test"}, {"www.corp.test", "www.a.test"}},
      {{"account-c", "key-b"}, {"www.b.test"}, {"www.corp.test"}},
      {{"key-b", "account-a"}, {"www.corp.test"}, {"www.b.test", "www.a.test"}},
      {{"account-c", "", "team-c"}, {"www.c.test"}, {"www.corp.test"}},
      {{"account-b", "", "team-c"}, {"www.b.test"}, {"www.c.test"}},
      {{"team-c", "team-c", "default"}, {"www.corp.test"}, {"www.c.test"}},
  };
  const PolicyRules rules = rules_for_teams();
  for (const auto& one : cases) {
    for (const char* name : one.allowed)
      EXPECT_EQ(refusal(rules, name, one.subscriber), "") << one.subscriber.account;
    for (const char* name : one.refused)
      EXPECT_NE(refusal(rules, name, one.subscriber), "") << one.subscriber.account << " " << name;
  }
}

// A rule that refuses `name`, and not `other`.
struct OneRule {
  const char* what;
  std::function<void(SubscriberRules&)> set;
  const char* name;
  const char* other;
};

const OneRule kRules[] = {
    {"public_suffixes", [](auto& rules) { rules.public_suffixes = Section::icann; }, "co.uk", "corp.co.uk"},
    {"internal_names", [](auto& rules) { rules.internal_names = false; }, "www.corp", "corp.com"},
    {"reverse_names", [](auto& rules) { rules.reverse_names = false; }, "1.2.0.192.in-addr.arpa", "corp.com"},
    {"wildcards", [](auto& rules) { rules.wildcards = false; }, "*.corp.com", "corp.com"},
    {"deny", [](auto& rules) { rules.deny = patterns({"a.test"}); }, "a.test", "b.test"},
    {"allow", [](auto& rules) { rules.allow = patterns({"b.test"}); }, "a.test", "b.test"},
};

TEST(Policy, HasEachRuleOfItsOwnForSomeSubscribers) {
  const Subscriber team{"account", "", "team"};
  const Subscriber other{"account", "", "teams"};
  for (const OneRule& one : kRules) {
    PolicyRules rules;
    rules.reverse_names = true;
    rules.for_subscribers = {{rules, {}, {}, {"team"}}};
    PolicyRules all = rules;
    one.set(rules.for_subscribers[0]);
    EXPECT_NE(refusal(rules, one.name, team), "") << one.what;
    EXPECT_EQ(refusal(rules, one.other, team), "") << one.what;
    EXPECT_EQ(refusal(rules, one.name, other), "") << one.what;
    one.set(all);
    EXPECT_EQ(refusal(all, one.name, team), "") << one.what;
    EXPECT_NE(refusal(all, one.name, other), "") << one.what;
    EXPECT_EQ(refusal(all, one.other, other), "") << one.what;
  }
}

TEST(Policy, HasOwnNumbersAndKeysForSomeSubscribers) {
  PolicyRules rules;
  rules.names_max = 2;
  rules.key_types = {KeyType::p256};
  rules.for_subscribers = {{rules, {}, {}, {"team"}}, {rules, {}, {}, {"team"}}};
  rules.for_subscribers[0].names_max = 1;
  rules.for_subscribers[0].key_types = {KeyType::rsa};
  rules.for_subscribers[1].names_max = 3;
  const Policy policy(rules, test_suffixes());
  const Subscriber team{"account", "", "team"};
  const std::vector<Identifier> names = {identifier("a.test"), identifier("b.test")};
  EXPECT_TRUE(policy.check_names({}, names));
  EXPECT_EQ(policy.check_names(team, names).error().detail,
            "the policy has at most 1 names in a certificate; here are 2");
  EXPECT_TRUE(policy.check_names(team, {names[0]}));
  EXPECT_TRUE(policy.check_key({}, KeyType::p256));
  EXPECT_FALSE(policy.check_key({}, KeyType::rsa));
  EXPECT_TRUE(policy.check_key(team, KeyType::rsa));
  EXPECT_THAT(policy.check_key(team, KeyType::p256).error().detail, HasSubstr("it certifies RSA"));
}

TEST(Policy, ProvesNothingOverTheSuffixesOfTheSubscriber) {
  PolicyRules rules;
  rules.for_subscribers = {{rules, {}, {}, {"team"}}};
  rules.for_subscribers[0].public_suffixes = Section::icann_and_private;
  const Policy policy(rules, test_suffixes());
  EXPECT_TRUE(policy.check_ancestor({}, "github.io"));
  EXPECT_FALSE(policy.check_ancestor({}, "co.uk"));
  EXPECT_FALSE(policy.check_ancestor({"", "", "team"}, "github.io"));
  EXPECT_TRUE(policy.check_ancestor({"", "", "team"}, "me.github.io"));
}

// A TBSCertificate with what is asked for, read back.
Certificate tbs_for(const LeafRequest& request) {
  const SoftwareKey key = SoftwareKey::generate();
  const base::Bytes tbs = tbs_certificate(leaf_fields(request, test_issuer().certificate()), key);
  return parse_tbs_certificate(tbs).value();
}

TEST(Policy, ReadsNamesAndKeyOutOfWhatIsToBeSigned) {
  LeafRequest request = good_leaf_request();
  PolicyRules rules;
  const auto check = [&] {
    return Policy(rules, test_suffixes()).check_tbs({"account", ""}, tbs_for(request));
  };
  EXPECT_TRUE(check());
  rules.key_types = {KeyType::rsa};
  EXPECT_EQ(check().error().kind, ErrorKind::bad_csr);
  rules.key_types = {KeyType::p256};
  EXPECT_TRUE(check());
  rules.wildcards = false;
  EXPECT_EQ(check().error().suberrors[0].identifier, "*.corp.test");
  request.dns_names = {"corp.test"};
  EXPECT_TRUE(check());
  request.ip_addresses = {"\x7f\x01\x01\x01"};
  EXPECT_EQ(check().error().detail, "the policy certifies no IP addresses");
}

TEST(Policy, ReadsWhatIsToBeSignedByTheRulesOfTheSubscriber) {
  const Certificate tbs = tbs_for(good_leaf_request());
  PolicyRules rules;
  rules.for_subscribers = {{rules, {}, {}, {"team"}}};
  const auto check = [&] { return Policy(rules, test_suffixes()).check_tbs({"account", "", "team"}, tbs); };
  rules.key_types = {KeyType::rsa};
  rules.wildcards = false;
  EXPECT_TRUE(check());
  rules.for_subscribers[0].key_types = {KeyType::rsa};
  EXPECT_EQ(check().error().kind, ErrorKind::bad_csr);
  rules.for_subscribers[0].wildcards = false;
  EXPECT_EQ(check().error().kind, ErrorKind::rejected_identifier);
  rules.for_subscribers[0].directories = {"teams"};
  rules.key_types = {KeyType::p256};
  rules.wildcards = true;
  EXPECT_TRUE(check());
}

TEST(Policy, AsksForAPersonWhereANameTouchesAPattern) {
  PolicyRules rules;
  rules.approval = patterns({"**.pay.test", "www.corp.test"});
  PolicyRules::ForSubscribers own;
  own.accounts = {"a"};
  own.approval = patterns({"*.own.test", "**.pay.test"});
  rules.for_subscribers = {own};
  const Policy policy(rules, test_suffixes());
  const auto asks = [&](const std::vector<std::string>& names, const Subscriber& subscriber = {}) {
    std::vector<Identifier> identifiers;
    for (const std::string& name : names)
      identifiers.push_back(identifier(name));
    return policy.needs_approval(subscriber, identifiers);
  };
  EXPECT_TRUE(asks({"a.pay.test"}));
  EXPECT_TRUE(asks({"a.b.pay.test"}));
  EXPECT_TRUE(asks({"*.pay.test"}));
  EXPECT_TRUE(asks({"a.test", "www.corp.test"}));
  EXPECT_TRUE(asks({"*.corp.test"}));  // is good for www.corp.test
  EXPECT_FALSE(asks({"pay.test"}));
  EXPECT_FALSE(asks({"corp.test"}));
  EXPECT_FALSE(asks({"a.www.corp.test"}));
  EXPECT_FALSE(asks({"a.own.test"}));
  EXPECT_TRUE(asks({"a.own.test"}, {"a", ""}));
  EXPECT_TRUE(asks({"a.pay.test"}, {"a", ""}));
  EXPECT_FALSE(asks({"www.corp.test"}, {"a", ""}));
  EXPECT_FALSE(asks({"a.b.own.test"}, {"a", ""}));
  EXPECT_FALSE(Policy({}, test_suffixes()).needs_approval({}, {identifier("a.pay.test")}));
}

}  // namespace
}  // namespace acmecore
