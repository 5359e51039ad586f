#pragma once

#include <filesystem>
#include <utility>

#include "base/file_descriptor.h"
#include "storage/store.h"

namespace storage::lmdb {

// An open file. Errors name it, for the operator.
class File {
 public:
  static Result<File> open(const std::filesystem::path& path);    // to read
  static Result<File> create(const std::filesystem::path& path);  // to write; 0600, and it must not exist

  int descriptor() const { return descriptor_.get(); }

  // From where the file stands: at most `size` octets, all octets to `to`, the SHA-256 of all in hexadecimal.
  Result<Bytes> read(size_t size) const;
  Result<void> copy_to(const File& to) const;
  Result<Bytes> sha256() const;

  Result<void> write(BytesView octets) const;
  // Returns once everything written is on the disk.
  Result<void> sync() const;

 private:
  File(std::filesystem::path path, base::FileDescriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  tl::unexpected<base::Error> failure(const char* doing) const;

  std::filesystem::path path_;
  base::FileDescriptor descriptor_;
};

}  // namespace storage::lmdb
