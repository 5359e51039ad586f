#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "storage/store.h"

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

// LMDB in our own words: its handles are owned, its codes are Errors. What only computes on entries knows
// nothing of LMDB, and only environment.cpp includes <lmdb.h>.
namespace storage::lmdb {

// What an environment's directory holds, beside LMDB's own lock file.
inline constexpr const char* kDataFile = "data.mdb";

// Transactions that read at the same time, of all processes.
inline constexpr unsigned kReadersMax = 1024;

// The sub-databases. `meta` is LMDB's main database, whose page each commit writes anyway.
enum class Database { meta, entries, expiry };
inline constexpr size_t kDatabases = 3;

enum class Access {
  write,  // one process at a time; the caller sees to that
  read,   // while another process may write
  alone,  // read what no process writes, and leave nothing behind
};

class Environment {
 public:
  // Opens the environment in `directory`, and makes an empty one with Access::write if there is none.
  // `map_size` is the most that its file can grow to: address space that is reserved and not memory. With the
  // other kinds of access it is ignored, because the environment says how large it is.
  // internal: the directory holds no LMDB environment, or a damaged one; the detail is for the operator.
  static Result<std::unique_ptr<Environment>> open(const std::filesystem::path& directory, Access access,
                                                   size_t map_size = 0);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Makes the sub-databases known, before the first transaction that uses them. internal: they are missing.
  Result<void> open_databases(bool create);

  // Octets of the file that have ever been in use; the file does not shrink.
  size_t high_water() const;
  size_t page_size() const;

  // Frees the slots of readers whose process has died: their revision pins pages.
  void clear_dead_readers();

  // Writes a consistent copy without free pages to the empty file `descriptor`, while others write. Waits for
  // no one, but what is freed in the meantime stays until it is done.
  Result<void> copy_to(int descriptor);

  // The value of `key` in the main database, also before open_databases().
  Result<std::optional<Bytes>> read_meta(BytesView key);

 private:
  friend class Txn;
  friend class ReadTxn;
  friend class WriteTxn;

  explicit Environment(MDB_env* env) : env_(env) {}

  int begin_read(MDB_txn** txn);
  bool is_broken();

  MDB_env* env_;
  unsigned handles_[kDatabases] = {};
};

// What both kinds of transaction can do. Views alias the map: they live until the transaction ends or, in a
// WriteTxn, until its next change.
class Txn {
 public:
  Txn(const Txn&) = delete;
  Txn& operator=(const Txn&) = delete;

  Result<std::optional<BytesView>> get(Database database, BytesView key);

 protected:
  explicit Txn(Environment& environment) : environment_(environment) {}
  ~Txn() = default;

  Environment& environment_;
  MDB_txn* txn_ = nullptr;
};

// A read transaction that is made once and used again and again, by one thread at a time. Starts reset.
class ReadTxn final : public Txn {
 public:
  explicit ReadTxn(Environment& environment) : Txn(environment) {}
  ~ReadTxn();

  // Takes the newest revision. Allocates only the first time. unavailable: kReadersMax read already.
  Result<void> renew();
  // Lets go of it. Views die.
  void reset();
  bool active() const { return active_; }

  // The first entry at `key` or after it, and then the one behind the last that was found.
  // REQUIRES of all reads: active(); of next(): the lower_bound before it found an entry.
  Result<std::optional<EntryView>> lower_bound(Database database, BytesView key);
  Result<std::optional<EntryView>> next(Database database);

  // Octets in pages that are free, or will be once older readers are gone.
  Result<size_t> free_size();

 private:
  Result<void> begin();
  Result<std::optional<EntryView>> seek(Database database, BytesView key, int operation);

  MDB_cursor* cursors_[kDatabases] = {};
  bool active_ = false;
};

// The write transaction. Belongs to the thread that began it; ends undone if it is not committed. After an
// error it can only be undone.
class WriteTxn final : public Txn {
 public:
  explicit WriteTxn(Environment& environment) : Txn(environment) {}
  ~WriteTxn();

  Result<void> begin();
  Result<void> put(Database database, BytesView key, BytesView value);
  // The same of a key that is most likely the last of all: pages are filled to their end, and not split in halves.
  Result<void> put_last(Database database, BytesView key, BytesView value);
  Result<void> erase(Database database, BytesView key);  // an absent key is no error
  // The last entry whose key is not behind `key`.
  Result<std::optional<EntryView>> last_until(Database database, BytesView key);
  // Returns once the transaction is on the disk. unavailable: it was not made, for want of room. internal: the
  // disk failed, and from now on so does everything in this environment but what has begun to read.
  Result<void> commit();
};

}  // namespace storage::lmdb
