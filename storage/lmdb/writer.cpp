#include "storage/lmdb/writer.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "storage/batch.h"
#include "storage/lmdb/apply.h"
#include "storage/lmdb/layout.h"

namespace storage::lmdb {

using base::ErrorKind;
using base::fail;

namespace {

// Groups after which the slots of dead readers are looked for: a backup that was killed leaves one.
constexpr size_t kGroupsBetweenChecks = 1000;

// See kRewriteGrowthMax.
Result<bool> takes_no_room(WriteTxn& txn, const Batch& batch) {
  if (!batch.appends.empty()) return false;
  for (const Put& put : batch.puts) {
    TRY(const auto stored, txn.get(Database::entries, put.key));
    if (!stored) return false;
    TRY(const Record record, parse_record(*stored));
    if (put.value.size() > record.value.size() + kRewriteGrowthMax) return false;
  }
  return true;
}

tl::unexpected<base::Error> closing() {
  return fail(ErrorKind::unavailable, "the store is closing; nothing was changed");
}

}  // namespace

Writer::Writer(Environment& environment, WatchList& watches, size_t size_max, Revision last)
    : environment_(environment), watches_(watches), size_max_(size_max), committed_(last), thread_([this] {
        run();
      }) {}

Writer::~Writer() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  arrived_.notify_one();
  thread_.join();
  for (Waiting& waiting : waiting_)
    std::move(waiting.answer).give(closing());
}

void Writer::commit(Batch batch, Answer answer) {
  bool has_place = false;
  bool are_enough = false;
  {
    std::lock_guard lock(mutex_);
    has_place = waiting_.size() < kWaitingBatchesMax;
    if (has_place) waiting_.push_back({std::move(batch), std::move(answer)});
    are_enough = gathering_.are_enough(waiting_.size());
  }
  if (!has_place) {
    std::move(answer).give(
        fail(ErrorKind::unavailable, "too many changes wait to be stored; nothing was changed"));
  } else if (are_enough) {
    arrived_.notify_one();
  }
}

void Writer::hasten() {
  bool waits = false;
  {
    std::lock_guard lock(mutex_);
    waits = !waiting_.empty() && gathering_.hasten();
  }
  if (waits) arrived_.notify_one();
}

void Writer::run() {
  for (Group group = next_group(); !group.empty(); group = next_group()) {
    if (++groups_ % kGroupsBetweenChecks == 0) environment_.clear_dead_readers();
    const auto begun = std::chrono::steady_clock::now();
    commit_group(group);
    note(group.size(), std::chrono::steady_clock::now() - begun);
    answer(std::move(group));
  }
}

// All whom the same threads resume by way of one, so that those are woken once and not once for each.
void Writer::answer(Group group) {
  const auto give = [](Waiting& one) { std::move(one.answer).give(std::move(one.result)); };
  Group together;
  for (Waiting& one : group) {
    if (together.empty() || one.answer.is_beside(together.front().answer)) {
      together.push_back(std::move(one));
    } else {
      give(one);
    }
  }
  if (together.size() == 1) return give(together.front());
  const auto executor = together.front().answer.executor();
  boost::asio::post(executor, [give, together = std::move(together)]() mutable {
    for (Waiting& one : together)
      give(one);
  });
}

void Writer::note(size_t batches, Gathering::Duration took) {
  std::lock_guard lock(mutex_);
  gathering_.note(batches, waiting_.size(), took);
}

// Waits for work, and for those that are expected to bring more. Empty: the store is closing.
Writer::Group Writer::next_group() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
  const auto patience = gathering_.begin();
  arrived_.wait_for(lock, patience, [this] { return closing_ || gathering_.are_enough(waiting_.size()); });
  Group group;
  if (closing_) return group;
  for (size_t size = 0; !waiting_.empty() && group.size() < kGroupBatchesMax;) {
    size += put_size(waiting_.front().batch);
    if (size > kGroupSizeMax && !group.empty()) break;
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return group;
}

// Gives every batch of the group its result.
void Writer::commit_group(std::span<Waiting> group) {
  const Result<Revision> last = try_group(group);
  if (!last && group.size() > 1) {
    // One by one, so that a batch which does not fit does not take the others with it.
    for (size_t i = 0; i < group.size(); ++i)
      commit_group(group.subspan(i, 1));
    return;
  }
  if (!last) {
    const base::Error& error = last.error();
    group.front().result =
        tl::unexpected(error.kind == ErrorKind::unavailable ? refusal(error.detail) : error);
    return;
  }
  // Before anyone is told, so that whoever is told and looks sees it.
  committed_.store(*last, std::memory_order_release);
  for (Waiting& waiting : group) {
    if (!waiting.result) continue;
    auto& puts = waiting.batch.puts;
    puts.insert(puts.end(), std::make_move_iterator(waiting.appended.begin()),
                std::make_move_iterator(waiting.appended.end()));
    watches_.publish(waiting.batch, *waiting.result);
    const bool shows_room = !puts.empty() && !waiting.batch.may_use_reserve;
    if (shows_room && std::exchange(refusing_, false)) base::log::info("storage.writable");
  }
}

// One transaction. The revision that the store has afterwards; in each batch, its own or why it was left out.
// An error: nothing of the group was changed.
Result<Revision> Writer::try_group(std::span<Waiting> group) {
  const Revision before = committed_.load(std::memory_order_relaxed);
  Revision last = before;
  size_t size = 0;
  WriteTxn txn(environment_);
  CHECK(txn.begin());
  for (auto& [batch, answer, result, appended] : group) {
    TRY(const bool holds, expectations_hold(txn, batch));
    TRY(const bool fits, has_room(txn, batch, size));
    if (holds && fits) {
      TRY(appended, apply(txn, batch, last + 1));
      size += put_size(batch);
      result = ++last;
    } else if (holds) {
      result = tl::unexpected(refusal("storage.size_max is reached"));
    } else {
      result = fail(ErrorKind::conflict, "another change came first; read again");
    }
  }
  if (last == before) return last;
  CHECK(set_last_revision(txn, last));
  CHECK(txn.commit());
  return last;
}

// To the caller there is one cause. The log tells the operator which, once until batches pass again.
base::Error Writer::refusal(std::string_view cause) {
  if (!std::exchange(refusing_, true)) base::log::error("storage.full", {{"cause", cause}});
  return {ErrorKind::unavailable, "there is no room to store anything; nothing was changed"};
}

// Whether the batch stays under the limit together with `size` octets of its group. One that takes no
// room always does.
Result<bool> Writer::has_room(WriteTxn& txn, const Batch& batch, size_t size) {
  if (batch.puts.empty() && batch.appends.empty()) return true;
  const size_t limit = size_max_ + (batch.may_use_reserve ? kReserveSize : 0);
  const size_t needed = size + put_size(batch);
  const size_t in_use_max = environment_.high_water();
  if (in_use_max + needed <= limit) return true;
  CHECK(free_pages_.renew());
  const auto free = free_pages_.free_size();
  free_pages_.reset();
  if (!free) return tl::unexpected(free.error());
  if (in_use_max - *free + needed <= limit) return true;
  return takes_no_room(txn, batch);
}

}  // namespace storage::lmdb
