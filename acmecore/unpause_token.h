#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

inline constexpr std::chrono::hours kUnpauseTokenLifetime{14 * 24};

// What entitles a person who was told it to lift the pauses of one account, until it expires: the time and an HMAC
// over it, the account and its directory. Nothing of it is kept. Lower-case, as all that our URLs are made of.
//
// REQUIRES: neither name has a NUL.
std::string unpause_token(base::BytesView key, std::string_view directory, std::string_view account,
                          base::Time expires);

// not_found: it is none, or another account's. unauthorized: it has expired.
base::Result<void> check_unpause_token(base::BytesView key, std::string_view directory,
                                       std::string_view account, std::string_view token, base::Time now);

}  // namespace acmecore
