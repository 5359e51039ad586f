#include "validator/doctor/views.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::HasSubstr;

constexpr const char* kChallenge = "_acme-challenge.www.corp.test";
const base::Time kNow{std::chrono::seconds(1'790'000'000)};

ViewsSeen right() {
  ViewsSeen seen;
  seen.identifier = name("www.corp.test");
  seen.challenge = name(kChallenge);
  seen.listeners = {{"192.0.2.53", 53}};
  seen.walk = lookup(kChallenge, Outcome::nodata, {"7f3k.acme.test"});
  seen.resolvers = {{{"192.0.2.1", 53}, cname_of(kChallenge, "7f3k.acme.test")}};
  seen.api_certificates = {{"gRPC", kNow + std::chrono::days(30)}};
  seen.now = kNow;
  return seen;
}

TEST(CheckViews, AreContentWithOneView) {
  for (const Finding& finding : check_views(right()))
    EXPECT_EQ(finding.grade, Grade::ok) << finding.id << ": " << finding.sentence;
}

TEST(CheckViews, WarnWhereAResolverSeesSomethingElse) {
  auto seen = right();
  for (const Reply& other : {nxdomain(kChallenge, kTxt, "corp.test"), silent(), refused(kChallenge, kTxt),
                             txt_of(kChallenge, {"internal"}), cname_of(kChallenge, "other.acme.test")}) {
    seen.resolvers[0].txt = other;
    const auto found = finding(check_views(seen), "views.resolvers");
    EXPECT_EQ(found.grade, Grade::warn) << said(other);
    EXPECT_THAT(found.sentence, HasSubstr("--dns01-recursive-nameservers-only"));
  }
  // Where the walk itself fails, a resolver that fails sees the same.
  seen.walk = lookup(kChallenge, Outcome::servfail);
  EXPECT_EQ(finding(check_views(seen), "views.resolvers").grade, Grade::warn);
  seen.resolvers[0].txt = reply(answer_to(kChallenge, kTxt).rcode(kServfail));
  EXPECT_EQ(finding(check_views(seen), "views.resolvers").grade, Grade::ok);
  seen.resolvers.clear();
  EXPECT_EQ(finding(check_views(seen), "views.resolvers").grade, Grade::skipped);
}

TEST(CheckViews, WarnOfAPortThatResolversDoNotAsk) {
  auto seen = right();
  seen.listeners[0].port = 5353;
  EXPECT_EQ(finding(check_views(seen), "views.port").grade, Grade::warn);
}

TEST(CheckViews, WarnOfANameThatLeavesNoRoomForAccountLabels) {
  const std::string label(60, 'a');
  auto seen = right();
  const std::string long_name = label + "." + label + "." + label + ".";
  seen.challenge = name("_acme-challenge." + long_name + std::string(42, 'b'));
  EXPECT_EQ(finding(check_views(seen), "views.names").grade, Grade::ok);
  seen.challenge = name("_acme-challenge." + long_name + std::string(43, 'b'));
  EXPECT_EQ(finding(check_views(seen), "views.names").grade, Grade::warn);
}

TEST(CheckViews, HeedTheCertificatesOfTheDoors) {
  auto seen = right();
  auto& certificate = seen.api_certificates[0];
  const auto found = [&] { return finding(check_views(seen), "views.api_certificate"); };
  certificate.expires = kNow;
  EXPECT_EQ(found().grade, Grade::fail);
  certificate.expires = kNow + kApiCertificateSoon - std::chrono::seconds(1);
  EXPECT_EQ(found().grade, Grade::warn);
  certificate.from_own_ca = true;
  EXPECT_EQ(found().grade, Grade::ok);
  // The worst is told.
  seen.api_certificates.push_back({"HTTP", kNow - std::chrono::seconds(1)});
  EXPECT_EQ(found().grade, Grade::fail);
  EXPECT_THAT(found().sentence, HasSubstr("of the HTTP door expired"));
  seen.api_certificates.clear();
  EXPECT_EQ(found().grade, Grade::skipped);
}

TEST(CheckViews, WarnOfACertificateThatLocksItsOwnRenewalOut) {
  auto seen = right();
  seen.api_certificates[0].names = {name("assay.corp.test")};
  EXPECT_EQ(finding(check_views(seen), "views.api_certificate").grade, Grade::ok);
  seen.published_here = {name("assay.corp.test")};
  const auto found = finding(check_views(seen), "views.api_certificate");
  EXPECT_EQ(found.grade, Grade::warn);
  EXPECT_THAT(found.sentence, HasSubstr("locks its renewal out"));
  seen.api_certificates[0].from_own_ca = true;
  EXPECT_EQ(finding(check_views(seen), "views.api_certificate").grade, Grade::ok);
}

}  // namespace
}  // namespace validator::doctor
