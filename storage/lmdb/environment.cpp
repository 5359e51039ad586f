#include "storage/lmdb/environment.h"

#include <lmdb.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

namespace storage::lmdb {

using base::ErrorKind;
using base::fail;

namespace {

constexpr mdb_mode_t kFileMode = 0600;
constexpr MDB_dbi kFreePages = 0;  // LMDB's own sub-database of free pages
constexpr const char* kNames[kDatabases] = {nullptr, "entries", "expiry"};

// The kinds that a caller can be told; the rest is a bug or a broken disk.
tl::unexpected<base::Error> failure(int code, const char* doing) {
  std::string detail = std::string(doing) + ": " + mdb_strerror(code);
  if (code == EIO) detail += ", from a disk that fails or is full";  // LMDB's word for a write cut short
  switch (code) {
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case MDB_READERS_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EIO:
    case ENOMEM: return fail(ErrorKind::unavailable, detail);
    default: return fail(ErrorKind::internal, detail);
  }
}

MDB_val value_of(BytesView bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
BytesView view_of(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

unsigned flags_of(Access access) {
  // No read-ahead: look-ups are random. A transaction belongs to its object and not to its thread.
  unsigned flags = MDB_NORDAHEAD | MDB_NOTLS;
  if (access != Access::write) flags |= MDB_RDONLY;
  if (access == Access::alone) flags |= MDB_NOLOCK;
  return flags;
}

tl::unexpected<base::Error> no_address_space(const std::filesystem::path& directory, size_t map_size) {
  return fail(ErrorKind::internal, "cannot open the store in " + directory.string() +
                                       ": no address space for " + std::to_string(map_size >> 20) +
                                       " MiB; lower storage.size_max or raise the process's limit");
}

// A transaction may take pages at the end of the file and give them back before it writes them, so that a whole
// file is a little shorter than its high water.
constexpr size_t kUnwrittenSizeMax = 64 * 4096;

// LMDB trusts its file's length, and a page behind the end is a SIGBUS. A writer makes a file that is a little short
// whole: should one of its pages be missed after all, LMDB finds zeros and says so.
Result<void> check_length(const std::filesystem::path& file, size_t length_min, Access access) {
  std::error_code error;
  const auto length = std::filesystem::file_size(file, error);
  if (!error && length < length_min && length + kUnwrittenSizeMax >= length_min) {
    if (access == Access::write) std::filesystem::resize_file(file, length_min, error);
    if (!error) return {};
  }
  if (error) return fail(ErrorKind::internal, file.string() + ": " + error.message());
  if (length >= length_min) return {};
  return fail(ErrorKind::internal, file.string() + " is cut short: " + std::to_string(length) +
                                       " octets of " + std::to_string(length_min));
}

}  // namespace

Result<std::unique_ptr<Environment>> Environment::open(const std::filesystem::path& directory, Access access,
                                                       size_t map_size) {
  MDB_env* env = nullptr;
  if (const int code = mdb_env_create(&env)) return failure(code, "making an LMDB environment");
  std::unique_ptr<Environment> environment(new Environment(env));
  mdb_env_set_maxdbs(env, kDatabases);
  mdb_env_set_maxreaders(env, kReadersMax);
  if (access == Access::write) mdb_env_set_mapsize(env, map_size);
  if (const int code = mdb_env_open(env, directory.c_str(), flags_of(access), kFileMode)) {
    if (code == ENOMEM && access == Access::write) return no_address_space(directory, map_size);
    return fail(ErrorKind::internal,
                "cannot open the store in " + directory.string() + ": " + mdb_strerror(code));
  }
  CHECK(check_length(directory / kDataFile, environment->high_water(), access));
  environment->clear_dead_readers();
  return environment;
}

Environment::~Environment() { mdb_env_close(env_); }

Result<void> Environment::open_databases(bool create) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, create ? 0 : MDB_RDONLY, &txn)) {
    return failure(code, "opening the sub-databases");
  }
  for (size_t i = 0; i < kDatabases; ++i) {
    const unsigned flags = create && kNames[i] ? MDB_CREATE : 0;
    if (const int code = mdb_dbi_open(txn, kNames[i], flags, &handles_[i])) {
      mdb_txn_abort(txn);
      return failure(code, "opening a sub-database");
    }
  }
  if (const int code = mdb_txn_commit(txn)) return failure(code, "opening the sub-databases");
  return {};
}

size_t Environment::page_size() const {
  MDB_stat stat;
  mdb_env_stat(env_, &stat);
  return stat.ms_psize;
}

size_t Environment::high_water() const {
  MDB_envinfo info;
  mdb_env_info(env_, &info);
  return (info.me_last_pgno + 1) * page_size();
}

void Environment::clear_dead_readers() {
  int dead = 0;
  mdb_reader_check(env_, &dead);
}

int Environment::begin_read(MDB_txn** txn) {
  const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
  if (code != MDB_MAP_RESIZED) return code;
  // The process that writes has restarted with a larger map, and this one follows.
  mdb_env_set_mapsize(env_, 0);
  return mdb_txn_begin(env_, nullptr, MDB_RDONLY, txn);
}

// LMDB gives an environment up when it could not write the page that says which transaction is the last.
bool Environment::is_broken() {
  MDB_txn* txn = nullptr;
  const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (!code) mdb_txn_abort(txn);
  return code == MDB_PANIC;
}

Result<void> Environment::copy_to(int descriptor) {
  MDB_txn* txn = nullptr;
  if (const int code = begin_read(&txn)) return failure(code, "copying the store");
  mdb_txn_abort(txn);
  if (const int code = mdb_env_copyfd2(env_, descriptor, MDB_CP_COMPACT))
    return failure(code, "copying the store");
  return {};
}

Result<std::optional<Bytes>> Environment::read_meta(BytesView key) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn))
    return failure(code, "reading the store");
  MDB_dbi main = 0;
  MDB_val name = value_of(key);
  MDB_val value = {};
  int code = mdb_dbi_open(txn, nullptr, 0, &main);
  if (!code) code = mdb_get(txn, main, &name, &value);
  std::optional<Bytes> found;
  if (!code) found = view_of(value);
  mdb_txn_abort(txn);
  if (code && code != MDB_NOTFOUND) return failure(code, "reading the store");
  return found;
}

Result<std::optional<BytesView>> Txn::get(Database database, BytesView key) {
  if (key.empty()) return std::nullopt;  // which LMDB would refuse
  MDB_val name = value_of(key);
  MDB_val value;
  const int code = mdb_get(txn_, environment_.handles_[size_t(database)], &name, &value);
  if (code == MDB_SUCCESS) [[likely]]
    return view_of(value);
  if (code == MDB_NOTFOUND) return std::nullopt;
  return failure(code, "reading the store");
}

ReadTxn::~ReadTxn() {
  for (MDB_cursor* cursor : cursors_) {
    if (cursor) mdb_cursor_close(cursor);
  }
  if (txn_) mdb_txn_abort(txn_);
}

Result<void> ReadTxn::renew() {
  assert(!active_);
  if (!txn_) return begin();
  if (const int code = mdb_txn_renew(txn_)) return failure(code, "beginning to read the store");
  active_ = true;
  for (MDB_cursor* cursor : cursors_) {
    if (const int code = mdb_cursor_renew(txn_, cursor)) return failure(code, "beginning to read the store");
  }
  return {};
}

Result<void> ReadTxn::begin() {
  if (const int code = environment_.begin_read(&txn_)) {
    txn_ = nullptr;
    return failure(code, "beginning to read the store");
  }
  active_ = true;
  for (size_t i = 0; i < kDatabases; ++i) {
    if (const int code = mdb_cursor_open(txn_, environment_.handles_[i], &cursors_[i])) {
      return failure(code, "opening a cursor");
    }
  }
  return {};
}

void ReadTxn::reset() {
  if (std::exchange(active_, false)) mdb_txn_reset(txn_);
}

Result<std::optional<EntryView>> ReadTxn::lower_bound(Database database, BytesView key) {
  return key.empty() ? seek(database, key, MDB_FIRST) : seek(database, key, MDB_SET_RANGE);
}

Result<std::optional<EntryView>> ReadTxn::next(Database database) { return seek(database, {}, MDB_NEXT); }

Result<std::optional<EntryView>> ReadTxn::seek(Database database, BytesView key, int operation) {
  MDB_val name = value_of(key);
  MDB_val value;
  const int code = mdb_cursor_get(cursors_[size_t(database)], &name, &value, MDB_cursor_op(operation));
  if (code == MDB_SUCCESS) [[likely]]
    return EntryView{view_of(name), view_of(value)};
  if (code == MDB_NOTFOUND) return std::nullopt;
  return failure(code, "reading the store");
}

// Each entry of the list of free pages is an array of words, of which the first counts the others.
Result<size_t> ReadTxn::free_size() {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn_, kFreePages, &cursor))
    return failure(code, "counting free pages");
  size_t pages = 0;
  MDB_val name;
  MDB_val value;
  int code = 0;
  while (!(code = mdb_cursor_get(cursor, &name, &value, MDB_NEXT))) {
    size_t count = 0;
    assert(value.mv_size >= sizeof count);
    std::memcpy(&count, value.mv_data, sizeof count);
    pages += count;
  }
  mdb_cursor_close(cursor);
  if (code != MDB_NOTFOUND) return failure(code, "counting free pages");
  return pages * environment_.page_size();
}

WriteTxn::~WriteTxn() {
  if (txn_) mdb_txn_abort(txn_);
}

Result<void> WriteTxn::begin() {
  if (const int code = mdb_txn_begin(environment_.env_, nullptr, 0, &txn_)) {
    txn_ = nullptr;
    return failure(code, "beginning to write");
  }
  return {};
}

Result<void> WriteTxn::put(Database database, BytesView key, BytesView value) {
  MDB_val name = value_of(key);
  MDB_val data = value_of(value);
  if (const int code = mdb_put(txn_, environment_.handles_[size_t(database)], &name, &data, 0)) {
    return failure(code, "writing an entry");
  }
  return {};
}

Result<void> WriteTxn::put_last(Database database, BytesView key, BytesView value) {
  MDB_val name = value_of(key);
  MDB_val data = value_of(value);
  const int code = mdb_put(txn_, environment_.handles_[size_t(database)], &name, &data, MDB_APPEND);
  if (code == MDB_KEYEXIST)
    return put(database, key, value);  // there is a key behind it; nothing was changed
  if (code) return failure(code, "writing an entry");
  return {};
}

Result<std::optional<EntryView>> WriteTxn::last_until(Database database, BytesView key) {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn_, environment_.handles_[size_t(database)], &cursor)) {
    return failure(code, "opening a cursor");
  }
  MDB_val name = value_of(key);
  MDB_val value;
  int code = mdb_cursor_get(cursor, &name, &value, MDB_SET_RANGE);
  if (code == MDB_NOTFOUND) {
    code = mdb_cursor_get(cursor, &name, &value, MDB_LAST);
  } else if (code == MDB_SUCCESS && view_of(name) != key) {
    code = mdb_cursor_get(cursor, &name, &value, MDB_PREV);
  }
  mdb_cursor_close(cursor);
  if (code == MDB_SUCCESS) return EntryView{view_of(name), view_of(value)};
  if (code == MDB_NOTFOUND) return std::nullopt;
  return failure(code, "reading the store");
}

Result<void> WriteTxn::erase(Database database, BytesView key) {
  MDB_val name = value_of(key);
  const int code = mdb_del(txn_, environment_.handles_[size_t(database)], &name, nullptr);
  if (code && code != MDB_NOTFOUND) return failure(code, "deleting an entry");
  return {};
}

Result<void> WriteTxn::commit() {
  const int code = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (!code) return {};
  if (environment_.is_broken()) {
    return fail(ErrorKind::internal, std::string("the disk failed at the end of a commit (") +
                                         mdb_strerror(code) +
                                         "); whether it was made is known after a restart");
  }
  return failure(code, "committing");
}

}  // namespace storage::lmdb
