#pragma once

#include "base/config.h"
#include "base/error.h"
#include "proto/callers.h"

namespace app {

// A shorter token can be guessed.
inline constexpr size_t kTokenSizeMin = 16;

// Who may call, with the tokens read from their files. unavailable: a file cannot be read. malformed: there is
// nobody, a token is too short, or two credentials have the same.
base::Result<std::vector<proto::Credential>> load_credentials(const base::Config::Grpc& config);

}  // namespace app
