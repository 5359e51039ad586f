#include "app/cli/audit_report.h"

#include <gmock/gmock.h>

#include "app/cli/audit_report_text.h"
#include "app/cli/audit_text.h"
#include "app/cli/time_option.h"
#include "proto/time.h"

namespace app {
namespace {

namespace v1 = assay::v1;
using base::Time;
using testing::HasSubstr;
using testing::Not;

Time at(const std::string& text) { return parse_day_or_time(text).value(); }

v1::AuditEvent event(const std::string& kind, const std::string& time) {
  v1::AuditEvent made;
  made.set_kind(kind);
  *made.mutable_time() = proto::to_timestamp(at(time));
  return made;
}

void add_detail(v1::AuditEvent& event, const std::string& name, const std::string& value) {
  auto& detail = *event.add_details();
  detail.set_name(name);
  detail.set_value(value);
}

v1::AuditEvent issued(const std::string& serial, const std::string& time, const std::string& not_after,
                      const std::string& name = "corp.test") {
  v1::AuditEvent made = event("certificate.issued", time);
  made.set_serial(serial);
  made.set_account("account-1");
  made.set_order("order-" + serial);
  made.add_authorizations("authorization-1");
  made.add_identifiers(name);
  add_detail(made, "not_after", not_after);
  add_detail(made, "profile", "weekly");
  return made;
}

v1::AuditEvent validated() {
  v1::AuditEvent made = event("challenge.validated", "2026-10-01T12:00:00Z");
  made.add_authorizations("authorization-1");
  made.add_identifiers("corp.test");
  made.add_evidence("primary: at first nothing");
  made.add_evidence("primary: got NOERROR \"x\"");
  add_detail(made, "method", "dns-01");
  add_detail(made, "br_method", "3.2.2.4.7");
  return made;
}

class AuditReportTest : public testing::Test {
 protected:
  // Both of what is learnt and of what happened in the period.
  void tell(const v1::AuditEvent& event) {
    report_.learn(event);
    report_.add(event);
  }
  std::string html(bool is_intact = true) {
    return html_report(report_,
                       {at("2026-12-01"), "localhost:8444", "Entries 1 to 9 <were> verified.", is_intact});
  }

  AuditReport report_{{at("2026-11-01"), at("2026-12-01"), std::chrono::days(30)}};
};

TEST_F(AuditReportTest, TellsWhatWasIssuedOnWhatProofAndForWhom) {
  report_.learn(validated());
  v1::AuditEvent finalized = event("order.finalized", "2026-11-02");
  finalized.set_order("order-01");
  finalized.mutable_actor()->set_account("account-1");
  finalized.mutable_actor()->set_address("192.0.2.1");
  report_.learn(finalized);
  v1::AuditEvent approved = event("order.approved", "2026-11-02");
  approved.set_order("order-01");
  approved.mutable_actor()->set_credential("anna");
  report_.learn(approved);
  tell(issued("01", "2026-11-02T10:00:00Z", "2026-12-05T00:00:00Z"));
  ASSERT_EQ(report_.issued().size(), 1u);
  const ReportedCertificate& certificate = report_.issued()[0];
  EXPECT_EQ(certificate.names, "corp.test");
  EXPECT_EQ(certificate.asked_by, "account account-1 from 192.0.2.1");
  EXPECT_EQ(certificate.approved_by, "credential anna");
  EXPECT_EQ(certificate.profile, "weekly");
  EXPECT_EQ(certificate.not_after, at("2026-12-05"));
  ASSERT_EQ(certificate.proofs.size(), 1u);
  EXPECT_EQ(certificate.proofs[0].method, "dns-01 (BR 3.2.2.4.7)");
  EXPECT_EQ(certificate.proofs[0].seen, "primary: got NOERROR \"x\"");
}

TEST_F(AuditReportTest, TellsWhatIsAboutToExpireAndNotRenewed) {
  tell(issued("01", "2026-10-01", "2026-12-05T00:00:00Z"));
  tell(issued("02", "2026-11-02", "2026-12-10T00:00:00Z", "other.test"));
  tell(issued("03", "2026-11-03", "2026-12-20T00:00:00Z"));                // renews the first
  tell(issued("04", "2026-11-03", "2026-12-31T00:00:00Z", "late.test"));   // ends behind the 30 days
  tell(issued("05", "2026-11-03", "2026-11-30T00:00:00Z", "ended.test"));  // has ended
  tell(issued("06", "2026-11-03", "2026-12-15T00:00:00Z", "bad.test"));
  v1::AuditEvent revoked = event("certificate.revoked", "2026-11-04");
  revoked.set_serial("06");
  revoked.set_reason("superseded");
  tell(revoked);
  const auto expiring = report_.expiring();
  ASSERT_EQ(expiring.size(), 3u);
  EXPECT_EQ(expiring[0].serial, "01");
  EXPECT_TRUE(expiring[0].renewed);
  EXPECT_EQ(expiring[1].serial, "02");
  EXPECT_FALSE(expiring[1].renewed);
  EXPECT_EQ(expiring[2].serial, "03");
  EXPECT_EQ(report_.revoked().size(), 1u);
}

TEST_F(AuditReportTest, TellsWhichCertificateWasRevokedAndWhose) {
  v1::AuditEvent revoked = event("certificate.revoked", "2026-11-04");
  revoked.set_serial("0123abcd");
  revoked.set_account("account-1");
  revoked.add_identifiers("corp.test");
  tell(revoked);
  EXPECT_THAT(html(), HasSubstr("0123abcd"));
  EXPECT_THAT(csv_report(report_),
              HasSubstr("revoked,2026-11-04T00:00:00Z,certificate.revoked,corp.test,0123abcd,account-1,"));
}

TEST_F(AuditReportTest, SortsWhatHappenedByWhatItIs) {
  v1::AuditEvent refused = event("order.refused", "2026-11-05");
  refused.set_problem("rejectedIdentifier");
  refused.set_count(40);
  tell(refused);
  tell(event("challenge.failed", "2026-11-05"));
  v1::AuditEvent disabled = event("account.disabled", "2026-11-05");
  disabled.mutable_actor()->set_credential("anna");
  tell(disabled);
  v1::AuditEvent ordered = event("order.created", "2026-11-05");  // by a subscriber with a credential
  ordered.mutable_actor()->set_credential("host");
  ordered.mutable_actor()->set_account("account-2");
  tell(ordered);
  for (const char* kind : {"server.started", "server.reloaded", "server.reload_refused", "issuer.changed"})
    tell(event(kind, "2026-11-05"));
  v1::AuditEvent zone = event("zone.created", "2026-11-05");
  tell(zone);  // by this server
  zone.mutable_actor()->set_credential("anna");
  tell(zone);
  v1::AuditEvent registered = event("publishing_credential.created", "2026-11-05");  // by who has it
  registered.mutable_actor()->set_address("192.0.2.1");
  tell(registered);
  tell(event("key.blocked", "2026-11-05"));
  EXPECT_EQ(report_.refused().size(), 2u);
  EXPECT_EQ(report_.refusals(), 41u);
  EXPECT_EQ(report_.operators().size(), 6u);
  EXPECT_EQ(report_.revoked().size(), 1u);
}

TEST_F(AuditReportTest, IsAPageThatLoadsAndRunsNothing) {
  tell(issued("01", "2026-11-02", "2026-12-05T00:00:00Z", "<script>alert(1)</script>"));
  const std::string page = html();
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page, HasSubstr("&lt;were&gt;"));
  for (const char* loads : {"http://", "https://", "src=", "href=", "url(", "@import"})
    EXPECT_THAT(page, Not(HasSubstr(loads)));
  EXPECT_THAT(page, HasSubstr("<div class=\"chain\">"));
  EXPECT_THAT(html(/*is_intact=*/false), HasSubstr("<div class=\"chain bad\">"));
}

// Else one certificate with a hundred names would be longer than all others together.
TEST_F(AuditReportTest, ShowsTheFirstNamesAndProofsOfACertificateAndFoldsTheOthers) {
  v1::AuditEvent made = issued("01", "2026-11-02", "2026-12-05T00:00:00Z", "name-1.corp.test");
  made.clear_authorizations();
  for (int i = 1; i <= 40; ++i) {
    if (i > 1) made.add_identifiers("name-" + std::to_string(i) + ".corp.test");
    v1::AuditEvent proof = validated();
    proof.set_authorizations(0, "authorization-" + std::to_string(i));
    report_.learn(proof);
    made.add_authorizations("authorization-" + std::to_string(i));
  }
  tell(made);
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("name-13.corp.test <details><summary>and 35 more</summary>"));
  EXPECT_THAT(page, HasSubstr("<summary>and 37 more</summary>"));
  EXPECT_THAT(page, HasSubstr("name-9.corp.test </details>"));
}

TEST_F(AuditReportTest, GivesEachColumnItsWidthWhateverStandsInIt) {
  tell(issued("01", "2026-11-02", "2026-12-05T00:00:00Z"));
  const std::string page = html();
  EXPECT_THAT(page, HasSubstr("table-layout: fixed"));
  EXPECT_THAT(page, HasSubstr("<th style=\"width: 32%\">proof</th>"));
}

TEST_F(AuditReportTest, OfNothingSaysSo) {
  const std::string page = html();
  for (const char* sentence : {"No certificate was issued.", "Nothing was revoked.", "Nothing was refused.",
                               "No operator did anything.", "None is."}) {
    EXPECT_THAT(page, HasSubstr(sentence));
  }
}

TEST_F(AuditReportTest, EndsALongTableWithALineThatSaysSo) {
  for (size_t i = 0; i < kReportRowsMax + 5; ++i)
    tell(issued(std::to_string(i), "2026-11-02", "2027-12-05T00:00:00Z"));
  EXPECT_THAT(html(), HasSubstr("And 5 others, which the report as CSV has."));
  const std::string csv = csv_report(report_);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), int64_t(kReportRowsMax) + 5 + 1);
}

TEST_F(AuditReportTest, HasInCsvWhatTheTablesHave) {
  report_.learn(validated());
  tell(issued("01", "2026-11-02", "2026-12-05T00:00:00Z"));
  tell(event("server.started", "2026-11-05"));
  const std::string csv = csv_report(report_);
  EXPECT_THAT(csv, HasSubstr("issued,2026-11-02T00:00:00Z,certificate.issued,corp.test,01,account-1,"));
  EXPECT_THAT(csv, HasSubstr("\"corp.test by dns-01 (BR 3.2.2.4.7) at 2026-10-01T12:00:00Z: "));
  EXPECT_THAT(csv, HasSubstr("operators,2026-11-05T00:00:00Z,server.started,"));
  EXPECT_THAT(csv, HasSubstr("expiring,,,corp.test,01,account-1,,,,2026-12-05T00:00:00Z,,not renewed"));
}

TEST(Who, IsToldAsFarAsItIsKnown) {
  v1::AuditEvent made;
  EXPECT_EQ(who(made), "this server");
  made.mutable_actor()->set_address("192.0.2.1");
  EXPECT_EQ(who(made), "192.0.2.1");
  made.mutable_actor()->set_account("a");
  EXPECT_EQ(who(made), "account a from 192.0.2.1");
  made.mutable_actor()->set_credential("admin");
  EXPECT_EQ(who(made), "credential admin from 192.0.2.1");
}

TEST(DayOrTime, IsADayInUtcOrATime) {
  EXPECT_EQ(parse_day_or_time("2026-11-23"), base::parse_rfc3339("2026-11-23T00:00:00Z"));
  EXPECT_EQ(parse_day_or_time("2026-11-23T06:00:00+01:00"), base::parse_rfc3339("2026-11-23T05:00:00Z"));
  for (const char* text : {"", "2026", "2026-13-01", "2026-11-3", "yesterday", "2026-11-23 06:00"})
    EXPECT_FALSE(parse_day_or_time(text)) << text;
}

}  // namespace
}  // namespace app
