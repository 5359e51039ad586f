#pragma once

#include <filesystem>
#include <functional>
#include <utility>

#include "base/file_descriptor.h"
#include "storage/store.h"

namespace storage::lmdb {

// Makes `directory` with its parents if it is not there, for its owner only (0700), durably.
// internal: a sentence for the operator, as everywhere in this file.
Result<void> make_directory(const std::filesystem::path& directory);

// Makes the names in `directory` durable.
Result<void> sync_directory(const std::filesystem::path& directory);

// Whether there is a store in `directory`.
bool holds_store(const std::filesystem::path& directory);

// Makes a store in `directory` that is there whole or not at all, whatever happens meanwhile: make(path) writes a
// data file into the directory at `path`, durably, and then the file is moved to where it belongs.
// REQUIRES: the lock of `directory`, and !holds_store(directory).
Result<void> install_store(const std::filesystem::path& directory,
                           const std::function<Result<void>(const std::filesystem::path&)>& make);

// The right of one process to write into a directory. The kernel takes it back when the process ends.
class DirectoryLock {
 public:
  // internal: another process has it (or this one, elsewhere).
  static Result<DirectoryLock> take(const std::filesystem::path& directory);

 private:
  explicit DirectoryLock(base::FileDescriptor file) : file_(std::move(file)) {}

  base::FileDescriptor file_;
};

}  // namespace storage::lmdb
