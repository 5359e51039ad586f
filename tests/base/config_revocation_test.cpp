#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config.h"

// What holds of [revocation], beside what every section is held to.
namespace base {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

bool is_accepted(std::string_view lines) {
  return parse_config("[revocation]\n" + std::string(lines), "t").has_value();
}

TEST(RevocationConfig, IsOffAsItComes) {
  const Config config = parse_config("", "t").value();
  EXPECT_TRUE(config.revocation.listen.empty());
  EXPECT_EQ(config.revocation.external_url, "");
  EXPECT_FALSE(config.revocation.ocsp.enabled);
}

TEST(RevocationConfig, IsReadAsItIsWritten) {
  const Config config = parse_config(R"(
    [revocation]
    listen = ["127.0.0.1:80"]
    external_url = "http://pki.corp.example"
    crl = {shards = 4, lifetime = "2d"}
    ocsp = {enabled = true, lifetime = "12h"})",
                                     "t")
                            .value();
  EXPECT_EQ(config.revocation.listen, (std::vector<Endpoint>{{"127.0.0.1", 80}}));
  EXPECT_EQ(config.revocation.external_url, "http://pki.corp.example");
  EXPECT_EQ(config.revocation.crl.shards, 4u);
  EXPECT_EQ(config.revocation.crl.lifetime, 48h);
  EXPECT_TRUE(config.revocation.ocsp.enabled);
  EXPECT_EQ(config.revocation.ocsp.lifetime, 12h);
}

TEST(RevocationConfig, TheUrlIsAnOriginInTheClear) {
  for (const std::string good :
       {"http://pki.corp.example", "http://pki.corp.example:8080", "http://[2001:db8::1]"})
    EXPECT_TRUE(is_accepted("external_url = '" + good + "'")) << good;
  for (const std::string bad :
       {"https://pki.corp.example", "http://pki.corp.example/", "http://pki.corp.example/crl",
        "pki.corp.example", "http://", "ftp://pki.corp.example", "http://u@pki.corp.example",
        "http://pki.corp.example?x", "HTTP://pki.corp.example", "http://a b"})
    EXPECT_FALSE(is_accepted("external_url = '" + bad + "'")) << bad;
  EXPECT_TRUE(is_accepted("external_url = 'http://" + std::string(193, 'a') + "'"));
  EXPECT_FALSE(is_accepted("external_url = 'http://" + std::string(194, 'a') + "'"));
}

// BR 4.9.7 and 4.9.10.
TEST(RevocationConfig, LivesAreWithinTheirBounds) {
  EXPECT_TRUE(is_accepted("crl.lifetime = '10d'"));
  EXPECT_FALSE(is_accepted("crl.lifetime = '241h'"));
  EXPECT_FALSE(is_accepted("crl.lifetime = '59m'"));
  EXPECT_TRUE(is_accepted("ocsp.lifetime = '8h'"));
  EXPECT_FALSE(is_accepted("ocsp.lifetime = '7h'"));
  EXPECT_FALSE(is_accepted("ocsp.lifetime = '241h'"));
}

TEST(RevocationConfig, OcspNeedsAListener) {
  const auto refused = parse_config("[revocation]\nexternal_url='http://a.test'\nocsp.enabled = true", "t");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("revocation.listen"));
  EXPECT_TRUE(is_accepted("listen = ['127.0.0.1:80']\nocsp.enabled = true"));
}

TEST(RevocationConfig, ThereIsAtLeastOneShard) {
  EXPECT_FALSE(is_accepted("crl.shards = 0"));
  EXPECT_TRUE(is_accepted("crl.shards = 1"));
  EXPECT_TRUE(is_accepted("crl.shards = 1024"));
  EXPECT_FALSE(is_accepted("crl.shards = 1025"));
}

}  // namespace
}  // namespace base
