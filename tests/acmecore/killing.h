#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/store.h"
#include "tests/support/forwarding_store.h"

// A process that is to be killed between two steps of its work, whichever they are. killing.cpp replaces the C
// library's write, sync and rename calls and OpenSSL's signing calls in the program it is linked into: each of them is
// a step before it is carried out and another one behind it. So are commits, and looks at the clock.
namespace acmecore {

// Where a killed process said what it had done: lines at the end of a file, which are there once note() has returned.
class Journal {
 public:
  // Makes the file where there is none.
  explicit Journal(const std::filesystem::path& file);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  void note(std::string_view line);

 private:
  const int descriptor_;
};

// Where a process is killed: at the step with this number, of which the first is 1, among those whose names begin so;
// but at the latest at its step `last`. 0: it is not.
struct Death {
  std::string name = {};
  size_t number = 1;
  size_t last = 0;
};

// From now on this process does not survive that step, and notes what it is called ("killed before the commit of
// order.finalized"). Files below `root` count, and others do not. What is signed is noted before whoever asked has the
// signature: "signed leaf SERIAL", "signed crl URI NUMBER". `journal` outlives the process.
void kill_at(const Death& death, const std::filesystem::path& root, Journal& journal);

// One step; nothing happens where kill_at() was not called. From several threads.
void step(const std::string& name);

// A store each commit of which is a step before and behind it, called by the audit events that it carries.
class SteppingStore final : public support::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override;
};

// Stands still until it is told; each look at it is a step.
class SteppingClock final : public base::Clock {
 public:
  explicit SteppingClock(base::Time time) : clock_(time) {}

  base::Time now() const override {
    step("a look at the clock");
    return clock_.now();
  }
  void advance(std::chrono::seconds by) { clock_.advance(by); }

 private:
  base::ManualClock clock_;
};

}  // namespace acmecore
