#include "app/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/file_descriptor.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::FileDescriptor;
using base::Result;

namespace {

constexpr size_t kMebibyte = 1024 * 1024;

tl::unexpected<base::Error> refuse(const char* verb, const std::filesystem::path& path,
                                   std::string_view why) {
  return fail(ErrorKind::unavailable,
              std::string("cannot ") + verb + " " + path.string() + ": " + std::string(why));
}

tl::unexpected<base::Error> refuse_errno(const char* verb, const std::filesystem::path& path) {
  return refuse(verb, path, std::strerror(errno));
}

Result<void> write_all(int descriptor, std::string_view contents, const std::filesystem::path& path) {
  while (!contents.empty()) {
    const ssize_t written = ::write(descriptor, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refuse_errno("write", path);
    contents.remove_prefix(size_t(written));
  }
  if (::fsync(descriptor) != 0) return refuse_errno("write", path);
  return {};
}

}  // namespace

Result<void> make_private_directory(const std::filesystem::path& path) {
  const auto directory = path.has_filename() ? path : path.parent_path();  // "state/"
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) return {};
  std::error_code failure;
  if (directory.has_parent_path()) std::filesystem::create_directories(directory.parent_path(), failure);
  if (failure) return refuse("make", directory, failure.message());
  if (::mkdir(directory.c_str(), S_IRWXU) != 0) return refuse_errno("make", directory);
  return {};
}

Result<void> sync_directory(const std::filesystem::path& directory) {
  const FileDescriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0) return refuse_errno("write", directory);
  return {};
}

Result<std::string> read_file(const std::filesystem::path& path, size_t size_max) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return refuse_errno("read", path);
  std::string contents;
  char buffer[16 * 1024];
  for (;;) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse_errno("read", path);
    if (count == 0) return contents;
    contents.append(buffer, size_t(count));
    if (contents.size() > size_max) {
      return refuse("read", path, "it is larger than " + std::to_string(size_max / kMebibyte) + " MiB");
    }
  }
}

Result<std::string> read_secret(const std::filesystem::path& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) != 0) return refuse_errno("read", path);
  if (S_ISREG(status.st_mode) && (status.st_mode & S_IRWXO) != 0) {
    return refuse("use", path, "every user of this machine may read the secret in it; make its mode 0600");
  }
  return read_file(path);
}

Result<std::string> read_token(const std::filesystem::path& path) {
  TRY(const std::string contents, read_secret(path));
  const std::string_view line = std::string_view(contents).substr(0, contents.find('\n'));
  const size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  const size_t end = line.find_last_not_of(" \t\r") + 1;
  if (begin >= end) return refuse("use", path, "there is no token in its first line");
  return std::string(line.substr(begin, end - begin));
}

Result<void> write_file(const std::filesystem::path& path, std::string_view contents, FileMode mode) {
  std::string draft = path.string() + ".XXXXXX";
  const FileDescriptor file(::mkostemp(draft.data(), O_CLOEXEC));
  if (!file.is_open()) return refuse_errno("write", path);
  Result<void> written = write_all(file.get(), contents, path);
  if (written && ::fchmod(file.get(), mode_t(mode)) != 0) written = refuse_errno("write", path);
  if (written && ::rename(draft.c_str(), path.c_str()) != 0) written = refuse_errno("write", path);
  if (!written) ::unlink(draft.c_str());
  return written;
}

}  // namespace app
