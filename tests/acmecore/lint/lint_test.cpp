#include "acmecore/lint/lint.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "acmecore/der.h"
#include "acmecore/lint/finding_log.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "base/log.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/lint/tbs_draft.h"

namespace acmecore::lint {
namespace {

using base::Bytes;
using base::Time;
using std::chrono::days;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using namespace std::string_view_literals;

std::vector<Case> leaf_cases() {
  return joined({field_cases(), date_cases(), subject_cases(), name_cases(), extension_cases(),
                 pointer_cases(), key_cases()});
}

std::vector<Finding> look(const TbsDraft& draft, ProfileRules rules, Time now = kSigning) {
  return lint_leaf(draft.der(), test_issuer().certificate(), rules, now);
}

std::vector<Finding> look(const TbsDraft& draft, const Case& one) {
  Certificate issuer = test_issuer().certificate();
  one.issuer(issuer);
  return lint_leaf(draft.der(), issuer, one.rules, kSigning);
}

std::vector<std::string> names_of(const std::vector<Finding>& findings, Severity severity) {
  std::vector<std::string> names;
  for (const Finding& finding : findings) {
    if (finding.severity == severity) names.emplace_back(finding.rule->name);
  }
  return names;
}

std::vector<std::string> names_of(const std::vector<Finding>& findings) {
  std::vector<std::string> names;
  for (const Finding& finding : findings)
    names.emplace_back(finding.rule->name);
  return names;
}

const Rule& rule_of(std::string_view name) {
  const auto found = std::ranges::find(rules(), name, &Rule::name);
  EXPECT_NE(found, rules().end()) << name;
  return *found;
}

TEST(Lint, FindsNothingInWhatEachKindOfProfileMakes) {
  for (const auto rules :
       {ProfileRules::private_trust, ProfileRules::public_trust, ProfileRules::short_lived}) {
    const auto findings = look(good_draft(rules), rules);
    EXPECT_THAT(names_of(findings), IsEmpty());
  }
}

TEST(Lint, FindsWhatBreaksARuleAndNotTheNearestThatDoesNot) {
  for (const Case& one : leaf_cases()) {
    SCOPED_TRACE(std::string(one.rule) + ": " + std::string(one.what));
    TbsDraft broken = good_draft(one.rules);
    one.broken(broken);
    const auto findings = look(broken, one);
    EXPECT_THAT(names_of(findings), Contains(std::string(one.rule)));
    for (const Finding& finding : findings) {
      EXPECT_EQ(finding.severity, finding.rule->severity(one.rules));
      EXPECT_FALSE(finding.what.empty());
    }

    TbsDraft good = good_draft(one.rules);
    one.good(good);
    const auto none = look(good, one);
    EXPECT_THAT(names_of(none), Not(Contains(std::string(one.rule))));
    EXPECT_THAT(names_of(none, Severity::error), IsEmpty());
  }
}

TEST(Lint, HasACertificateThatBreaksItForEachRule) {
  std::set<std::string_view> shown;
  for (const Case& one : leaf_cases())
    shown.insert(one.rule);
  for (const Case& one : ca_cases())
    shown.insert(one.rule);
  std::set<std::string_view> all;
  for (const Rule& rule : rules())
    EXPECT_TRUE(all.insert(rule.name).second) << rule.name;
  EXPECT_EQ(shown, all);
}

TEST(Lint, IsOffForPrivateProfilesWhereTheRuleIsNotForThem) {
  for (const Case& one : leaf_cases()) {
    if (rule_of(one.rule).for_private != Severity::off) continue;
    TbsDraft broken = good_draft(ProfileRules::private_trust);
    one.broken(broken);
    EXPECT_THAT(names_of(look(broken, ProfileRules::private_trust)), Not(Contains(std::string(one.rule))))
        << one.what;
  }
}

TEST(Lint, LetsOnlyShortLivedOnesBeSilentAboutRevocation) {
  for (const auto rules : {ProfileRules::public_trust, ProfileRules::short_lived}) {
    TbsDraft draft = good_draft(rules);
    draft.erase(oids::kCrlDistributionPoints);
    draft.erase(oids::kAuthorityInfoAccess);
    const auto errors = names_of(look(draft, rules), Severity::error);
    if (rules == ProfileRules::short_lived) {
      EXPECT_THAT(errors, IsEmpty());
    } else {
      EXPECT_THAT(errors, ElementsAre("revocation_is_told"));
    }
  }
}

// RFC 8410 §3; the BR do not have it.
TEST(Lint, LetsEd25519SignOnlyWhatKeepsTheOperatorsOwnRules) {
  Certificate issuer = test_issuer().certificate();
  issuer.spki_der = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
  issuer.spki_der += Bytes(32, 'k');
  for (const auto rules : {ProfileRules::private_trust, ProfileRules::public_trust}) {
    TbsDraft draft = good_draft(rules);
    draft.signature_algorithm = "\x30\x05\x06\x03\x2b\x65\x70"sv;
    const auto errors = names_of(lint_leaf(draft.der(), issuer, rules, kSigning), Severity::error);
    if (rules == ProfileRules::private_trust) {
      EXPECT_THAT(errors, IsEmpty());
    } else {
      EXPECT_THAT(errors, ElementsAre("signature_algorithm"));
    }
    draft.signature_algorithm = "\x30\x07\x06\x03\x2b\x65\x70\x05\x00"sv;  // parameters
    EXPECT_THAT(names_of(lint_leaf(draft.der(), issuer, rules, kSigning)), Contains("signature_algorithm"));
  }
}

TEST(Lint, KnowsTheLongestLifeOfTheDay) {
  struct {
    const char* now;
    days longest;
  } const cases[] = {{"2026-03-14T23:59:59Z", days(398)}, {"2026-03-15T00:00:00Z", days(200)},
                     {"2027-03-14T23:59:59Z", days(200)}, {"2027-03-15T00:00:00Z", days(100)},
                     {"2029-03-14T23:59:59Z", days(100)}, {"2029-03-15T00:00:00Z", days(47)}};
  for (const auto& one : cases) {
    const Time now = base::parse_rfc3339(one.now).value();
    TbsDraft draft = good_draft(ProfileRules::public_trust);
    draft.set_validity(now, now + one.longest - seconds(1));
    EXPECT_THAT(names_of(look(draft, ProfileRules::public_trust, now)), Not(Contains("validity_within_max")))
        << one.now;
    draft.set_validity(now, now + one.longest);
    EXPECT_THAT(names_of(look(draft, ProfileRules::public_trust, now)), Contains("validity_within_max"))
        << one.now;
  }
}

TEST(Lint, SaysWhichRuleWasBrokenAndWhoAsksForIt) {
  TbsDraft draft = good_draft(ProfileRules::public_trust);
  draft.set_validity(kSigning, kSigning + days(201) - seconds(1));
  const auto findings = look(draft, ProfileRules::public_trust);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(text_of(findings[0]),
            "validity_within_max (BR 6.3.2): the certificate is valid for 201d, where 200d are the most");
}

TEST(Lint, StopsWhereWhatIsToBeSignedIsNoTbsCertificate) {
  const Certificate& issuer = test_issuer().certificate();
  const Bytes good = good_draft(ProfileRules::public_trust).der();
  for (const Bytes& bad : {Bytes(), Bytes("\x30\x00"sv), good + '\0', good.substr(0, good.size() - 1)}) {
    const auto findings = lint_leaf(bad, issuer, ProfileRules::public_trust, kSigning);
    EXPECT_THAT(names_of(findings), ElementsAre("tbs_structure"));
  }
}

TEST(Lint, StopsAtMoreThanItCanLookAt) {
  TbsDraft draft = good_draft(ProfileRules::private_trust);
  while (draft.extensions.size() < kExtensionsMax)
    draft.add("\x2a\x03"sv, "\x05\x00"sv);
  EXPECT_THAT(names_of(look(draft, ProfileRules::private_trust)), Not(Contains("tbs_structure")));
  draft.add("\x2a\x03"sv, "\x05\x00"sv);
  EXPECT_THAT(names_of(look(draft, ProfileRules::private_trust)), ElementsAre("tbs_structure"));

  TbsDraft named = good_draft(ProfileRules::private_trust);
  Bytes names;
  for (size_t i = 0; i < kNamesMax; ++i)
    names += dns_name("n" + std::to_string(i) + ".assay.dev");
  named.set_names({names});
  EXPECT_THAT(names_of(look(named, ProfileRules::private_trust)), IsEmpty());
  named.set_names({names, dns_name("assay.dev")});
  EXPECT_THAT(names_of(look(named, ProfileRules::private_trust)), ElementsAre("tbs_structure"));
}

Certificate issuing() { return test_issuer().certificate(); }

Certificate root() {
  return parse_certificate(parse_pem(kPemCertificate, test_ca().root_pem).value()).value();
}

TbsDraft draft_of(const Certificate& certificate) {
  TbsDraft draft = good_draft(ProfileRules::private_trust);
  draft.serial = certificate.serial.octets;
  draft.issuer = certificate.issuer_der;
  draft.subject = certificate.subject_der;
  draft.spki = certificate.spki_der;
  draft.extensions.clear();
  for (const Extension& extension : certificate.extensions)
    draft.add(extension.oid, extension.value, extension.critical);
  return draft;
}

TEST(LintOfACa, FindsNothingInTheDevelopmentCa) {
  EXPECT_THAT(names_of(lint_new_ca(root().tbs_der, root(), kNow)), IsEmpty());
  EXPECT_THAT(names_of(lint_new_ca(issuing().tbs_der, root(), kNow)), IsEmpty());
  EXPECT_THAT(names_of(lint_ca(issuing(), nullptr, kNow)), IsEmpty());
}

Bytes changed_by(void (*change)(TbsDraft&)) {
  TbsDraft draft = draft_of(issuing());
  change(draft);
  return draft.der();
}

TEST(LintOfACa, FindsWhatBreaksARuleAndNotTheNearestThatDoesNot) {
  for (const Case& one : joined({key_cases(), ca_cases()})) {
    SCOPED_TRACE(std::string(one.rule) + ": " + std::string(one.what));
    const auto findings = lint_new_ca(changed_by(one.broken), root(), kNow);
    EXPECT_THAT(names_of(findings, rule_of(one.rule).for_private), Contains(std::string(one.rule)));
    EXPECT_THAT(names_of(lint_new_ca(changed_by(one.good), root(), kNow)), IsEmpty());
  }
}

TEST(LintOfACa, OnlyWarnsOfWhatSomebodyElseHasMade) {
  for (const Case& one : ca_cases()) {
    Certificate changed = issuing();
    changed.tbs_der = changed_by(one.broken);
    const auto findings = lint_ca(changed, &test_issuer().chain().root(), kNow);
    EXPECT_THAT(names_of(findings, Severity::warning), Contains(std::string(one.rule))) << one.what;
    EXPECT_EQ(first_error(findings), nullptr);
  }
}

// OpenSSL compares the two only where both are there.
TEST(LintOfACa, MayNameAnyKeyOfAnIssuerWithoutAKeyIdentifier) {
  Certificate issuer = root();
  std::erase_if(issuer.extensions,
                [](const Extension& extension) { return extension.oid == oids::kSubjectKeyIdentifier; });
  const Bytes other = changed_by([](TbsDraft& draft) {
    draft.extension(oids::kAuthorityKeyIdentifier).value = "\x30\x16\x80\x14" + Bytes(20, 'x');
  });
  EXPECT_THAT(names_of(lint_new_ca(other, issuer, kNow)), IsEmpty());
  EXPECT_THAT(names_of(lint_new_ca(other, root(), kNow)), ElementsAre("ca_authority_key_identifier"));
}

// An alternate chain may end below its root.
TEST(LintOfACa, KnowsTheAlgorithmsOfAllWhereWhoSignedIsNotAtHand) {
  Certificate changed = issuing();
  const auto findings_with = [&](base::BytesView algorithm) {
    TbsDraft draft = draft_of(issuing());
    draft.signature_algorithm = algorithm;
    changed.tbs_der = draft.der();
    return names_of(lint_ca(changed, nullptr, kNow));
  };
  EXPECT_THAT(findings_with("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"sv), IsEmpty());
  EXPECT_THAT(findings_with("\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01"sv),
              ElementsAre("ca_signature_algorithm"));
}

TEST(LintOfACa, MayBeOfAnEd25519KeyAsNoLeafMay) {
  const auto with_ed25519 = [](TbsDraft& draft) {
    draft.spki = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;
    draft.spki += Bytes(32, 'k');
  };
  EXPECT_THAT(names_of(lint_new_ca(changed_by(with_ed25519), root(), kNow)), IsEmpty());
  TbsDraft leaf = good_draft(ProfileRules::private_trust);
  with_ed25519(leaf);
  EXPECT_THAT(names_of(look(leaf, ProfileRules::private_trust)), Contains("key_algorithm"));
}

class FindingLogTest : public testing::Test {
 protected:
  FindingLogTest() { base::log::configure(base::log::Level::info, base::log::Format::text); }

  // What the log is told of this leaf of ours.
  std::string told_of(const TbsDraft& draft, ProfileRules rules) {
    testing::internal::CaptureStderr();
    noted_ = log_.note(look(draft, rules), rules, Serial{"\x01\x02"});
    return testing::internal::GetCapturedStderr();
  }

  FindingLog log_;
  base::Result<void> noted_;
};

TEST_F(FindingLogTest, TellsAWarningOnceForEachKindOfProfile) {
  constexpr auto kPublic = ProfileRules::public_trust;
  constexpr auto kShortLived = ProfileRules::short_lived;
  const auto warned = [](ProfileRules rules) {
    TbsDraft draft = good_draft(rules);
    draft.set_subject(name({rdn(oids::kCommonName, der::kUtf8String, "assay.dev")}));
    return draft;
  };
  const std::string line = told_of(warned(kPublic), kPublic);
  EXPECT_THAT(line, testing::AllOf(HasSubstr("acme.lint.warning"), HasSubstr("common_name_absent"),
                                   HasSubstr("BR 7.1.2.7.2"), HasSubstr("0102")));
  EXPECT_TRUE(noted_);
  EXPECT_EQ(told_of(warned(kPublic), kPublic), "");
  EXPECT_NE(told_of(warned(kShortLived), kShortLived), "");
  EXPECT_EQ(told_of(good_draft(kPublic), kPublic), "");
}

TEST_F(FindingLogTest, TellsAnErrorEachTimeAndRefuses) {
  constexpr auto kPublic = ProfileRules::public_trust;
  TbsDraft draft = good_draft(kPublic);
  draft.version.clear();
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(told_of(draft, kPublic),
                testing::AllOf(HasSubstr("acme.lint.error"), HasSubstr("version_is_3")));
    ASSERT_FALSE(noted_);
    EXPECT_EQ(noted_.error().kind, base::ErrorKind::internal);
    EXPECT_EQ(noted_.error().detail,
              "what was to be signed breaks version_is_3 (RFC 5280 §4.1.2.1): the version is not 3");
  }
}

// Of the rows "| `name` | source | private | public | … |".
std::vector<std::string> documented_rules() {
  std::ifstream file(ASSAY_SOURCE_DIR "/docs/certificates.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) continue;
    size_t end = 0;
    for (int columns = 0; columns < 5; ++columns)
      end = line.find('|', end) + 1;
    rows.push_back(line.substr(0, end));
  }
  return rows;
}

TEST(Lint, IsDocumentedRuleByRule) {
  std::vector<std::string> expected;
  for (const Rule& rule : rules()) {
    expected.push_back("| `" + std::string(rule.name) + "` | " + std::string(rule.source) + " | " +
                       std::string(name_of(rule.for_private)) + " | " +
                       std::string(name_of(rule.for_public)) + " |");
  }
  EXPECT_THAT(documented_rules(), testing::ElementsAreArray(expected));
}

}  // namespace
}  // namespace acmecore::lint
