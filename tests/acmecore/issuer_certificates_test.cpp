#include "acmecore/issuer_certificates.h"

#include <gmock/gmock.h>

#include <utility>

#include "acmecore/distinguished_name.h"
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
  EXPECT_EQ(all[0].issuer, kDefaultIssuer);
  EXPECT_EQ(all[0].role, "current");
  EXPECT_EQ(all[0].id, test_issuer().id());
}

// A set of one certificate, which these ceremonies made.
IssuerSet set_of(std::vector<Ceremony> ceremonies) {
  NamedIssuer issuer{"team", {}};
  issuer.generations.push_back({GenerationRole::current, "issuing-2", "in an encrypted file",
                                Issuer::open(test_ca(), kNow).value(), std::move(ceremonies)});
  std::vector<NamedIssuer> issuers;
  issuers.push_back(std::move(issuer));
  return IssuerSet(std::move(issuers));
}

TEST(IssuerCertificates, ThatCameOrHaveAnotherRoleAreToldWithTheirKeyAndCeremonies) {
  const Ceremony renewed{CeremonyCommand::renew, kNow, 998, "assay", "alice"};
  const Ceremony rotated{CeremonyCommand::rotate, kNow, 0, "root", ""};
  const Certificates now = issuer_certificates(set_of({renewed, rotated}));
  const AuditDetail subject{"subject", text_of_name(test_issuer().certificate().subject_der)};
  const auto about =
      ElementsAre(subject, AuditDetail{"key_algorithm", "P-256"}, AuditDetail{"key", "in an encrypted file"},
                  AuditDetail{"ceremony", text_of(renewed)}, AuditDetail{"ceremony", text_of(rotated)});
  EXPECT_THAT(now.at(0).about, about);
  const auto behind = [](const AuditEvent& event, size_t before) {
    return std::vector<AuditDetail>(event.details.begin() + ptrdiff_t(before), event.details.end());
  };
  const auto come = issuer_changes({}, now, kNow);
  ASSERT_EQ(come.size(), 1u);
  EXPECT_THAT(behind(come[0], 3), about);
  const Certificates before = {{"team", "next", now[0].id}};  // as issuers_told() has it
  const auto changed = issuer_changes(before, now, kNow);
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_THAT(behind(changed[0], 4), about);
  const auto gone = issuer_changes(before, {}, kNow);
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].details.size(), 3u) << "the files are gone";
}

TEST(IssuerCertificates, OfAnOldDirectoryAreToldWithoutCeremonies) {
  const auto come = issuer_changes({}, issuer_certificates(set_of({})), kNow);
  ASSERT_EQ(come.size(), 1u);
  EXPECT_EQ(come[0].detail("key_algorithm"), "P-256");
  EXPECT_EQ(come[0].detail("ceremony"), "");
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
