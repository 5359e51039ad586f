#include "tests/acmecore/rpc/fake_dns.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace acmecore::rpc {

using base::ErrorKind;
using base::fail;
using base::Name;
using base::Result;
using base::Task;

std::vector<std::string> FakeDns::published() const {
  std::vector<std::string> lines;
  for (const auto& [owner, value, credential] : values_)
    lines.push_back(owner.text() + " " + credential);
  return lines;
}

ChallengePath FakeDns::path_of(const Name& identifier) const {
  ChallengePath path{{identifier.prepend("_acme-challenge").value()}};
  for (auto cname = cnames_.find(path.names.back()); cname != cnames_.end();
       cname = cnames_.find(path.names.back())) {
    path.names.push_back(cname->second);
  }
  return path;
}

void FakeDns::hurry() {
  is_slow_ = false;
  for (auto* timer : slow_)
    timer->cancel();
}

Task<Verdict> FakeDns::dns01(Name identifier, std::string expected) {
  if (is_slow_) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
    slow_.insert(&timer);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    slow_.erase(&timer);
  }
  const ChallengePath path = path_of(identifier);
  Observation observation{};
  observation.perspective = "primary";
  observation.name = path.names.front();
  observation.type = "TXT";
  observation.path = path.names;
  observation.result = "NOERROR";
  bool is_there = false;
  for (const auto& [owner, value, credential] : values_) {
    if (hides_values_ || owner != path.names.back()) continue;
    observation.values.push_back('"' + value + '"');
    is_there = is_there || value == expected;
  }
  Verdict verdict;
  verdict.evidence = {observation};
  if (!is_there) verdict.outcome = fail(ErrorKind::unauthorized, sentence(observation));
  co_return verdict;
}

Task<Result<ChallengePath>> FakeDns::challenge_path(Name identifier) {
  ++paths_asked_;
  if (path_error_) co_return tl::unexpected(*path_error_);
  if (broken_ == identifier) co_return fail(ErrorKind::dns, "asked for it, got SERVFAIL");
  co_return path_of(identifier);
}

Task<Result<Name>> FakeDns::zone_of(Name owner) {
  for (const Name& zone : zones_) {
    if (owner.is_under(zone)) co_return zone;
  }
  co_return fail(ErrorKind::not_found, "no zone here holds " + owner.text());
}

Task<Result<std::optional<ChallengePublisher::Host>>> FakeDns::suggested_host() {
  std::optional<Host> host;
  if (!zones_.empty()) host.emplace(Host{zones_.front(), zones_.front().prepend("ns1").value()});
  co_return host;
}

Task<Result<void>> FakeDns::present(std::string credential, Name owner, std::string value,
                                    base::Time expires) {
  if (refuses_values_) co_return fail(ErrorKind::too_large, "the name holds as many values as it may");
  ++presented_;
  last_expiry_ = expires;
  values_.emplace(std::move(owner), std::move(value), std::move(credential));
  co_return Result<void>();
}

Task<Result<void>> FakeDns::remove(std::string credential, Name owner, std::string value) {
  values_.erase({std::move(owner), std::move(value), std::move(credential)});
  co_return Result<void>();
}

}  // namespace acmecore::rpc
