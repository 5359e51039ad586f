#pragma once

#include <filesystem>

#include "storage/store.h"

namespace storage::lmdb {

// Makes `directory` with its parents if it is not there, for its owner only (0700), durably.
// internal: a sentence for the operator, as everywhere in this file.
Result<void> make_directory(const std::filesystem::path& directory);

// Makes the names in `directory` durable.
Result<void> sync_directory(const std::filesystem::path& directory);

// Renames within one directory, durably.
Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

// The right of one process to write into a directory. The kernel takes it back when the process ends.
class DirectoryLock {
 public:
  // internal: another process has it (or this one, elsewhere).
  static Result<DirectoryLock> take(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

}  // namespace storage::lmdb
