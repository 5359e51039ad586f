#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// A name that an account failed to prove, without a success between.
struct FailingName {
  std::string account;
  std::string name;  // without "*.": a wildcard is proved by the same
  uint64_t failures = 0;
  base::Time last_failed = {};
  std::string last_error = {};  // what was wrong then: the detail of an error
  base::Time until = {};        // forgotten then
  bool paused = false;          // it fails too often to be ordered

  bool operator==(const FailingName&) const = default;
};

// proto/assay/stored/v1/acme.proto. Account and name are in the key and not in the value. internal: the value is not
// what encode made.
base::Bytes encode(const FailingName& failing);
base::Result<FailingName> decode_failing_name(std::string account, std::string name, base::BytesView value);

}  // namespace acmecore
