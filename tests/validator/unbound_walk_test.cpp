// UnboundResolver walks from a signed root, over real servers, to names that are delegated to 127.0.0.12, where the
// test answers. Run by walk_test.py, which starts those servers and whose folder has root.hints and root.ds.
#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <map>
#include <memory>
#include <string>

#include "tests/support/dns_server.h"
#include "tests/support/run_task.h"
#include "validator/net/unbound_resolver.h"

namespace validator {
namespace {

using support::DnsServer;
using support::name;
using support::Question;
using support::Response;
using support::txt;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class WalkTest : public testing::Test {
 protected:
  WalkTest() {
    std::signal(SIGPIPE, SIG_IGN);
    options_.root_hints = "root.hints";
    options_.trust_anchors = "root.ds";
  }

  ~WalkTest() override {
    resolver_ = nullptr;
    io_.restart();
    io_.poll();
  }

  Lookup look_up(std::string_view owner) {
    if (!resolver_) resolver_ = UnboundResolver::open(io_.get_executor(), options_).value();
    return support::run_task(io_, resolver_->resolve(name(owner), kTxt)).value();
  }

  // Our side of the delegations: authoritative, and does not know what a cache is.
  std::vector<base::Bytes> answers(const Question& question) {
    Response response(question);
    if (question.name.is_under(name("sub.acme.test"))) {
      return {response.not_authoritative()
                  .authority("sub.acme.test", support::kNs, name("ns.sub.acme.test").wire())
                  .additional("ns.sub.acme.test", support::kA, base::Bytes({127, 0, 0, sub_host_}))
                  .bytes()};
    }
    const auto value = values_.find(question.name);
    if (question.type == support::kTxt && value != values_.end()) {
      return {response.answer(question.name.text(), support::kTxt, txt(value->second), 3600).bytes()};
    }
    const bool exists = value != values_.end() || question.name == name("ns.acme.test");
    const bool in_acme = question.name.is_under(name("acme.test"));
    response.soa(in_acme ? "acme.test" : question.name.text());
    return {exists || !in_acme ? response.bytes() : response.rcode(support::kNxdomain).bytes()};
  }

  UnboundOptions options_;
  std::map<base::Name, std::string> values_;
  char sub_host_ = 21;  // sub.acme.test is delegated to 127.0.0.21, or whatever this says
  boost::asio::io_context io_;
  DnsServer assay_{io_, [this](const Question& question) { return answers(question); }, "127.0.0.12", 53};
  std::unique_ptr<UnboundResolver> resolver_;
};

TEST_F(WalkTest, IsSecureBelowSignedDelegations) {
  const auto plain = look_up("_acme-challenge.plain.corp.test");
  EXPECT_EQ(plain.security, Security::secure) << plain.why;
  EXPECT_THAT(plain.rdata, ElementsAre(txt("value of plain")));
  EXPECT_EQ(plain.server, "127.0.0.11#53 (corp.test.)");
  const auto child = look_up("_acme-challenge.signed.corp.test");
  EXPECT_EQ(child.security, Security::secure) << child.why;
  EXPECT_THAT(child.rdata, ElementsAre(txt("value of signed")));
}

TEST_F(WalkTest, ProvesThatANameDoesNotExist) {
  const auto lookup = look_up("_acme-challenge.absent.corp.test");
  EXPECT_EQ(lookup.outcome, Outcome::nxdomain);
  EXPECT_EQ(lookup.security, Security::secure) << lookup.why;
  const auto dangling = look_up("_acme-challenge.dangling.corp.test");
  EXPECT_EQ(dangling.outcome, Outcome::nxdomain);
  EXPECT_EQ(dangling.path.back(), name("nothing.corp.test"));
}

TEST_F(WalkTest, IsBogusWhereSignaturesDoNotHold) {
  for (const auto& [label, why] : {std::pair("tampered", "signature verification failed"),
                                   {"expired", "signature expired"},
                                   {"future", "signature before inception date"}}) {
    const auto lookup = look_up(std::string("_acme-challenge.") + label + ".corp.test");
    EXPECT_EQ(lookup.security, Security::bogus) << label;
    EXPECT_THAT(lookup.why, HasSubstr(why)) << label;
  }
  const auto stripped = look_up("_acme-challenge.stripped.corp.test");
  EXPECT_TRUE(stripped.security == Security::bogus || stripped.outcome == Outcome::servfail);
  EXPECT_FALSE(stripped.why.empty());
}

TEST_F(WalkTest, ASignedNameStaysSecureAfterOthersWereBogus) {
  look_up("_acme-challenge.tampered.corp.test");
  EXPECT_EQ(look_up("_acme-challenge.signed.corp.test").security, Security::secure);
}

TEST_F(WalkTest, FollowsNsToTheChallengeItself) {
  values_[name("_acme-challenge.www.corp.test")] = "x";
  const auto lookup = look_up("_acme-challenge.www.corp.test");
  EXPECT_EQ(lookup.server, "127.0.0.12#53 (_acme-challenge.www.corp.test.)");
  EXPECT_THAT(lookup.rdata, ElementsAre(txt("x")));
  EXPECT_EQ(lookup.security, Security::insecure) << "the parent proves that there is no DS";
  EXPECT_EQ(look_up("_acme-challenge.web.corp.test").outcome, Outcome::nodata);
}

TEST_F(WalkTest, FollowsACnameIntoAnotherZone) {
  values_[name("7f3k9.acme.test")] = "x";
  const auto lookup = look_up("_acme-challenge.api.corp.test");
  EXPECT_EQ(lookup.server, "127.0.0.12#53 (acme.test.)");
  EXPECT_THAT(lookup.path, ElementsAre(name("_acme-challenge.api.corp.test"), name("7f3k9.acme.test")));
  EXPECT_THAT(lookup.rdata, ElementsAre(txt("x")));
  EXPECT_EQ(lookup.security, Security::insecure);
}

TEST_F(WalkTest, FollowsADnameIntoAnotherZone) {
  values_[name("x.acme.test")] = "x";
  const auto lookup = look_up("x.dn.corp.test");
  EXPECT_THAT(lookup.path, ElementsAre(name("x.dn.corp.test"), name("x.acme.test")));
  EXPECT_THAT(lookup.rdata, ElementsAre(txt("x")));
}

TEST_F(WalkTest, NeverTakesAChallengeFromACacheOnEitherPath) {
  for (const char* value : {"A", "B", "C", "D"}) {
    values_[name("_acme-challenge.www.corp.test")] = value;
    values_[name("7f3k9.acme.test")] = value;
    EXPECT_THAT(look_up("_acme-challenge.www.corp.test").rdata, ElementsAre(txt(value)));
    EXPECT_THAT(look_up("_acme-challenge.api.corp.test").rdata, ElementsAre(txt(value)));
    EXPECT_THAT(look_up("_acme-challenge.app.corp.test").rdata, ElementsAre(txt(value)));
  }
  values_.clear();
  EXPECT_EQ(look_up("_acme-challenge.www.corp.test").outcome, Outcome::nodata);
  EXPECT_EQ(look_up("_acme-challenge.api.corp.test").outcome, Outcome::nxdomain);
  values_[name("7f3k9.acme.test")] = "E";
  EXPECT_THAT(look_up("_acme-challenge.api.corp.test").rdata, ElementsAre(txt("E")));
}

// What a context remembers of parents may be old, but does not make a look-up fail.
TEST_F(WalkTest, FollowsADelegationThatHasMovedWhereTheOldServerRefuses) {
  const auto serves = [](bool& here) {
    return [&here](const Question& question) {
      Response response(question);
      if (!here) return std::vector{response.rcode(support::kRefused).bytes()};
      return std::vector{response.answer(question.name.text(), support::kTxt, txt("x")).bytes()};
    };
  };
  bool at_old = true, at_new = false;
  DnsServer old_server(io_, serves(at_old), "127.0.0.21", 53);
  DnsServer new_server(io_, serves(at_new), "127.0.0.22", 53);
  EXPECT_THAT(look_up("a.sub.acme.test").rdata, ElementsAre(txt("x")));
  sub_host_ = 22;
  at_old = false;
  at_new = true;
  EXPECT_THAT(look_up("b.sub.acme.test").rdata, ElementsAre(txt("x")));
  EXPECT_GT(old_server.asked("b.sub.acme.test", support::kTxt), 0u) << "the delegation was remembered";
}

TEST_F(WalkTest, IsAFailureBehindALameOrDeadServer) {
  const auto lame = look_up("_acme-challenge.lame.corp.test");
  EXPECT_EQ(lame.outcome, Outcome::servfail);
  EXPECT_THAT(lame.why, HasSubstr("lame"));
  options_.timeout = 300ms;
  resolver_ = nullptr;
  EXPECT_THAT(look_up("_acme-challenge.dead.corp.test").outcome,
              testing::AnyOf(Outcome::timeout, Outcome::servfail));
}

// The stub zone's server was configured; the one that its NS records name was not.
TEST_F(WalkTest, DoesNotFollowRecordsToPrivateAddressesUnlessAllowed) {
  options_.allow_private_addresses = false;
  options_.stub_zones = {{name("corp.test"), {{"127.0.0.11", 53}}},
                         {name("acme.test"), {{"127.0.0.11", 53}}}};
  values_[name("_acme-challenge.www.corp.test")] = "x";
  EXPECT_THAT(look_up("_acme-challenge.plain.corp.test").rdata, ElementsAre(txt("value of plain")));
  const auto lookup = look_up("_acme-challenge.www.corp.test");
  EXPECT_EQ(lookup.outcome, Outcome::servfail);
  EXPECT_THAT(assay_.questions(), IsEmpty());
}

}  // namespace
}  // namespace validator
