#include "acmecore/ca_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using std::filesystem::path;

namespace {

constexpr mode_t kKeyMode = 0600;
constexpr mode_t kCertificateMode = 0644;
constexpr mode_t kDirectoryMode = 0700;
constexpr size_t kFileSizeMax = 64 * 1024;

Result<bool> is_absent_or_empty(const path& directory);
Result<void> create(const path& directory, const CaMaterial& material);
Result<CaMaterial> load(const path& directory);

tl::unexpected<base::Error> refuse(const path& file, const std::string& why) {
  return fail(ErrorKind::unavailable, "the CA file " + file.string() + " " + why);
}

tl::unexpected<base::Error> refuse_errno(const path& file, const std::string& what) {
  return refuse(file, what + ": " + std::strerror(errno));
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

}  // namespace

Result<CaMaterial> open_or_create_ca(const path& at, base::Time now) {
  std::error_code error;
  path directory = std::filesystem::absolute(at, error).lexically_normal();
  if (error) return refuse(at, "cannot be looked at: " + error.message());
  if (!directory.has_filename()) directory = directory.parent_path();  // "ca/"
  TRY(const bool absent, is_absent_or_empty(directory));
  if (absent) {
    TRY(const CaMaterial material, make_development_ca(now));
    CHECK(create(directory, material));
  }
  return load(directory);
}

namespace {

Result<bool> is_absent_or_empty(const path& directory) {
  std::error_code error;
  bool absent = !std::filesystem::exists(directory, error);
  if (!error && !absent) absent = std::filesystem::is_empty(directory, error);
  if (error) return refuse(directory, "cannot be looked at: " + error.message());
  return absent;
}

Result<void> write_file(const path& file, std::string_view text, mode_t mode) {
  const FileDescriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!out.is_open()) return refuse_errno(file, "cannot be created");
  if (::fchmod(out.number(), mode) != 0) return refuse_errno(file, "cannot be given its mode");
  while (!text.empty()) {
    const ssize_t written = ::write(out.number(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refuse_errno(file, "cannot be written");
    text.remove_prefix(size_t(written));
  }
  if (::fsync(out.number()) != 0) return refuse_errno(file, "cannot be synced");
  return {};
}

Result<void> sync_directory(const path& directory) {
  const FileDescriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.number()) != 0) return refuse_errno(directory, "cannot be synced");
  return {};
}

// The rename makes all files appear at once. What an earlier attempt left beside it was never in use.
Result<void> create(const path& directory, const CaMaterial& material) {
  const path parent = directory.parent_path();
  const path draft = directory.string() + ".new";
  std::error_code error;
  std::filesystem::remove_all(draft, error);
  if (error) return refuse(draft, "cannot be removed: " + error.message());
  std::filesystem::create_directories(parent, error);
  if (error) return refuse(parent, "cannot be created: " + error.message());
  if (::mkdir(draft.c_str(), kDirectoryMode) != 0) return refuse_errno(draft, "cannot be created");
  CHECK(write_file(draft / kRootKeyFile, material.root_key_pem, kKeyMode));
  CHECK(write_file(draft / kRootFile, material.root_pem, kCertificateMode));
  CHECK(write_file(draft / kIssuingKeyFile, material.issuing_key_pem, kKeyMode));
  CHECK(write_file(draft / kIssuingFile, material.issuing_pem, kCertificateMode));
  CHECK(sync_directory(draft));
  if (::rename(draft.c_str(), directory.c_str()) != 0) return refuse_errno(directory, "cannot be created");
  return sync_directory(parent);
}

// Nothing where the file does not exist.
Result<std::optional<std::string>> read_file(const path& file, bool secret) {
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in.is_open() && errno == ENOENT) return std::nullopt;
  struct stat status;
  if (!in.is_open() || ::fstat(in.number(), &status) != 0) return refuse_errno(file, "cannot be opened");
  if (!S_ISREG(status.st_mode)) return refuse(file, "is no regular file");
  if (secret && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return refuse(file, "holds a private key that others than its owner may use; its mode must be 0600");
  }
  if (size_t(status.st_size) > kFileSizeMax) return refuse(file, "is larger than 64 KiB");
  std::string text(size_t(status.st_size), '\0');
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t count = ::read(in.number(), text.data() + filled, text.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse_errno(file, "cannot be read");
    if (count == 0) return refuse(file, "became shorter while it was read");
    filled += size_t(count);
  }
  return text;
}

Result<std::string> read_needed_file(const path& file, bool secret) {
  TRY(std::optional<std::string> text, read_file(file, secret));
  if (!text) return refuse(file, "is missing: put it back, or remove the whole directory for a new CA");
  return *std::move(text);
}

Result<CaMaterial> load(const path& directory) {
  CaMaterial material;
  TRY(std::optional<std::string> root_key, read_file(directory / kRootKeyFile, true));
  material.root_key_pem = root_key.value_or("");
  TRY(material.root_pem, read_needed_file(directory / kRootFile, false));
  TRY(material.issuing_key_pem, read_needed_file(directory / kIssuingKeyFile, true));
  TRY(material.issuing_pem, read_needed_file(directory / kIssuingFile, false));
  return material;
}

}  // namespace

}  // namespace acmecore
