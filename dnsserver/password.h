#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace dnsserver {

// Characters of the passwords that we make: 240 random bits in base64url, as acme-dns's clients expect them.
inline constexpr size_t kPasswordSize = 40;
// A longer one is nobody's.
inline constexpr size_t kPasswordSizeMax = 256;
// 2^14 rounds are a second.
inline constexpr int kBcryptCostMax = 14;

std::string make_password();

// What a password is compared with. Passwords of ours are random, so one SHA-256 guards them as well as any
// slow hash and costs an attacker's requests nothing; bcrypt is for those that were imported.
struct PasswordHash {
  enum class Kind { none, sha256, bcrypt };
  Kind kind = Kind::none;
  base::Bytes hash = {};  // 32 octets, or "$2a$10$…"

  bool operator==(const PasswordHash&) const = default;
};

PasswordHash hash_of_password(std::string_view password);

// A crypt(5) string "$2a$…", "$2b$…" or "$2y$…" as other programs keep it. malformed: another method, or a cost
// over kBcryptCostMax.
base::Result<PasswordHash> imported_bcrypt(std::string_view text);

// Takes the same time wherever the first difference is. With bcrypt about 60 ms of a CPU at cost 10.
bool verify_password(const PasswordHash& hash, std::string_view password);

}  // namespace dnsserver
