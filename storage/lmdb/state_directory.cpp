#include "storage/lmdb/state_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace storage::lmdb {

using base::ErrorKind;
using base::fail;
using std::filesystem::path;

namespace {

constexpr const char* kLockFile = "assay.lock";

tl::unexpected<base::Error> failure(const char* doing, const path& file, int code) {
  return fail(ErrorKind::internal,
              std::string("cannot ") + doing + " " + file.string() + ": " + std::strerror(code));
}

// Where a directory without a parent in its path lies.
path parent_of(const path& file) { return file.has_parent_path() ? file.parent_path() : path("."); }

}  // namespace

Result<void> make_directory(const path& directory) {
  if (!directory.has_filename()) return make_directory(parent_of(directory));  // "state/"
  if (mkdir(directory.c_str(), 0700) == 0) return sync_directory(parent_of(directory));
  if (errno == EEXIST) return {};
  if (errno != ENOENT || directory == parent_of(directory)) return failure("make", directory, errno);
  CHECK(make_directory(parent_of(directory)));
  if (mkdir(directory.c_str(), 0700) != 0) return failure("make", directory, errno);
  return sync_directory(parent_of(directory));
}

Result<void> sync_directory(const path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failure("open", directory, errno);
  const int code = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  if (code) return failure("sync", directory, code);
  return {};
}

Result<void> rename_durably(const path& from, const path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return failure("move", from, errno);
  return sync_directory(parent_of(to));
}

Result<DirectoryLock> DirectoryLock::take(const path& directory) {
  const path file = directory / kLockFile;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failure("open", file, errno);
  DirectoryLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return failure("lock", file, errno);
  return fail(ErrorKind::internal,
              "the store in " + directory.string() + " is in use: another process has it open for writing");
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace storage::lmdb
