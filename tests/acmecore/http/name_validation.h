#pragma once

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/validation.h"
#include "base/error.h"
#include "base/name.h"
#include "tests/acmecore/http/faults.h"

namespace acmecore::http {

// How long a validation below slow.test takes: longer than an answer to a challenge waits for it.
inline constexpr auto kSlow = 4 * kChallengePatience;

// Names below refused.test answer with another value, those below later.test when they are first asked, those below
// unanswered.test not at all, those below endless.test never come to an end, those below published.test with what was
// published, and all others prove themselves, those below slow.test after a while.
class NameValidation final : public Validation {
 public:
  explicit NameValidation(Faults& faults) : faults_(faults) {}

  base::Task<Verdict> dns01(base::Name identifier, std::string expected) override {
    const auto is_under = [&](std::string_view apex) {
      return identifier.is_under(base::Name::parse(apex).value());
    };
    const bool is_first = count(identifier) == 1;
    Verdict verdict;
    if (is_under("refused.test"))
      verdict.outcome = base::fail(base::ErrorKind::unauthorized, "got another value");
    if (is_under("later.test") && is_first) {
      verdict.outcome = base::fail(base::ErrorKind::unauthorized, "got nothing yet");
    }
    if (is_under("published.test") && !is_published(identifier, expected)) {
      verdict.outcome = base::fail(base::ErrorKind::unauthorized, "got other values");
    }
    if (is_under("unanswered.test")) verdict.outcome = base::fail(base::ErrorKind::dns, "got no answer");
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(is_under("slow.test") ? kSlow : faults_.validation_time());
    if (is_under("endless.test")) timer.expires_at(boost::asio::steady_timer::time_point::max());
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return verdict;
  }

  base::Task<base::Result<ChallengePath>> challenge_path(base::Name) override {
    co_return base::fail(base::ErrorKind::dns, "nobody asks here");
  }

  // One more TXT value at the name of the challenge.
  void publish(const base::Name& identifier, std::string value) {
    const std::lock_guard lock(mutex_);
    published_[identifier].insert(std::move(value));
  }

  // How often this name was looked at.
  int times_asked(const base::Name& identifier) {
    const std::lock_guard lock(mutex_);
    return asked_[identifier];
  }

 private:
  int count(const base::Name& identifier) {
    const std::lock_guard lock(mutex_);
    return ++asked_[identifier];
  }
  bool is_published(const base::Name& identifier, const std::string& value) {
    const std::lock_guard lock(mutex_);
    return published_[identifier].contains(value);
  }

  Faults& faults_;
  std::mutex mutex_;  // the server has two threads
  std::map<base::Name, int> asked_;
  std::map<base::Name, std::set<std::string>> published_;
};

}  // namespace acmecore::http
