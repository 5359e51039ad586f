#include "dnsserver/net/tap_writer.h"

#include <utility>

#include "dnsserver/net/thread.h"

namespace dnsserver::net {

Result<std::unique_ptr<TapWriter>> TapWriter::start(const TapOptions& options, size_t workers) {
  std::unique_ptr<TapWriter> writer(new TapWriter);
  if (options.query_log) {
    TRY(auto log, QueryLog::open(*options.query_log));
    writer->sinks_.push_back(std::move(log));
  }
  if (options.dnstap) {
    TRY(auto dnstap, Dnstap::open(*options.dnstap));
    writer->sinks_.push_back(std::move(dnstap));
  }
  for (size_t i = 0; i < workers; ++i)
    writer->taps_.push_back(std::make_unique<Tap>());
  TRY(writer->thread_, start_thread("dns-tap", [w = writer.get()] { w->run(); }));
  return writer;
}

TapWriter::~TapWriter() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(asked_);
    stopping_ = true;
  }
  asked_something_.notify_one();
  thread_.join();
}

void TapWriter::reopen() {
  {
    const std::lock_guard lock(asked_);
    reopening_ = true;
  }
  asked_something_.notify_one();
}

TapLosses TapWriter::losses() const {
  TapLosses losses{.dropped = 0, .unwritten = unwritten_.load(std::memory_order_relaxed)};
  for (const auto& tap : taps_)
    losses.dropped += tap->dropped();
  return losses;
}

void TapWriter::run() {
  Bytes octets;
  for (bool stopping = false; !stopping;) {
    bool reopening = false;
    {
      std::unique_lock lock(asked_);
      asked_something_.wait_for(lock, kTapInterval, [this] { return stopping_ || reopening_; });
      stopping = stopping_;
      reopening = std::exchange(reopening_, false);
    }
    while (write_some(octets) > 0 && stopping) {
    }
    if (!reopening) continue;
    for (const auto& sink : sinks_)
      sink->reopen();
  }
}

size_t TapWriter::write_some(Bytes& octets) {
  TapRecord record;
  size_t count = 0;
  uint64_t lost = 0;
  for (const auto& tap : taps_) {
    for (size_t i = 0; i < kTapTurn && tap->next(octets, record); ++i) {
      ++count;
      for (const auto& sink : sinks_)
        lost += sink->take(record) ? 0 : 1;
    }
  }
  for (const auto& sink : sinks_)
    lost += sink->flush();
  unwritten_.fetch_add(lost, std::memory_order_relaxed);
  return count;
}

}  // namespace dnsserver::net
