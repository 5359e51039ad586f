#include "storage/lmdb/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/openssl.h"

namespace storage::lmdb {

using base::ErrorKind;
using base::fail;
using std::filesystem::path;

namespace {

constexpr size_t kChunkSize = 256 * 1024;

tl::unexpected<base::Error> failure_at(const char* doing, const path& file) {
  const ErrorKind kind = errno == ENOENT   ? ErrorKind::not_found
                         : errno == ENOSPC ? ErrorKind::unavailable
                                           : ErrorKind::internal;
  return fail(kind, std::string("cannot ") + doing + " " + file.string() + ": " + std::strerror(errno));
}

Bytes hexadecimal(BytesView octets) {
  constexpr BytesView kDigits = "0123456789abcdef";
  Bytes text;
  for (const char octet : octets) {
    text += kDigits[uint8_t(octet) >> 4];
    text += kDigits[uint8_t(octet) & 0xf];
  }
  return text;
}

}  // namespace

Result<File> File::open(const path& path) {
  base::FileDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor.is_open()) return failure_at("open", path);
  return File(path, std::move(descriptor));
}

Result<File> File::create(const path& path) {
  base::FileDescriptor descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!descriptor.is_open()) return failure_at("make", path);
  return File(path, std::move(descriptor));
}

tl::unexpected<base::Error> File::failure(const char* doing) const { return failure_at(doing, path_); }

Result<Bytes> File::read(size_t size) const {
  Bytes octets(size, '\0');
  size_t count = 0;
  while (count < size) {
    const ssize_t more = ::read(descriptor(), octets.data() + count, size - count);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return failure("read");
    if (more == 0) break;
    count += size_t(more);
  }
  octets.resize(count);
  return octets;
}

Result<void> File::copy_to(const File& to) const {
  for (;;) {
    TRY(const Bytes chunk, read(kChunkSize));
    if (chunk.empty()) return {};
    CHECK(to.write(chunk));
  }
}

Result<Bytes> File::sha256() const {
  const base::MdContextHandle context(EVP_MD_CTX_new());
  assert(context);
  bool good = EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (;;) {
    TRY(const Bytes chunk, read(kChunkSize));
    if (chunk.empty()) break;
    good = good && EVP_DigestUpdate(context.get(), chunk.data(), chunk.size()) == 1;
  }
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  good = good && EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1;
  if (!good) return fail(ErrorKind::internal, "SHA-256 failed: " + base::openssl_error());
  return hexadecimal(base::view({digest.data(), size}));
}

Result<void> File::write(BytesView octets) const {
  while (!octets.empty()) {
    const ssize_t written = ::write(descriptor(), octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure("write");
    octets.remove_prefix(size_t(written));
  }
  return {};
}

Result<void> File::sync() const {
  if (fsync(descriptor()) != 0) return failure("sync");
  return {};
}

}  // namespace storage::lmdb
