#include "acmecore/issuer_certificates.h"

#include <gmock/gmock.h>

#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Certificates = std::vector<IssuerCertificate>;

// "issuer: id role<-role_before" of each.
std::vector<std::string> changes(const Certificates& before, const Certificates& now) {
  std::vector<std::string> told;
  for (const AuditEvent& event : issuer_changes(before, now, kNow)) {
    EXPECT_EQ(event.kind, audit_kind::kIssuerChanged);
    EXPECT_EQ(event.time, kNow);
    const auto detail = [&](std::string_view name) { return std::string(event.detail(name)); };
    told.push_back(detail("issuer") + ": " + detail("issuer_sha256") + " " + detail("role") + "<-" +
                   detail("role_before"));
  }
  return told;
}

TEST(IssuerCertificates, AreThoseOfTheSetWithTheirRoles) {
  const auto all = issuer_certificates(*test_issuers().now());
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all[0], (IssuerCertificate{std::string(kDefaultIssuer), "current", test_issuer().id()}));
}

TEST(IssuerCertificates, AreReadFromTheEventThatToldThem) {
  const Certificates told = {{"default", "current", "aa"}, {"two words", "alternate", "bb"}};
  AuditEvent event;
  event.add("version", "1.2");
  tell_issuers(event, {{"default", "next", "cc"}});
  tell_issuers(event, told);
  EXPECT_EQ(event.details.size(), 3u) << "in the place of those before";
  EXPECT_EQ(issuers_told(event), told);
  tell_issuers(event, {});
  EXPECT_THAT(issuers_told(event), IsEmpty());
  event.add("issuer_certificate", "default");
  event.add("issuer_certificate", "default current");
  EXPECT_THAT(issuers_told(event), IsEmpty());
}

TEST(IssuerCertificates, ThatCameOrWentOrHaveAnotherRoleAreChanges) {
  const Certificates before = {
      {"default", "current", "aa"}, {"default", "next", "bb"}, {"team", "current", "cc"}};
  EXPECT_THAT(changes(before, before), IsEmpty());
  EXPECT_THAT(changes(before, {before[1], before[2], before[0]}), IsEmpty()) << "in whatever order";
  EXPECT_THAT(changes(before, {{"default", "retired", "aa"}, {"default", "current", "bb"}, before[2]}),
              ElementsAre("default: aa retired<-current", "default: bb current<-next"));
  EXPECT_THAT(changes(before, {before[0], before[1], before[2], {"team", "next", "dd"}}),
              ElementsAre("team: dd next<-"));
  EXPECT_THAT(changes(before, {before[0], before[1]}), ElementsAre("team: cc <-current"));
  EXPECT_THAT(changes({{"a", "current", "aa"}}, {{"b", "current", "aa"}}),
              ElementsAre("a: aa <-current", "b: aa current<-"))
      << "the same of another issuer is another";
}

}  // namespace
}  // namespace acmecore
