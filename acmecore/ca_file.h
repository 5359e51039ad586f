#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/file_descriptor.h"

// One file of a CA's directory. unavailable, everywhere here: a sentence that names the file and says what is wrong.
namespace acmecore {

enum class CaFileKind { certificate, key };

// Nothing where the file does not exist. unavailable: also where it is a key and others than its owner may use it.
base::Result<std::optional<std::string>> read_ca_file(const std::filesystem::path& file, CaFileKind kind);

// The same of a file that has to be there.
base::Result<std::string> read_needed_ca_file(const std::filesystem::path& file, CaFileKind kind);

// Puts a whole file in the place of what was there, or leaves that alone: a key for its owner alone (0600), a
// certificate for all. Its contents are on the disk then; its name is once sync_ca_directory() returns.
base::Result<void> write_ca_file(const std::filesystem::path& file, std::string_view text, CaFileKind kind);

base::Result<void> sync_ca_directory(const std::filesystem::path& directory);

// The right of one process, and one in it, to change a directory. The kernel takes it back when the process ends.
class CaDirectoryLock {
 public:
  // What becomes of who comes while another has it.
  enum class IfTaken { wait, refuse };

  // conflict: another has it, and IfTaken::refuse.
  static base::Result<CaDirectoryLock> take(const std::filesystem::path& directory, IfTaken if_taken);

 private:
  explicit CaDirectoryLock(base::FileDescriptor handle) : handle_(std::move(handle)) {}

  base::FileDescriptor handle_;
};

tl::unexpected<base::Error> refuse_ca_file(const std::filesystem::path& file, const std::string& why);

}  // namespace acmecore
