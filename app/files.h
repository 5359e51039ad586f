#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace app {

// Certificates, keys, tokens and requests are far smaller.
inline constexpr size_t kFileSizeMax = 1024 * 1024;

// A directory of mode 0700, with those above it that are missing. One that is there stays as it is. unavailable as
// below.
base::Result<void> make_private_directory(const std::filesystem::path& path);

// Names that were made or changed in the directory survive power loss. unavailable as below.
base::Result<void> sync_directory(const std::filesystem::path& directory);

enum class FileMode { open_to_all = 0644, secret = 0600 };

// The whole of a regular file or pipe. unavailable: the detail names the file and says why, also when it is
// larger than `size_max`.
base::Result<std::string> read_file(const std::filesystem::path& path, size_t size_max = kFileSizeMax);

// The same of a file that is kept from others. unavailable as above, and when every user of the machine may read it.
base::Result<std::string> read_secret(const std::filesystem::path& path);

// The first line of a secret file, without the white space around it: a token. unavailable as above, and when there
// is nothing in it.
base::Result<std::string> read_token(const std::filesystem::path& path);

// Puts a whole file in the place of what was there, or leaves that alone. unavailable as above.
base::Result<void> write_file(const std::filesystem::path& path, std::string_view contents, FileMode mode);

}  // namespace app
