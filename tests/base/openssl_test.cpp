#include "base/openssl.h"

#include <gtest/gtest.h>

namespace base {
namespace {

std::string hexadecimal(std::string_view octets) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char octet : octets)
    text += {kDigits[uint8_t(octet) >> 4], kDigits[uint8_t(octet) & 15]};
  return text;
}

// RFC 4231 §4.3.
TEST(Hmac, IsThatOfTheRfc) {
  constexpr std::string_view kKey = "Jefe";
  constexpr std::string_view kData = "what do ya want for nothing?";
  EXPECT_EQ(hexadecimal(hmac_sha256(kKey, kData)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hexadecimal(hmac_sha384(kKey, kData)),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
            "8e2240ca5e69e2c78b3239ecfab21649");
  EXPECT_EQ(hexadecimal(hmac_sha512(kKey, kData)),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

TEST(Hmac, IsAnotherByAnotherKeyAndOfNothingToo) {
  EXPECT_NE(hmac_sha256("Jefe", ""), hmac_sha256("", "Jefe"));
  EXPECT_EQ(hmac_sha256({}, {}).size(), kSha256Size);
}

}  // namespace
}  // namespace base
