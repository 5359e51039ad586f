#pragma once

#include <filesystem>

#include "acmecore/development_ca.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// Names of the files in a CA directory. root.key may be taken away once the directory exists.
inline constexpr std::string_view kRootKeyFile = "root.key";
inline constexpr std::string_view kRootFile = "root.pem";
inline constexpr std::string_view kIssuingKeyFile = "issuing.key";
inline constexpr std::string_view kIssuingFile = "issuing.pem";

// The CA of `directory`, made there first when the directory does not exist or is empty.
//
// It is made beside it, under the name "<directory>.new", with keys of mode 0600 in a directory of mode 0700,
// synced, and renamed: a process that is killed on the way leaves nothing that the next start would take for
// a CA. unavailable: a file is missing, a key is readable for others than its owner, or the disk refuses; the
// detail names the file. Whether keys and certificates belong together is for Issuer::open to say.
// REQUIRES: no other process does the same at once (the caller holds the store's lock).
base::Result<CaMaterial> open_or_create_ca(const std::filesystem::path& directory, base::Time now);

}  // namespace acmecore
