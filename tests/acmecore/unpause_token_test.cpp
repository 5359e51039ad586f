#include "acmecore/unpause_token.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;

constexpr base::Time kNow{std::chrono::seconds(1'800'000'000)};
const base::Bytes kKey(32, 'k');

std::optional<ErrorKind> refusal(const std::string& token, base::Time now = kNow,
                                 const std::string& directory = "default", const std::string& account = "a1",
                                 const base::Bytes& key = kKey) {
  const auto checked = check_unpause_token(key, directory, account, token, now);
  return checked ? std::nullopt : std::optional(checked.error().kind);
}

TEST(UnpauseToken, IsGoodUntilItExpires) {
  const std::string token = unpause_token(kKey, "default", "a1", kNow + 1h);
  EXPECT_EQ(refusal(token), std::nullopt);
  EXPECT_EQ(refusal(token, kNow + 1h - 1ms), std::nullopt);
  EXPECT_EQ(refusal(token, kNow + 1h), ErrorKind::unauthorized);
}

TEST(UnpauseToken, IsOneSegmentOfOurUrls) {
  const std::string token = unpause_token(kKey, "default", "a1", kNow);
  EXPECT_EQ(token.substr(0, 11), "006b49d200-");
  EXPECT_EQ(token.size(), 43u);
  EXPECT_TRUE(std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  }));
}

TEST(UnpauseToken, IsOfOneServerDirectoryAndAccount) {
  const std::string token = unpause_token(kKey, "default", "a1", kNow + 1h);
  EXPECT_EQ(refusal(token, kNow, "default", "a2"), ErrorKind::not_found);
  EXPECT_EQ(refusal(token, kNow, "team", "a1"), ErrorKind::not_found);
  EXPECT_EQ(refusal(token, kNow, "default", "a1", base::Bytes(32, 'x')), ErrorKind::not_found);
  // What is directory and what is account is part of it.
  const std::string joined = unpause_token(kKey, "team", "xa1", kNow + 1h);
  EXPECT_EQ(refusal(joined, kNow, "teamx", "a1"), ErrorKind::not_found);
}

TEST(UnpauseToken, CannotBeMadeFromAnother) {
  const std::string token = unpause_token(kKey, "default", "a1", kNow);
  for (size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == '7' ? '8' : '7';
    EXPECT_EQ(refusal(other, kNow - 1h), ErrorKind::not_found) << i;
    EXPECT_EQ(refusal(token.substr(0, i), kNow - 1h), ErrorKind::not_found) << i;
  }
  EXPECT_EQ(refusal(token + "0", kNow - 1h), ErrorKind::not_found);
  std::string upper = token;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return char(std::toupper(c)); });
  EXPECT_EQ(refusal(upper, kNow - 1h), ErrorKind::not_found);
}

}  // namespace
}  // namespace acmecore
