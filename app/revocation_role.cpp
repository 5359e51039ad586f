#include "app/revocation_role.h"

#include <sys/resource.h>

#include "app/state.h"
#include "base/log.h"

namespace app {

using base::Result;
using base::Task;
using std::chrono::milliseconds;
namespace http = base::http;

namespace {

// Revocations that come within it are in one CRL.
constexpr milliseconds kPublishInterval{1'000};

// Issuance comes first, where there is one processor for both.
constexpr int kNiceness = 10;

http::Response starting() {
  http::Response response = http::plain_problem(503, "the server is starting");
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace

bool publishes_status(const base::Config& config) {
  return !config.revocation.listen.empty() || !config.revocation.external_url.empty();
}

Result<std::unique_ptr<RevocationRole>> RevocationRole::open(const base::Config& config,
                                                             const acmecore::Issuers& issuers,
                                                             storage::Store& store, const base::Clock& clock,
                                                             Runtime& runtime) {
  std::unique_ptr<RevocationRole> role(new RevocationRole(config, issuers, store, clock));
  CHECK(role->listen(config, runtime));
  CHECK(role->publish(config, runtime));
  return role;
}

RevocationRole::RevocationRole(const base::Config& config, const acmecore::Issuers& issuers,
                               storage::Store& store, const base::Clock& clock)
    : issuers_(issuers),
      store_(store),
      clock_(clock),
      records_(store),
      files_(config.state_directory / kCrlDirectory),
      issuer_files_(config.state_directory / kIssuerCertificatesDirectory) {
  urls_.crl_shards = config.revocation.crl.shards;
  urls_.origin = config.revocation.external_url;
  urls_.ocsp = config.revocation.ocsp.enabled;
}

RevocationRole::~RevocationRole() {
  if (publishing_) publishing_->stop();
  builder_.join();
  if (responder_) store_.unfollow(*responder_);
  if (publisher_) store_.unfollow(*publisher_);
}

Result<void> RevocationRole::listen(const base::Config& config, Runtime& runtime) {
  if (config.revocation.listen.empty()) return {};
  const auto handle = [this](http::Request request) -> Task<http::Response> {
    acmecore::http::StatusEdge* edge = serving_.load();
    if (edge == nullptr) co_return starting();
    co_return co_await edge->handle(std::move(request));
  };
  TRY(listener_,
      http::Listener::open_plain(runtime.executor(), config.revocation.listen, config.http, handle));
  if (urls_.origin.empty()) {
    const uint16_t port = listener_->endpoints().front().port;
    urls_.origin = "http://localhost" + (port == 80 ? "" : ":" + std::to_string(port));
  }
  return {};
}

Result<void> RevocationRole::publish(const base::Config& config, Runtime& runtime) {
  const auto& revocation = config.revocation;
  publisher_.emplace(records_, issuers_, files_, clock_, urls_, revocation.crl.lifetime, crls_);
  store_.follow(*publisher_);
  if (revocation.ocsp.enabled) {
    responder_.emplace(records_, issuers_, clock_, revocation.ocsp.lifetime);
    store_.follow(*responder_);
  }
  CHECK(runtime.wait(publisher_->open()));
  acmecore::OcspResponder* const responder = responder_ ? &*responder_ : nullptr;
  edge_.emplace(urls_, issuers_, crls_, responder, clock_);
  serving_.store(&*edge_);
  const auto body = [this](Loop::Pause pause) { return publish_again_and_again(std::move(pause)); };
  publishing_ = std::make_unique<Loop>(builder_.get_executor(), body);
  base::log::info("acme.revocation", {{"url", urls_.origin}});
  return {};
}

Task<> RevocationRole::publish_again_and_again(Loop::Pause pause) {
  ::setpriority(PRIO_PROCESS, 0, kNiceness);  // of this thread, for that is what Linux means by it
  const acmecore::CrlPublisher::Yield yield = [&pause] { return pause(milliseconds::zero()); };
  for (bool go_on = true; go_on;) {
    write_issuers();
    co_await publisher_->publish_due(yield);
    bool more = false;
    if (responder_) more = co_await responder_->make_again();
    co_await record_responses(/*all=*/false);
    go_on = co_await pause(more ? milliseconds::zero() : kPublishInterval);
  }
  co_await record_responses(/*all=*/true);  // perhaps drain() has looked before the last ones were made
}

// What was signed and is not told waits until the next time. Told the first time that it fails.
Task<> RevocationRole::record_responses(bool all) {
  if (!responder_) co_return;
  const auto recorded = co_await responder_->tally().flush(all);
  const bool was_recorded = are_responses_recorded_.exchange(recorded.has_value());
  if (!recorded && was_recorded)
    base::log::warning("acme.ocsp.not_recorded", {{"detail", recorded.error().detail}});
}

// Tried again each time, and told the first time that it fails.
void RevocationRole::write_issuers() {
  const auto written = issuer_files_.write(issuers_);
  if (!written && are_issuers_written_)
    base::log::error("acme.issuer_certificate.not_written", {{"detail", written.error().detail}});
  are_issuers_written_ = written.has_value();
}

std::vector<base::Endpoint> RevocationRole::endpoints() const {
  return listener_ ? listener_->endpoints() : std::vector<base::Endpoint>();
}

Task<> RevocationRole::drain() {
  publishing_->stop();
  if (listener_) co_await listener_->drain();
  co_await record_responses(/*all=*/true);
}

}  // namespace app
