#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace storage {

using base::Bytes;
using base::BytesView;
using base::Result;
using base::Task;
using base::Time;

// Counts commits of one store, from 1. An entry's revision is that of the commit that last put it.
using Revision = uint64_t;
inline constexpr Revision kAbsent = 0;

// LMDB's limit (docs/storage-format.md); the memory store keeps it too.
inline constexpr size_t kKeySizeMax = 511;
inline constexpr size_t kValueSizeMax = 16 * 1024 * 1024;

struct Entry {
  Bytes key;
  Bytes value;
  Revision revision;

  bool operator==(const Entry&) const = default;
};

// A key must still be at `revision`, or not be there at all (kAbsent).
struct Expectation {
  Bytes key;
  Revision revision = kAbsent;
};

// With `expires`, the key appears in expired() from then on. Nothing else happens by itself: who owns the
// key removes it, because its removal may have to change other keys in the same commit.
struct Put {
  Bytes key;
  Bytes value;
  std::optional<Time> expires = std::nullopt;
};

// All or nothing. A key appears at most once among puts and deletes. Deleting an absent key is no error.
struct Batch {
  std::vector<Expectation> expected = {};
  std::vector<Put> puts = {};
  std::vector<Bytes> deletes = {};
};

struct Range {
  Bytes prefix;
  Bytes after = {};  // only keys greater than this one; for the next page, the last key of the one before
  size_t limit = 1000;
};

// One change that a watch saw. No value: the key was deleted.
struct Change {
  Bytes key;
  std::optional<Bytes> value;
  Revision revision;

  bool operator==(const Change&) const = default;
};

// Reports the commits after it was made, in their order, each key once a commit. Ends when it is destroyed.
class Watch {
 public:
  virtual ~Watch() = default;
  // All changes since the last call, after waiting for the first one. conflict: more than the watch's limit
  // went by unread, so list the prefix again and make a new watch. unavailable: the store is closing.
  virtual Task<Result<std::vector<Change>>> next() = 0;
};

struct EntryView {
  BytesView key;
  BytesView value;
};

// Synchronous reads of one consistent revision, for one thread at a time that must neither wait nor allocate.
// What it returns aliases the store and dies with the next refresh() or park().
class Reader {
 public:
  virtual ~Reader() = default;
  // Moves to the newest committed revision. False, and at next to no cost, when it is there already.
  virtual Result<bool> refresh() = 0;
  // Lets go of the revision, as a thread must before it blocks: a reader that stays pins every page freed
  // since. The next use refreshes by itself.
  virtual void park() = 0;
  // internal: the store is broken. Absent keys are no error.
  virtual Result<std::optional<BytesView>> get(BytesView key) = 0;
  // The first entry whose key is `key` or comes after it.
  virtual Result<std::optional<EntryView>> lower_bound(BytesView key) = 0;
};

// An ordered map of bytes with revisions. Everything Assay knows is in one. Keys compare as unsigned octets.
//
// Thread-safe. A Task resumes on the executor of its caller. Contract: tests/storage/store_contract.h.
class Store {
 public:
  virtual ~Store() = default;

  virtual Task<Result<std::optional<Entry>>> get(Bytes key) = 0;

  // In order of keys, at most range.limit entries, all of one revision.
  virtual Task<Result<std::vector<Entry>>> list(Range range) = 0;

  // Applies the batch and returns its revision once it is durable: it survives SIGKILL and power loss, and
  // whoever reads afterwards sees it. conflict: an expectation does not hold, nothing was changed.
  // unavailable: no space, or closing; nothing was changed. malformed: a key or value over its limit.
  virtual Task<Result<Revision>> commit(Batch batch) = 0;

  // Changes to keys that start with `prefix`, from the next commit on.
  virtual std::unique_ptr<Watch> watch(Bytes prefix) = 0;

  // Keys with this prefix whose time to expire is not after `now`, the longest expired first, at most `limit`.
  virtual Task<Result<std::vector<Bytes>>> expired(Bytes prefix, Time now, size_t limit) = 0;

  // A reader outlives neither the store nor its thread's use of it.
  virtual std::unique_ptr<Reader> reader() = 0;
};

}  // namespace storage
