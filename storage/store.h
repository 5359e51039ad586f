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

// LMDB's 511 less the time that the expiry index puts before a key (docs/storage-format.md).
inline constexpr size_t kKeySizeMax = 503;
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

  bool operator==(const Expectation&) const = default;
};

// With `expires`, the key appears in expired() from then on, until it is deleted or put again. Nothing else
// happens by itself: who owns the key removes it, because its removal may have to change other keys in the
// same commit (storage/expiry.h removes those that stand alone).
struct Put {
  Bytes key;
  Bytes value;
  std::optional<Time> expires = std::nullopt;
};

// An entry at the end of a ledger (storage/ledger.h). The store gives it the next number and its link, so that commits
// which append at the same time expect nothing of each other.
struct Append {
  Bytes ledger;   // the prefix of its keys, under which nothing else is
  Bytes payload;  // not empty
};

// All or nothing. REQUIRES: a key appears at most once among puts and deletes. Deleting an absent key is no
// error. An empty batch is a commit like any other. What is appended comes after all else, in its order.
struct Batch {
  std::vector<Expectation> expected = {};
  std::vector<Put> puts = {};
  std::vector<Bytes> deletes = {};
  std::vector<Append> appends = {};
  // It reduces a risk, such as a revocation, and so may be stored where others find no room (kReserveSize).
  bool may_use_reserve = false;
};

// The keys that start with `prefix`; an empty one is every key.
struct Range {
  Bytes prefix = {};
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

// Keys and values that may wait unread in one watch, in octets with kChangeOverhead for each change.
inline constexpr size_t kWatchSizeMax = 32 * 1024 * 1024;
inline constexpr size_t kChangeOverhead = 128;

// Reports the commits after it was made, in their order, each key once a commit. A batch that deletes an
// absent key reports it too; what was appended is reported as what was put. Ends when it is destroyed; may outlive its
// store.
class Watch {
 public:
  virtual ~Watch() = default;
  // All changes since the last call, after waiting for the first one; a commit is never cut in two.
  // conflict, from then on: more than kWatchSizeMax went by unread, so make a new watch and list the prefix
  // again. unavailable, from then on: the store has closed.
  // REQUIRES: one call at a time, and the watch outlives it. Asio cannot cancel it.
  virtual Task<Result<std::vector<Change>>> next() = 0;
};

// Learns of commits before those do who made them, so that what it keeps is never behind what a caller was told.
class Follower {
 public:
  virtual ~Follower() = default;
  // A batch that is durable and not yet answered; what was appended is among its puts. In the order of revisions, one
  // call at a time, on a thread of the store's that waits for it: it neither blocks nor calls the store.
  virtual void follow(const Batch& batch) = 0;
};

struct EntryView {
  BytesView key;
  BytesView value;
};

// Synchronous reads of one consistent revision, for one thread at a time that must neither wait nor allocate.
// Starts parked. What it returns aliases the store and dies with the next refresh() or park().
class Reader {
 public:
  virtual ~Reader() = default;
  // Moves to the newest committed revision. False, and at next to no cost, when that is where it was last.
  virtual Result<bool> refresh() = 0;
  // Lets go of the revision, as a thread must before it blocks: a reader that stays pins every page freed
  // since. The next use of get or lower_bound refreshes by itself.
  virtual void park() = 0;
  // internal: the store is broken. Absent keys are no error.
  virtual Result<std::optional<BytesView>> get(BytesView key) = 0;
  // The first entry whose key is `key` or comes after it.
  virtual Result<std::optional<EntryView>> lower_bound(BytesView key) = 0;
};

// An ordered map of bytes with revisions. Everything Assay knows is in one. Keys are 1 to kKeySizeMax octets,
// compared as unsigned octets; storage/tables.h says who owns which. Reading a key of another size finds
// nothing. Any operation may fail as `internal`: the store is broken, the detail is for the log.
//
// Thread-safe. A Task resumes on the executor of its caller, which must outlive the store. The store outlives
// its readers and calls, but not its watches. Contract: tests/storage/store_contract.h.
class Store {
 public:
  virtual ~Store() = default;

  virtual Task<Result<std::optional<Entry>>> get(Bytes key) = 0;

  // In order of keys, at most range.limit entries, all of one revision.
  virtual Task<Result<std::vector<Entry>>> list(Range range) = 0;

  // Applies the batch and returns its revision once it is durable: it survives SIGKILL and power loss, and
  // whoever reads afterwards sees it. conflict: an expectation does not hold. unavailable: no space, or
  // closing. malformed: a key or value over its limit, an empty key or payload. Of a batch that failed so, nothing is
  // or will be seen. internal: a key that the batch changes twice; or the disk failed at the very end, and
  // whether the batch was applied is known after a restart.
  virtual Task<Result<Revision>> commit(Batch batch) = 0;

  // Changes to keys that start with `prefix`, from the next commit on.
  virtual std::unique_ptr<Watch> watch(Bytes prefix) = 0;

  // Tells `follower` of every batch from the next commit on, until unfollow() returns. Nothing is missed between
  // follow() and a read that begins after it. The follower outlives that time, and the store does.
  virtual void follow(Follower& follower) = 0;
  virtual void unfollow(Follower& follower) = 0;

  // Keys with this prefix whose time to expire is not after `now`, the longest expired first and of equal
  // ones the least key, at most `limit`. Each is ready to be expected by the batch that deletes it, so that a
  // key which was renewed in between stays. A prefix of one octet (a table) is cheapest.
  virtual Task<Result<std::vector<Expectation>>> expired(Bytes prefix, Time now, size_t limit) = 0;

  // A reader outlives neither the store nor its thread's use of it.
  virtual std::unique_ptr<Reader> reader() = 0;
};

}  // namespace storage
