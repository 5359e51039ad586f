#include "acmecore/profile.h"

#include <gmock/gmock.h>

#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/policy_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using std::chrono::seconds;
using testing::HasSubstr;

Profile profile(const std::string& name = "tlsserver") {
  Profile made;
  made.name = name;
  return made;
}

Certificate signed_by_issuer(const LeafRequest& request) {
  return parse_certificate(test_issuer().sign_leaf(request).value()).value();
}

ErrorKind refusal(const Profile& profile, const LeafRequest& request) {
  const auto checked = check_tbs(profile, signed_by_issuer(request));
  return checked ? ErrorKind::unavailable : checked.error().kind;
}
constexpr ErrorKind kNone = ErrorKind::unavailable;

TEST(Profile, HasWildcardsUnlessItSaysOtherwise) {
  Profile plain = profile();
  const std::vector<Identifier> names = {identifier("corp.test"), identifier("*.corp.test")};
  EXPECT_TRUE(check_names(plain, names));
  plain.wildcards = false;
  EXPECT_TRUE(check_names(plain, {identifier("corp.test")}));
  const auto refused = check_names(plain, names);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_profile);
  EXPECT_EQ(refused.error().detail, "the profile \"tlsserver\" has no wildcards");
  ASSERT_EQ(refused.error().suberrors.size(), 1u);
  EXPECT_EQ(refused.error().suberrors[0].identifier, "*.corp.test");
  EXPECT_EQ(refused.error().suberrors[0].kind, ErrorKind::invalid_profile);
}

TEST(Profile, HasSoManyNames) {
  Profile two = profile();
  two.names_max = 2;
  std::vector<Identifier> names = {identifier("a.test.test"), identifier("b.test.test")};
  EXPECT_TRUE(check_names(two, names));
  names.push_back(identifier("c.test.test"));
  const auto refused = check_names(two, names);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_profile);
  EXPECT_THAT(refused.error().detail, HasSubstr("at most 2 names"));
}

TEST(Profile, HasKeysOfItsTypes) {
  Profile elliptic = profile();
  elliptic.key_types = {KeyType::p256, KeyType::p384};
  EXPECT_TRUE(check_key(elliptic, KeyType::p384));
  const auto refused = check_key(elliptic, KeyType::rsa);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::bad_csr);
  EXPECT_EQ(refused.error().detail, "the profile \"tlsserver\" has no keys of type RSA; it has P-256, P-384");
}

TEST(Profile, HasCertificatesThatNeedAStapledResponseWhereItSaysSo) {
  Profile stapled = profile();
  EXPECT_TRUE(check_must_staple(stapled, false));
  const auto refused = check_must_staple(stapled, true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::bad_csr);
  EXPECT_EQ(refused.error().detail,
            "the CSR asks for OCSP must-staple (RFC 7633), which the profile \"tlsserver\" does not have");
  stapled.content.must_staple = true;
  EXPECT_TRUE(check_must_staple(stapled, true));
  EXPECT_TRUE(check_must_staple(stapled, false));
}

TEST(Profile, PutsTheFirstNameThatFitsIntoTheSubject) {
  Profile classic = profile();
  const std::string longest = std::string(kCommonNameSizeMax - 5, 'a') + ".test";
  EXPECT_EQ(common_name(classic, {"corp.test"}), "");
  classic.common_name = true;
  EXPECT_EQ(common_name(classic, {"a" + longest, longest, "corp.test"}), longest);
  EXPECT_EQ(common_name(classic, {"*.corp.test", "corp.test"}), "*.corp.test");
  EXPECT_EQ(common_name(classic, {"a" + longest}), "");
}

TEST(Profile, IsWhatIsAboutToBeSigned) {
  const LeafRequest good = good_leaf_request();
  EXPECT_EQ(refusal(profile(), good), kNone);

  Profile without = profile();
  without.wildcards = false;
  EXPECT_EQ(refusal(without, good), ErrorKind::invalid_profile);
  Profile rsa = profile();
  rsa.key_types = {KeyType::rsa};
  EXPECT_EQ(refusal(rsa, good), ErrorKind::bad_csr);

  Profile classic = profile();
  classic.common_name = true;
  LeafRequest named = good;
  named.common_name = "corp.test";
  EXPECT_EQ(refusal(classic, named), kNone);
  EXPECT_EQ(refusal(classic, good), ErrorKind::internal);
  EXPECT_EQ(refusal(profile(), named), ErrorKind::internal);
  named.common_name = "";
  named.content.organization = "Corp";
  EXPECT_EQ(refusal(profile(), named), kNone);
}

TEST(Profile, LastsNoLongerThanAnOrderMayAskFor) {
  LeafRequest request = good_leaf_request();
  Profile week = profile();
  week.validity.lifetime = std::chrono::days(7);
  request.validity.not_after = request.validity.not_before + std::chrono::days(7) - seconds(1);
  EXPECT_EQ(refusal(week, request), kNone);
  request.validity.not_after += seconds(1);
  EXPECT_EQ(refusal(week, request), ErrorKind::internal);
  week.validity.lifetime_max = std::chrono::days(7) + seconds(1);
  EXPECT_EQ(refusal(week, request), kNone);
}

}  // namespace
}  // namespace acmecore
