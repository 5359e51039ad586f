#include "storage/lmdb/state_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "storage/lmdb/environment.h"

namespace storage::lmdb {

using base::ErrorKind;
using base::fail;
using std::filesystem::path;

namespace {

constexpr const char* kLockFile = "assay.lock";
// Where a store is before it is whole. What a crash leaves there is thrown away.
constexpr const char* kUnfinished = "unfinished";

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
  const base::FileDescriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open()) return failure("open", directory, errno);
  if (fsync(handle.get()) != 0) return failure("sync", directory, errno);
  return {};
}

bool holds_store(const path& directory) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(directory / kDataFile, ignored));
}

Result<void> install_store(const path& directory, const std::function<Result<void>(const path&)>& make) {
  const path unfinished = directory / kUnfinished;
  std::error_code ignored;
  std::filesystem::remove_all(unfinished, ignored);
  CHECK(make_directory(unfinished));
  auto installed = make(unfinished);
  if (installed && std::rename((unfinished / kDataFile).c_str(), (directory / kDataFile).c_str()) != 0) {
    installed = failure("move", unfinished / kDataFile, errno);
  }
  if (installed) installed = sync_directory(directory);
  std::filesystem::remove_all(unfinished, ignored);
  return installed;
}

Result<DirectoryLock> DirectoryLock::take(const path& directory) {
  const path file = directory / kLockFile;
  base::FileDescriptor handle(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!handle.is_open()) return failure("open", file, errno);
  if (flock(handle.get(), LOCK_EX | LOCK_NB) == 0) return DirectoryLock(std::move(handle));
  if (errno != EWOULDBLOCK) return failure("lock", file, errno);
  return fail(ErrorKind::internal,
              "the store in " + directory.string() + " is in use: another process has it open for writing");
}

}  // namespace storage::lmdb
