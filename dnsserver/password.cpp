#include "dnsserver/password.h"

#include <crypt.h>
#include <openssl/crypto.h>

#include <memory>

#include "base/base64url.h"
#include "base/openssl.h"
#include "base/random.h"

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::fail;

// "$2a$10$", 22 characters of salt, 31 of hash.
constexpr size_t kBcryptSize = 60;
constexpr int kBcryptCostMin = 4;

bool are_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_of_crypt(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

}  // namespace

std::string make_password() { return base::base64url(base::random_bytes(kPasswordSize * 3 / 4)); }

PasswordHash hash_of_password(std::string_view password) {
  return {PasswordHash::Kind::sha256, base::sha256(password)};
}

base::Result<PasswordHash> imported_bcrypt(std::string_view text) {
  const bool has_form = text.size() == kBcryptSize && text.starts_with("$2") &&
                        std::string_view("aby").find(text[2]) != std::string_view::npos && text[3] == '$' &&
                        is_digit(text[4]) && is_digit(text[5]) && text[6] == '$';
  if (!has_form) return fail(ErrorKind::malformed, "the password hash is not one of bcrypt ($2a$…)");
  for (const char c : text.substr(7)) {
    if (!is_of_crypt(c)) return fail(ErrorKind::malformed, "the bcrypt hash holds a character that none has");
  }
  const int cost = (text[4] - '0') * 10 + (text[5] - '0');
  if (cost < kBcryptCostMin || cost > kBcryptCostMax) {
    return fail(ErrorKind::malformed, "the bcrypt hash has cost " + std::to_string(cost) +
                                          "; up to 14 is a second of a CPU and is accepted");
  }
  return PasswordHash{PasswordHash::Kind::bcrypt, base::Bytes(text)};
}

bool verify_password(const PasswordHash& hash, std::string_view password) {
  if (password.size() > kPasswordSizeMax) return false;
  switch (hash.kind) {
    case PasswordHash::Kind::none: return false;
    case PasswordHash::Kind::sha256: return are_equal(hash.hash, base::sha256(password));
    case PasswordHash::Kind::bcrypt: break;
  }
  const std::string terminated(password);
  if (terminated.find('\0') != std::string::npos) return false;
  const auto data = std::make_unique<crypt_data>();  // 32 KiB
  const char* made = ::crypt_r(terminated.c_str(), hash.hash.c_str(), data.get());
  const bool same = made != nullptr && are_equal(made, hash.hash);
  OPENSSL_cleanse(data.get(), sizeof *data);
  return same;
}

}  // namespace dnsserver
