#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace app {

// The rows of acme-dns's database, as they are.

struct AcmeDnsAccount {
  std::string user_name;
  std::string password_hash;  // bcrypt: "$2a$10$…"
  std::string subdomain;
  std::string allow_from;  // JSON: an array of networks

  bool operator==(const AcmeDnsAccount&) const = default;
};

struct AcmeDnsValue {
  std::string subdomain;
  std::string value;        // empty: a place that was never used
  int64_t last_update = 0;  // Unix time in seconds

  bool operator==(const AcmeDnsValue&) const = default;
};

struct AcmeDnsDatabase {
  std::vector<AcmeDnsAccount> accounts;  // in the order of their user names
  std::vector<AcmeDnsValue> values;      // in the order of their subdomains, the oldest first

  bool operator==(const AcmeDnsDatabase&) const = default;
};

// Reads acme-dns's SQLite database, of one moment, while acme-dns may be running; writes nothing to it. unavailable:
// it cannot be read, or stays locked. malformed: it is no SQLite database, or not acme-dns's.
base::Result<AcmeDnsDatabase> read_acme_dns_database(const std::filesystem::path& path);

}  // namespace app
