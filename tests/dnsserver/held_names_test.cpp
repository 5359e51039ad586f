#include "dnsserver/held_names.h"

#include <gtest/gtest.h>

#include "dnsserver/credentials.h"
#include "dnsserver/keys.h"
#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

const Lines kNodata = {"NOERROR"};
const Lines kNxdomain = {"NXDOMAIN"};

// What a query sees of the names of credentials. The fixture asks the store and the index.
class HeldNamesTest : public PublishingTest {
 protected:
  void SetUp() override {
    dns_.create_zone();
    open();
  }

  void open() {
    credentials_.reset();
    credentials_ = dns_.run(Credentials::open(dns_.store(), dns_.clock(), dns_.io().get_executor())).value();
  }

  void restart() {
    credentials_.reset();
    dns_.restart();
    open();
  }

  std::string create(std::vector<Scope> scopes) {
    Credential credential;
    credential.scopes = std::move(scopes);
    return dns_.run(credentials_->create(credential, {})).value()->id;
  }

  void set_scopes(const std::string& id, std::vector<Scope> scopes) {
    const auto edit = [scopes](Credential& credential) -> Result<void> {
      credential.scopes = scopes;
      return {};
    };
    ASSERT_TRUE(dns_.run(credentials_->update(id, edit, {})));
  }

  void remove(const std::string& id) { ASSERT_TRUE(dns_.run(credentials_->remove(id, {}))); }

  std::unique_ptr<Credentials> credentials_;
};

INSTANTIATE_TEST_SUITE_P(Store, HeldNamesTest, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(HeldNamesTest, AreNodataFromTheirCredentialOn) {
  EXPECT_EQ(dns_.ask("_acme-challenge.www.corp.test", "TXT"), kNxdomain);
  create({{.name = name("_acme-challenge.WWW.corp.test")}});
  for (int i = 0; i < 2; ++i, restart()) {
    for (const char* type : {"TXT", "A", "ANY", "CNAME"})
      EXPECT_EQ(dns_.ask("_acme-challenge.www.corp.test", type), kNodata) << type;
    EXPECT_EQ(dns_.ask("www.corp.test", "A"), kNodata) << "RFC 8020 §2: something is below it";
    EXPECT_EQ(dns_.ask("x._acme-challenge.www.corp.test", "TXT"), kNxdomain);
    EXPECT_EQ(dns_.ask("acme-challenge.www.corp.test", "TXT"), kNxdomain);
    EXPECT_EQ(dns_.ask("ww.corp.test", "TXT"), kNxdomain);
  }
}

TEST_P(HeldNamesTest, AreNodataAgainOnceTheirValueHasGone) {
  const NewAccount wanted{.apex = name("corp.test"), .label = std::nullopt};
  const auto account = dns_.run(credentials_->register_account(wanted, {})).value();
  const std::string owner = account.name.text();
  EXPECT_EQ(dns_.ask(owner, "TXT"), kNodata);
  ASSERT_TRUE(dns_.present(account.credential->id, owner, "value"));
  EXPECT_EQ(dns_.ask(owner, "TXT"), (Lines{"NOERROR", owner + " 5 IN TXT \"value\""}));
  ASSERT_TRUE(dns_.remove(account.credential->id, owner));
  EXPECT_EQ(dns_.ask(owner, "TXT"), kNodata);
}

TEST_P(HeldNamesTest, GoWithTheLastOfTheirCredentials) {
  const std::string first = create({{.name = name("a.corp.test")}, {.name = name("b.a.corp.test")}});
  const std::string second = create({{.name = name("A.corp.test")}});
  remove(first);
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"), kNodata);
  EXPECT_EQ(dns_.ask("b.a.corp.test", "TXT"), kNxdomain);
  restart();
  remove(second);
  for (int i = 0; i < 2; ++i, restart())
    EXPECT_EQ(dns_.ask("a.corp.test", "TXT"), kNxdomain);
  EXPECT_EQ(dns_.key_count("e"), 0u);
}

TEST_P(HeldNamesTest, FollowTheScopesOfTheirCredential) {
  const std::string id = create({{.name = name("old.corp.test")}, {.name = name("stays.corp.test")}});
  set_scopes(id, {{.name = name("new.corp.test")}, {.name = name("STAYS.corp.test")}});
  EXPECT_EQ(dns_.ask("old.corp.test", "TXT"), kNxdomain);
  EXPECT_EQ(dns_.ask("new.corp.test", "TXT"), kNodata);
  EXPECT_EQ(dns_.ask("stays.corp.test", "TXT"), kNodata);
  remove(id);
  EXPECT_EQ(dns_.key_count("e"), 0u);
}

TEST_P(HeldNamesTest, AreThoseOfExactScopesAlone) {
  create({{.name = name("tree.corp.test"), .reach = Scope::Reach::subtree},
          {.name = name("not.tree.corp.test"), .reach = Scope::Reach::name, .excluded = true}});
  EXPECT_EQ(dns_.ask("tree.corp.test", "TXT"), kNxdomain);
  EXPECT_EQ(dns_.ask("not.tree.corp.test", "TXT"), kNxdomain);
}

// RFC 4592: whoever has a credential has put nothing there yet.
TEST_P(HeldNamesTest, LeaveAWildcardItsAnswers) {
  ASSERT_TRUE(dns_.put("*.corp.test", "A", {"192.0.2.7"}));
  create({{.name = name("_acme-challenge.www.corp.test")}});
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NOERROR", "www.corp.test. 60 IN A 192.0.2.7"}));
  EXPECT_EQ(dns_.ask("_acme-challenge.www.corp.test", "TXT"), kNodata);
}

TEST_P(HeldNamesTest, AreBehindCutsAndDnamesNobodysOfOurs) {
  ASSERT_TRUE(dns_.put("sub.corp.test", "NS", {"ns.other.test."}));
  ASSERT_TRUE(dns_.put("moved.corp.test", "DNAME", {"gone.corp.test."}));
  create({{.name = name("a.sub.corp.test")},
          {.name = name("a.moved.corp.test")},
          {.name = name("x.gone.corp.test")}});
  EXPECT_EQ(dns_.ask("a.sub.corp.test", "TXT"), kNodata) << "a referral";
  EXPECT_EQ(dns_.ask("a.moved.corp.test", "TXT").front(), "NXDOMAIN") << "a.gone.corp.test is not held";
  EXPECT_EQ(dns_.ask("x.moved.corp.test", "TXT").front(), "NOERROR") << "x.gone.corp.test is held";
}

// The credential may come before its zone, and stay when it goes.
TEST_P(HeldNamesTest, AreHeldInWhateverZoneTheyAre) {
  create({{.name = name("a.b.later.test")}});
  EXPECT_EQ(dns_.ask("a.b.later.test", "TXT"), Lines{"REFUSED"});
  dns_.create_zone("later.test");
  EXPECT_EQ(dns_.ask("a.b.later.test", "TXT"), kNodata);
  dns_.create_zone("b.later.test");
  EXPECT_EQ(dns_.ask("a.b.later.test", "TXT"), kNodata);
  ASSERT_TRUE(dns_.run(dns_.publishing().delete_zone(name("b.later.test"), {})));
  EXPECT_EQ(dns_.ask("a.b.later.test", "TXT"), kNodata);
}

// One that was made before the store counted goes like any other.
TEST_P(HeldNamesTest, NeedNoCountToGo) {
  const std::string id = create({{.name = name("a.corp.test")}});
  ASSERT_TRUE(dns_.run(dns_.store().commit({.deletes = {held_name_key(name("a.corp.test"))}})));
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"), kNxdomain);
  remove(id);
  EXPECT_EQ(dns_.key_count("e"), 0u);
}

TEST_P(HeldNamesTest, AreNotGuessedFromACountThatIsNone) {
  ASSERT_TRUE(dns_.run(dns_.store().commit({.puts = {{held_name_key(name("a.corp.test")), "x"}}})));
  Credential credential;
  credential.scopes = {{.name = name("a.corp.test")}};
  EXPECT_EQ(kind(dns_.run(credentials_->create(credential, {}))), base::ErrorKind::internal);
}

}  // namespace
}  // namespace dnsserver
