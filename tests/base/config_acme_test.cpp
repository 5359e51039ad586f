// What an operator decides of the certificate authority.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config.h"
#include "tests/base/config_mistakes.h"

namespace base {
namespace {

using testing::HasSubstr;

bool is_taken(const std::string& text) { return parse_config(text, "t").has_value(); }

TEST(AcmeConfig, KeepsItsBounds) {
  const std::string reuse = "acme.authorization_reuse = ";
  const std::string lifetime = "issuance.requested_lifetime_max = ";
  const std::string ahead = "issuance.not_before_ahead_max = ";
  for (const std::string& good : {reuse + "'0s'", reuse + "'398d'", lifetime + "'0s'", lifetime + "'3650d'",
                                  ahead + "'0s'", ahead + "'90d'"}) {
    EXPECT_TRUE(is_taken(good)) << good;
  }
  for (const std::string& bad : {reuse + "'-1s'", reuse + "'399d'", lifetime + "'-1s'", lifetime + "'3651d'",
                                 ahead + "'-1s'", ahead + "'91d'"}) {
    EXPECT_FALSE(is_taken(bad)) << bad;
  }
}

TEST(AcmeConfig, WhatIsAuthorizedBeforeAnOrderIsUsedByOne) {
  EXPECT_THAT(mistakes("acme.pre_authorization = true"), HasSubstr("set acme.authorization_reuse"));
  EXPECT_TRUE(is_taken("acme.pre_authorization = true\nacme.authorization_reuse = '1h'"));
}

TEST(AcmeConfig, ThereAreTermsToAgreeTo) {
  EXPECT_THAT(mistakes("acme.must_agree_again = true"), HasSubstr("no terms_of_service"));
  EXPECT_TRUE(is_taken("acme.must_agree_again = true\nacme.terms_of_service = 'https://corp.example/terms'"));
}

TEST(AcmeConfig, ACertificateCanLastAsLongAsOneThatNobodyAskedFor) {
  const std::string week = "issuance.certificate_lifetime = '7d'\nissuance.requested_lifetime_max = ";
  EXPECT_THAT(mistakes(week + "'6d'"), HasSubstr("no less than certificate_lifetime"));
  EXPECT_TRUE(is_taken(week + "'7d'"));
}

}  // namespace
}  // namespace base
