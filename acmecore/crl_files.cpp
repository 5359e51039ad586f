#include "acmecore/crl_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>

#include "base/file_descriptor.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::FileDescriptor;
using base::Result;
using std::filesystem::path;

namespace {

constexpr std::string_view kSuffix = ".crl";
constexpr mode_t kFileMode = 0644;  // a web server may serve it

tl::unexpected<base::Error> refuse(const path& file, const std::string& why) {
  return fail(ErrorKind::unavailable, "the CRL file " + file.string() + " " + why);
}

tl::unexpected<base::Error> refuse_errno(const path& file, const std::string& what) {
  return refuse(file, what + ": " + std::strerror(errno));
}

Result<void> write_draft(const path& file, BytesView octets) {
  const FileDescriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (!out.is_open()) return refuse_errno(file, "cannot be created");
  while (!octets.empty()) {
    const ssize_t written = ::write(out.get(), octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refuse_errno(file, "cannot be written");
    octets.remove_prefix(size_t(written));
  }
  if (::fsync(out.get()) != 0) return refuse_errno(file, "cannot be synced");
  return {};
}

Result<void> sync(const path& directory) {
  const FileDescriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0) return refuse_errno(directory, "cannot be synced");
  return {};
}

// "7.crl".
std::optional<uint32_t> number_of(const std::string& name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  const char* end = name.data() + name.size() - kSuffix.size();
  uint32_t number = 0;
  const auto [read, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc() || read != end || std::to_string(number) + std::string(kSuffix) != name)
    return std::nullopt;
  return number;
}

Result<Bytes> read_file(const path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return refuse_errno(file, "cannot be opened");
  Bytes octets((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) return refuse(file, "cannot be read");
  return octets;
}

}  // namespace

path CrlFiles::file_of(const CrlShard& shard) const {
  return directory_ / shard.ca / (std::to_string(shard.number) + std::string(kSuffix));
}

Result<void> CrlFiles::write(const CrlShard& shard, BytesView der) const {
  const auto file = file_of(shard);
  const auto parent = file.parent_path();
  std::error_code error;
  if (std::filesystem::create_directories(parent, error)) {
    for (const auto& made : {directory_, directory_.parent_path()})
      CHECK(sync(made));
  }
  if (error) return refuse(file, "has no directory: " + error.message());
  const path draft = file.string() + ".new";
  CHECK(write_draft(draft, der));
  if (::rename(draft.c_str(), file.c_str()) != 0) return refuse_errno(file, "cannot be put in place");
  return sync(parent);
}

Result<std::vector<CrlFiles::File>> CrlFiles::read(const std::string& ca) const {
  std::vector<File> files;
  std::error_code error;
  const auto directory = directory_ / ca;
  const bool exists = std::filesystem::exists(directory, error);
  if (error) return refuse(directory, "cannot be looked at: " + error.message());
  if (!exists) return files;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const auto number = number_of(entry->path().filename().string());
    if (!number) continue;
    TRY(Bytes der, read_file(entry->path()));
    files.push_back({{ca, *number}, std::move(der)});
  }
  if (error) return refuse(directory, "cannot be looked at: " + error.message());
  return files;
}

}  // namespace acmecore
