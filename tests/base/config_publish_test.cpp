#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config.h"

// What holds of [publish], beside what every section is held to.
namespace base {
namespace {

using testing::HasSubstr;

// Passwords cross a network in no clear text.
TEST(PublishConfig, PlainHttpIsForLoopbackAndBehindTrustedProxies) {
  EXPECT_TRUE(parse_config("[publish]\nlisten=['127.0.0.1:80', '[::1]:80']\nplain_http=true", "t"));
  const auto refused =
      parse_config("[publish]\nlisten=['127.0.0.1:80', '192.0.2.1:80']\nplain_http=true", "t");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("for all to read"));
  EXPECT_TRUE(parse_config(
      "[publish]\nlisten=['192.0.2.1:80']\nplain_http=true\ntrusted_proxies=['192.0.2.2']", "t"));
  EXPECT_FALSE(parse_config("[publish]\nplain_http=true\ntls_certificate='c'\ntls_key='k'", "t"));
  EXPECT_FALSE(parse_config("[publish]\ntrusted_proxies=['192.0.2.0/33']", "t"));
}

TEST(PublishConfig, ARegistrationHasWhatItsAccessAsksFor) {
  const auto with = [](std::string_view lines) {
    return parse_config("[publish.registration]\n" + std::string(lines), "t").has_value();
  };
  EXPECT_TRUE(with(""));
  EXPECT_TRUE(with("access='open'\nzone='acme.test'"));
  EXPECT_FALSE(with("access='open'")) << "no zone";
  EXPECT_FALSE(with("access='open'\nzone='acme.test'\ntoken_file='t'"));
  EXPECT_FALSE(with("access='guarded'\nzone='acme.test'")) << "no guard";
  EXPECT_TRUE(with("access='guarded'\nzone='acme.test'\ntoken_file='t'"));
  EXPECT_TRUE(with("access='guarded'\nzone='acme.test'\nnetworks=['10.0.0.0/8']"));
  EXPECT_TRUE(with("access='guarded'\nzone='acme.test'\nuser='u'\npassword_file='p'"));
  EXPECT_FALSE(with("access='guarded'\nzone='acme.test'\nuser='u'"));
  EXPECT_FALSE(with("access='guarded'\nzone='acme.test'\ntoken_file='t'\npassword_file='p'"));
  EXPECT_FALSE(with("access='guarded'\nzone='acme.test'\nuser='u:v'\npassword_file='p'"));
}

TEST(PublishConfig, CorsOriginsAreAsBrowsersWriteThem) {
  for (const auto origin : {"*", "http://localhost:3000", "https://[::1]:8443"})
    EXPECT_TRUE(parse_config("publish.cors_origins = ['" + std::string(origin) + "']", "t")) << origin;
  for (const auto origin :
       {"", "null", "**", "corp.example", "https://*.corp.example", "https://corp.example/",
        "https://Corp.example", "https://corp.example:443", "https://", "ftp://corp.example",
        "https://u@corp.example", "*', 'https://corp.example"})
    EXPECT_FALSE(parse_config("publish.cors_origins = ['" + std::string(origin) + "']", "t")) << origin;
}

}  // namespace
}  // namespace base
