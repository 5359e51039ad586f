#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "dnsserver/net/dnstap.h"
#include "dnsserver/net/query_log.h"
#include "dnsserver/tap.h"

namespace dnsserver::net {

struct TapOptions {
  std::optional<QueryLogOptions> query_log = {};
  std::optional<DnstapOptions> dnstap = {};

  bool is_on() const { return query_log || dnstap; }
};

// What became of records that could not be told.
struct TapLosses {
  uint64_t dropped = 0;    // the writer did not keep up
  uint64_t unwritten = 0;  // the file or the collector did not take them
};

// So often what workers noted is written down.
inline constexpr std::chrono::milliseconds kTapInterval{20};
// And of each worker so many records, before it is the next one's turn.
inline constexpr size_t kTapTurn = 16 * 1024;

// Writes down what workers note: one thread for all of them, which none of them waits for.
class TapWriter {
 public:
  // With `workers` taps. unavailable: a file cannot be opened, or no thread is left.
  static Result<std::unique_ptr<TapWriter>> start(const TapOptions& options, size_t workers);
  // Writes down what there is. REQUIRES: the workers have ended.
  ~TapWriter();

  // REQUIRES: index < workers. For that worker alone.
  Tap& tap(size_t index) { return *taps_[index]; }

  // For any thread: begins new files soon.
  void reopen();
  // For any thread.
  TapLosses losses() const;

 private:
  TapWriter() = default;

  void run();
  size_t write_some(Bytes& octets);

  std::vector<std::unique_ptr<Tap>> taps_;
  std::vector<std::unique_ptr<TapSink>> sinks_;
  std::atomic<uint64_t> unwritten_ = 0;

  // What other threads ask of this one, which is seldom and not the workers' business.
  std::mutex asked_;
  std::condition_variable asked_something_;
  bool stopping_ = false;
  bool reopening_ = false;

  std::thread thread_;
};

}  // namespace dnsserver::net
