#include "acmecore/ca_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/file_descriptor.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::FileDescriptor;
using base::Result;
using std::filesystem::path;

namespace {

constexpr mode_t kKeyMode = 0600;
constexpr mode_t kCertificateMode = 0644;
constexpr size_t kFileSizeMax = 64 * 1024;

tl::unexpected<base::Error> refuse_errno(const path& file, const std::string& what) {
  return refuse_ca_file(file, what + ": " + std::strerror(errno));
}

Result<void> write_all(const FileDescriptor& out, const path& file, std::string_view text, mode_t mode) {
  if (::fchmod(out.get(), mode) != 0) return refuse_errno(file, "cannot be given its mode");
  while (!text.empty()) {
    const ssize_t written = ::write(out.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refuse_errno(file, "cannot be written");
    text.remove_prefix(size_t(written));
  }
  if (::fsync(out.get()) != 0) return refuse_errno(file, "cannot be synced");
  return {};
}

}  // namespace

tl::unexpected<base::Error> refuse_ca_file(const path& file, const std::string& why) {
  return fail(ErrorKind::unavailable, "the CA file " + file.string() + " " + why);
}

Result<std::optional<std::string>> read_ca_file(const path& file, CaFileKind kind) {
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.is_open() && errno == ENOENT) return std::nullopt;
  struct stat status;
  if (!in.is_open() || ::fstat(in.get(), &status) != 0) return refuse_errno(file, "cannot be opened");
  if (!S_ISREG(status.st_mode)) return refuse_ca_file(file, "is no regular file");
  if (kind == CaFileKind::key && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return refuse_ca_file(file,
                          "holds a private key that others than its owner may use; its mode must be 0600");
  }
  if (size_t(status.st_size) > kFileSizeMax) return refuse_ca_file(file, "is larger than 64 KiB");
  std::string text(size_t(status.st_size), '\0');
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t count = ::read(in.get(), text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse_errno(file, "cannot be read");
    if (count == 0) return refuse_ca_file(file, "became shorter while it was read");
    filled += size_t(count);
  }
  return text;
}

Result<std::string> read_needed_ca_file(const path& file, CaFileKind kind) {
  TRY(std::optional<std::string> text, read_ca_file(file, kind));
  if (!text)
    return refuse_ca_file(file, "is missing: put it back, or remove the whole directory for a new CA");
  return *std::move(text);
}

Result<void> write_ca_file(const path& file, std::string_view text, CaFileKind kind) {
  std::string draft = file.string() + ".XXXXXX";
  const FileDescriptor out(::mkostemp(draft.data(), O_CLOEXEC));  // of mode 0600
  if (!out.is_open()) return refuse_errno(file, "cannot be created");
  Result<void> written = write_all(out, file, text, kind == CaFileKind::key ? kKeyMode : kCertificateMode);
  if (written && ::rename(draft.c_str(), file.c_str()) != 0)
    written = refuse_errno(file, "cannot be put in its place");
  if (!written) ::unlink(draft.c_str());
  return written;
}

Result<void> sync_ca_directory(const path& directory) {
  const FileDescriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0) return refuse_errno(directory, "cannot be synced");
  return {};
}

Result<CaDirectoryLock> CaDirectoryLock::take(const path& directory, IfTaken if_taken) {
  FileDescriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open()) return refuse_errno(directory, "cannot be opened");
  const int operation = LOCK_EX | (if_taken == IfTaken::refuse ? LOCK_NB : 0);
  int locked = -1;
  do
    locked = ::flock(handle.get(), operation);
  while (locked != 0 && errno == EINTR);
  if (locked == 0) return CaDirectoryLock(std::move(handle));
  if (errno != EWOULDBLOCK) return refuse_errno(directory, "cannot be locked");
  return fail(ErrorKind::conflict,
              "the CA directory " + directory.string() +
                  " is being changed by somebody else, such as assay ca install or renew; try again");
}

}  // namespace acmecore
