#include "acmecore/unpause_token.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <utility>

#include "acmecore/serial.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::chrono::seconds;

namespace {

constexpr size_t kTimeDigits = 10;  // of seconds since 1970, in base 16: for 34,000 years
constexpr size_t kMacSize = 16;     // of HMAC-SHA-256: the 128 bits that nobody can guess
constexpr size_t kTokenSize = kTimeDigits + 1 + 2 * kMacSize;

std::string digits_of(Time time) {
  const auto count = uint64_t(std::chrono::floor<seconds>(time.time_since_epoch()).count());
  std::string digits(kTimeDigits, '0');
  char text[16];
  const auto [end, error] = std::to_chars(text, text + sizeof text, count, 16);
  assert(error == std::errc() && size_t(end - text) <= kTimeDigits);
  std::copy(text, end, digits.end() - (end - text));
  return digits;
}

std::string mac(BytesView key, std::string_view directory, std::string_view account,
                std::string_view digits) {
  const Bytes about = Bytes(directory) + '\0' + Bytes(account) + '\0' + Bytes(digits);
  Bytes whole = base::hmac_sha256(key, about);
  whole.resize(kMacSize);
  return text_of(Serial{std::move(whole)});
}

}  // namespace

std::string unpause_token(BytesView key, std::string_view directory, std::string_view account, Time expires) {
  const std::string digits = digits_of(expires);
  return digits + '-' + mac(key, directory, account, digits);
}

Result<void> check_unpause_token(BytesView key, std::string_view directory, std::string_view account,
                                 std::string_view token, Time now) {
  const auto none = fail(ErrorKind::not_found, "there is nothing at this URL: it is cut, or none of ours");
  if (token.size() != kTokenSize || token[kTimeDigits] != '-') return none;
  const std::string_view digits = token.substr(0, kTimeDigits);
  const std::string expected = mac(key, directory, account, digits);
  const std::string_view given = token.substr(kTimeDigits + 1);
  if (CRYPTO_memcmp(expected.data(), given.data(), expected.size()) != 0) return none;
  int64_t expires = 0;  // digits of ours
  std::from_chars(digits.data(), digits.data() + digits.size(), expires, 16);
  if (now < Time(seconds(expires))) return {};
  return fail(ErrorKind::unauthorized,
              "this URL has expired; the next order of a name that is paused tells a new one");
}

}  // namespace acmecore
