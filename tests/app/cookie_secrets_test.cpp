#include "app/cookie_secrets.h"

#include <gtest/gtest.h>

#include "app/files.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

base::Result<dnsserver::CookieSecrets> read(std::string_view contents, FileMode mode = FileMode::secret) {
  const support::TempDirectory directory;
  const std::filesystem::path path = directory.path() / "secrets";
  EXPECT_TRUE(write_file(path, contents, mode));
  return read_cookie_secrets(path);
}

const std::string kFirst = "000102030405060708090a0b0c0d0e0f";
const std::string kSecond = "FFfeFDfcFBfaF9f8F7f6F5f4F3f2F1f0";

TEST(CookieSecrets, AreOneOrTwoLines) {
  const auto one = read(kFirst + "\n");
  ASSERT_TRUE(one) << one.error().detail;
  EXPECT_EQ(one->current[1], 1);
  EXPECT_EQ(one->current[15], 15);
  EXPECT_FALSE(one->other);
  EXPECT_TRUE(read(kFirst)) << "without a line feed";
  const auto two = read(kFirst + " \r\n" + kSecond + "\n");
  ASSERT_TRUE(two) << two.error().detail;
  EXPECT_EQ(two->current, one->current);
  ASSERT_TRUE(two->other);
  EXPECT_EQ((*two->other)[0], 0xff);
}

TEST(CookieSecrets, AreNothingElse) {
  for (const std::string& contents :
       {std::string(), std::string("\n"), kFirst.substr(1), kFirst + "0", kFirst + "\n\n", kFirst + "\nx\n",
        kFirst + "\n" + kSecond + "\n" + kSecond, "g" + kFirst.substr(1), "+" + kFirst.substr(1),
        " " + kFirst}) {
    const auto secrets = read(contents);
    ASSERT_FALSE(secrets) << contents;
    EXPECT_EQ(secrets.error().kind, base::ErrorKind::malformed);
  }
}

TEST(CookieSecrets, AreSecret) {
  const auto secrets = read(kFirst, FileMode::open_to_all);
  ASSERT_FALSE(secrets);
  EXPECT_EQ(secrets.error().kind, base::ErrorKind::unavailable);
  EXPECT_FALSE(read_cookie_secrets("/nonexistent/secrets"));
}

}  // namespace
}  // namespace app
