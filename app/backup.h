#pragma once

#include <filesystem>

#include "base/error.h"

namespace app {

// Copies the state of a server, which may be running, into the directory `to`, which must not exist: its store
// at one moment, and the keys of its issuers, as far as they are there. Tokens and TLS files are the operator's, and
// not in it. Whole or not at all. unavailable, internal: a sentence for the operator.
base::Result<void> backup_state(const std::filesystem::path& state, const std::filesystem::path& to);

// Puts such a copy into a state directory that holds neither a store nor a CA, or what an earlier attempt to
// restore the same copy left there.
base::Result<void> restore_state(const std::filesystem::path& from, const std::filesystem::path& state);

}  // namespace app
