#pragma once

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "validator/prober.h"

namespace validator {

// Another prober whose answers take a turn of the executor each, and its silence many, as on a network.
class SlowProber final : public Prober {
 public:
  explicit SlowProber(Prober& prober) : prober_(prober) {}

  base::Task<Reply> ask(base::Endpoint server, Query query, Transport transport) override {
    at_once_max_ = std::max(at_once_max_, ++asked_now_);
    const Reply reply = co_await prober_.ask(std::move(server), std::move(query), transport);
    for (int turns = reply.answered() ? 1 : kTurnsOfSilence; turns > 0; --turns)
      co_await boost::asio::post(boost::asio::use_awaitable);
    --asked_now_;
    co_return reply;
  }

  size_t at_once_max() const { return at_once_max_; }

 private:
  static constexpr int kTurnsOfSilence = 100;

  Prober& prober_;
  size_t asked_now_ = 0;
  size_t at_once_max_ = 0;
};

}  // namespace validator
