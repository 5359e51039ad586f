#include "tests/storage/disk_layer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <utility>

namespace storage {

namespace {

std::atomic<DiskLayer*> layer = nullptr;

std::string path_of(int descriptor) {
  char name[PATH_MAX];
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = readlink(link.c_str(), name, sizeof name);
  return size < 0 ? "" : std::string(name, size_t(size));
}

uint64_t file_of(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
}

uint64_t file_at(const std::filesystem::path& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// The layer, if it covers the file behind the descriptor.
DiskLayer* covering(int descriptor) {
  DiskLayer* const covering = layer.load(std::memory_order_acquire);
  return covering && covering->covers(path_of(descriptor)) ? covering : nullptr;
}

// Writes as much as the layer admits, and tells it. `offset` is where the octets go.
template <class Write>
ssize_t pass(DiskLayer& disk, int descriptor, std::string octets, size_t offset, Write write) {
  struct stat status;
  fstat(descriptor, &status);
  const size_t admitted = disk.admit(size_t(status.st_size), offset, octets.size());
  if (admitted == 0) {
    errno = ENOSPC;
    return -1;
  }
  octets.resize(admitted);
  const ssize_t written = write(octets);
  if (written > 0) {
    octets.resize(size_t(written));
    const bool durable = (fcntl(descriptor, F_GETFL) & O_DSYNC) != 0;
    disk.note(WriteEvent{file_of(descriptor), offset, std::move(octets), durable});
    if (durable && disk.fails_durable_writes()) {
      errno = EIO;
      return -1;
    }
  }
  return written;
}

int synced(DiskLayer* disk, int descriptor, long call) {
  if (disk) disk->before_sync();
  const int code = int(syscall(call, descriptor));
  if (disk && code == 0) disk->note(SyncEvent{file_of(descriptor)});
  return code;
}

}  // namespace

DiskLayer::DiskLayer(std::filesystem::path root) : root_(std::move(root)) {
  DiskLayer* const before = layer.exchange(this, std::memory_order_acq_rel);
  assert(!before);
}

DiskLayer::~DiskLayer() { layer.store(nullptr, std::memory_order_release); }

void DiskLayer::mark(uint64_t what) { note(MarkEvent{what}); }

std::vector<DiskEvent> DiskLayer::take_events() {
  std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

void DiskLayer::set_room(std::optional<size_t> octets) {
  std::lock_guard lock(mutex_);
  room_ = octets;
}

void DiskLayer::fail_durable_writes(bool failing) {
  std::lock_guard lock(mutex_);
  failing_durable_writes_ = failing;
}

bool DiskLayer::fails_durable_writes() {
  std::lock_guard lock(mutex_);
  return failing_durable_writes_;
}

void DiskLayer::stall_syncs(bool stalled) {
  std::lock_guard lock(mutex_);
  stalled_ = stalled;
  changed_.notify_all();
}

void DiskLayer::wait_for_stalled_sync() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stalled_ && waiting_syncs_ > 0; });
}

bool DiskLayer::covers(const std::string& path) const {
  // LMDB's lock file and ours hold no data.
  return path.starts_with(root_.string()) && !path.ends_with("lock.mdb") && !path.ends_with(".lock");
}

void DiskLayer::note(DiskEvent event) {
  std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
}

size_t DiskLayer::admit(size_t length, size_t offset, size_t size) {
  std::lock_guard lock(mutex_);
  const size_t end = offset + size;
  if (!room_ || end <= length) return size;
  const size_t growth = std::min(end - length, *room_);
  *room_ -= growth;
  return length + growth <= offset ? 0 : length + growth - offset;
}

void DiskLayer::before_sync() {
  std::unique_lock lock(mutex_);
  ++waiting_syncs_;
  if (stalled_) changed_.notify_all();
  changed_.wait(lock, [this] { return !stalled_; });
  --waiting_syncs_;
}

}  // namespace storage

using namespace storage;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const auto mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  DiskLayer* const disk = layer.load(std::memory_order_acquire);
  const bool covered = disk && disk->covers(path);
  const bool makes = covered && (flags & O_CREAT) && access(path, F_OK) != 0;
  const int descriptor = int(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (makes && descriptor >= 0) {
    disk->note(NameEvent{"", path, file_of(descriptor), file_at(std::filesystem::path(path).parent_path())});
  }
  return descriptor;
}

ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  const auto write = [&](const std::string& octets) {
    return ssize_t(syscall(SYS_pwrite64, descriptor, octets.data(), octets.size(), offset));
  };
  DiskLayer* const disk = covering(descriptor);
  if (!disk) return ssize_t(syscall(SYS_pwrite64, descriptor, data, size, offset));
  return pass(*disk, descriptor, std::string(static_cast<const char*>(data), size), size_t(offset), write);
}

ssize_t write(int descriptor, const void* data, size_t size) {
  DiskLayer* const disk = covering(descriptor);
  if (!disk) return ssize_t(syscall(SYS_write, descriptor, data, size));
  const auto write = [&](const std::string& octets) {
    return ssize_t(syscall(SYS_write, descriptor, octets.data(), octets.size()));
  };
  const auto offset = size_t(lseek(descriptor, 0, SEEK_CUR));
  return pass(*disk, descriptor, std::string(static_cast<const char*>(data), size), offset, write);
}

ssize_t writev(int descriptor, const struct iovec* parts, int count) {
  if (!covering(descriptor)) return ssize_t(syscall(SYS_writev, descriptor, parts, count));
  std::string octets;
  for (int i = 0; i < count; ++i)
    octets.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  return write(descriptor, octets.data(), octets.size());
}

int fdatasync(int descriptor) { return synced(covering(descriptor), descriptor, SYS_fdatasync); }

int fsync(int descriptor) { return synced(covering(descriptor), descriptor, SYS_fsync); }

int rename(const char* from, const char* to) noexcept {
  const int code = int(syscall(SYS_rename, from, to));
  DiskLayer* const disk = layer.load(std::memory_order_acquire);
  if (code == 0 && disk && disk->covers(to)) {
    disk->note(NameEvent{from, to, file_at(to), file_at(std::filesystem::path(to).parent_path())});
  }
  return code;
}

// The model knows nothing of these, so nobody may use them on a file it covers.
int ftruncate(int descriptor, off_t size) noexcept {
  if (covering(descriptor)) abort();
  return int(syscall(SYS_ftruncate, descriptor, size));
}

int msync(void* address, size_t size, int flags) { return int(syscall(SYS_msync, address, size, flags)); }
}
