#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// A layer under LMDB's file. disk_layer.cpp replaces the C library's open, write, sync and rename calls in
// the program it is linked into; calls on files below the layer's root pass through here, all others straight
// to the kernel. One layer at a time.
namespace storage {

// What a program did to the disk, in order. A file is its inode: names come and go.
struct WriteEvent {
  uint64_t file;
  size_t offset;
  std::string octets;
  bool durable;  // through a descriptor with O_DSYNC: on the disk when the call returns
};
struct SyncEvent {
  uint64_t file;  // or a directory
};
struct NameEvent {
  std::string from;  // "" when the file was made
  std::string to;
  uint64_t file;
  uint64_t directory;
};
struct MarkEvent {
  uint64_t mark;
};
using DiskEvent = std::variant<WriteEvent, SyncEvent, NameEvent, MarkEvent>;

class DiskLayer {
 public:
  explicit DiskLayer(std::filesystem::path root);
  ~DiskLayer();
  DiskLayer(const DiskLayer&) = delete;
  DiskLayer& operator=(const DiskLayer&) = delete;

  // Notes in the record that something happened, such as an acknowledgement.
  void mark(uint64_t what);
  std::vector<DiskEvent> take_events();

  // From now on files can grow by so many octets together. The write that meets the end is cut short, and the
  // next one fails (ENOSPC). Writing over what is there needs no room.
  void set_room(std::optional<size_t> octets);
  // From now on a durable write happens, and says that it failed (EIO).
  void fail_durable_writes(bool failing);
  // From now on no sync returns, until it is called with false.
  void stall_syncs(bool stalled);
  // Returns once a sync is stalled.
  void wait_for_stalled_sync();

  // For the replaced calls.
  bool covers(const std::string& path) const;
  void note(DiskEvent event);
  // How many of `size` octets may be written at `offset` of a file that is `length` long.
  size_t admit(size_t length, size_t offset, size_t size);
  void before_sync();
  bool fails_durable_writes();

 private:
  const std::filesystem::path root_;
  std::mutex mutex_;  // the writer calls in, the test looks on
  std::condition_variable changed_;
  std::vector<DiskEvent> events_;
  std::optional<size_t> room_;
  bool failing_durable_writes_ = false;
  bool stalled_ = false;
  int waiting_syncs_ = 0;
};

}  // namespace storage
