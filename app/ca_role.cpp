#include "app/ca_role.h"

#include "app/issuer_places.h"
#include "app/policy.h"
#include "app/profiles.h"
#include "base/log.h"

namespace app {

using base::Result;
using base::Task;
using std::chrono::milliseconds;
namespace http = base::http;

namespace {

// Expired records go, and what was interrupted is taken up again. Not awaited while there is more to do.
constexpr std::chrono::minutes kSweepInterval{1};

// Challenges are looked at again when it is time, which Retry-After tells by the second.
constexpr std::chrono::seconds kLookInterval{1};

// See rest_after(): a backlog of weeks, which a server finds that was away, takes a fifth of the time, and a revocation
// of thousands a half of it.
constexpr int kSweepRest = 4;
constexpr int kRevocationRest = 1;

using Stopwatch = std::chrono::steady_clock;

acmecore::Rate rate_of(const base::Config::Acme::Rate& config) { return {config.count, config.period}; }

acmecore::LimitRules limit_rules(const base::Config::Acme::Limits& config) {
  return {rate_of(config.new_accounts_per_address), rate_of(config.new_orders_per_account),
          rate_of(config.account_changes),          rate_of(config.certificates_per_domain),
          rate_of(config.certificates_per_names),   rate_of(config.failed_validations)};
}

acmecore::Directory directory_of(const base::AcmeDirectory& from, const base::Config& config);
std::vector<acmecore::Directory> directories(const base::Config& config);

acmecore::AuthorityOptions authority_options(const base::Config& config, const acmecore::StatusUrls& status) {
  acmecore::AuthorityOptions options;
  options.status = status;
  options.order_lifetime = config.acme.order_lifetime;
  options.authorization_lifetime = config.acme.authorization_lifetime;
  options.authorization_reuse = config.acme.authorization_reuse;
  options.profiles = profiles_of(config);
  options.retries = {config.validator.retry_for, config.validator.retry_interval};
  options.limits = limit_rules(config.acme.limits);
  options.pausing = {config.acme.pausing.after, config.acme.pausing.period};
  options.approval_timeout = config.policy.approval_timeout;
  options.directories = directories(config);
  options.preset = directory_of(config.acme.preset, config);
  return options;
}

static_assert(base::kDefaultDirectory == acmecore::kDefaultDirectory);
static_assert(base::kDefaultIssuer == acmecore::kDefaultIssuer);

std::string name_of(base::ChallengeType type) {
  switch (type) {
    case base::ChallengeType::dns_01: break;
  }
  return std::string(acmecore::kDns01);
}

acmecore::Directory directory_of(const base::AcmeDirectory& from, const base::Config& config) {
  acmecore::Directory directory;
  directory.name = from.name;
  switch (from.external_account) {
    case base::ExternalAccountMode::off: break;
    case base::ExternalAccountMode::optional:
      directory.external_account = acmecore::ExternalAccountMode::optional;
      break;
    case base::ExternalAccountMode::required:
      directory.external_account = acmecore::ExternalAccountMode::required;
      break;
  }
  directory.terms_of_service = from.terms_of_service;
  directory.must_agree_again = from.must_agree_again;
  directory.website = from.website;
  directory.caa_identities = from.caa_identities;
  directory.subdomain_authorization = from.subdomain_authorization;
  directory.auto_renewal = {from.auto_renewal.max_duration, from.auto_renewal.min_lifetime,
                            from.auto_renewal.allow_certificate_get};
  directory.renewal_explanation = config.acme.renewal_explanation;
  directory.pre_authorization = config.acme.pre_authorization;
  directory.limits_help = config.acme.limits.help;
  directory.issuer = issuer_of(from, config);
  directory.challenges.clear();
  for (const base::ChallengeType type : from.challenges)
    directory.challenges.push_back(name_of(type));
  return directory;
}

std::vector<acmecore::Directory> directories(const base::Config& config) {
  std::vector<acmecore::Directory> directories;
  for (const base::AcmeDirectory& from : config.acme.directories)
    directories.push_back(directory_of(from, config));
  if (directories.empty()) directories.push_back(directory_of(config.acme.preset, config));
  return directories;
}

std::string origin(const base::Config::Acme& config, const base::Endpoint& endpoint) {
  if (!config.external_url.empty()) return config.external_url;
  return "https://localhost" + (endpoint.port == 443 ? "" : ":" + std::to_string(endpoint.port));
}

// What is to be revoked is, at once. Not awaited while there is more to do.
Task<> revoke_again_and_again(acmecore::Revocations& revocations, Loop::Pause pause) {
  for (bool go_on = true; go_on;) {
    const auto begun = Stopwatch::now();
    const auto worked = co_await revocations.work();
    if (!worked) base::log::warning("acme.revocation_job.failed", {{"detail", worked.error().detail}});
    const bool more = worked && *worked;
    go_on = co_await pause(more ? rest_after(Stopwatch::now() - begun, kRevocationRest)
                                : milliseconds(kLookInterval));
  }
}

http::Response starting() {
  http::Response response = http::plain_problem(503, "the server is starting");
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace

Result<std::unique_ptr<CaRole>> CaRole::open(const base::Config& config, const acmecore::StatusUrls& status,
                                             const acmecore::Issuers& issuers, storage::Store& store,
                                             acmecore::Validation& validation, const base::Clock& clock,
                                             Runtime& runtime, const http::TlsIdentity& identity) {
  TRY(auto suffixes, acmecore::PublicSuffixes::open());
  TRY(auto policy, policy_rules(config.policy));
  warn_of_profiles(config, clock.now());
  Rules rules{std::move(suffixes), std::move(policy)};
  std::unique_ptr<CaRole> role(
      new CaRole(config, std::move(rules), status, issuers, store, validation, clock, runtime));
  TRY(role->nonces_, runtime.wait(acmecore::Nonces::open(store, clock)));
  if (const auto opened = role->open_https(config, identity); !opened) {
    runtime.wait(role->save_nonces());  // which were used is still to be known when a start succeeds
    return tl::unexpected(opened.error());
  }
  const auto sweep = [self = role.get()](Loop::Pause pause) {
    return self->sweep_again_and_again(std::move(pause));
  };
  role->sweep_ = std::make_unique<Loop>(runtime.executor(), sweep);
  const auto revoke = [revocations = &role->revocations_](Loop::Pause pause) {
    return revoke_again_and_again(*revocations, std::move(pause));
  };
  role->revoking_ = std::make_unique<Loop>(runtime.executor(), revoke);
  return role;
}

CaRole::CaRole(const base::Config& config, Rules rules, const acmecore::StatusUrls& status,
               const acmecore::Issuers& issuers, storage::Store& store, acmecore::Validation& validation,
               const base::Clock& clock, Runtime& runtime)
    : runtime_(runtime),
      records_(store),
      background_(runtime.executor()),
      suffixes_(std::move(rules.suffixes)),
      policy_(std::move(rules.policy), suffixes_),
      authority_(records_, clock, issuers, policy_, validation, background_,
                 authority_options(config, status)),
      external_account_keys_(records_, clock, directories(config), authority_.profiles()),
      administration_(records_, clock),
      inventory_(records_, clock,
                 [&issuers](const acmecore::IssuedCertificate& one) { return issuers.now()->ca_of(one); }),
      revocations_(records_, clock, issuers, status) {}

Result<void> CaRole::open_https(const base::Config& config, const http::TlsIdentity& identity) {
  const auto handle = [this](http::Request request) -> Task<http::Response> {
    acmecore::http::Directories* directories = serving_.load();
    if (directories == nullptr) co_return starting();
    co_return co_await directories->handle(std::move(request));
  };
  const auto refuse = [this](const http::Refused& refused) {
    acmecore::http::Directories* directories = serving_.load();
    return directories == nullptr ? http::plain_refusal(refused) : directories->refuse(refused);
  };
  TRY(listener_,
      http::Listener::open(runtime_.executor(), config.acme.listen, identity, config.http, handle, refuse));
  directories_.emplace(authority_, records_, *nonces_, origin(config.acme, listener_->endpoints().front()),
                       directories(config));
  for (const std::string& url : directories_->urls())
    base::log::info("acme.directory", {{"url", url}});
  serving_.store(&*directories_);
  return {};
}

std::vector<acmecore::rpc::DirectoryAt> CaRole::directories_at(const base::Config& config) const {
  std::vector<acmecore::rpc::DirectoryAt> all;
  const auto urls = directories_->urls();
  for (acmecore::Directory& directory : directories(config))
    all.push_back({std::move(directory), urls[all.size()]});
  return all;
}

Task<> CaRole::sweep_again_and_again(Loop::Pause pause) {
  std::chrono::seconds to_sweep{0};
  for (bool go_on = true; go_on;) {
    co_await record_refusals(/*all=*/false);
    const bool is_whole = to_sweep <= std::chrono::seconds(0);
    const auto begun = Stopwatch::now();
    const auto swept = co_await sweep(is_whole);
    if (!swept) base::log::warning("acme.sweep.failed", {{"detail", swept.error().detail}});
    const bool more = swept && *swept;
    if (!more) to_sweep = is_whole ? kSweepInterval : to_sweep - kLookInterval;
    go_on =
        co_await pause(more ? rest_after(Stopwatch::now() - begun, kSweepRest) : milliseconds(kLookInterval));
  }
}

// True: more is due at once.
Task<Result<bool>> CaRole::sweep(bool is_whole) {
  if (!is_whole) co_return co_await authority_.sweep_authorizations();
  co_return co_await authority_.sweep();
}

// What waits until the next time, or for room. Told the first time that it fails.
Task<> CaRole::record_refusals(bool all) {
  const auto recorded = co_await authority_.refusals().flush(all);
  const bool was_recorded = are_refusals_recorded_.exchange(recorded.has_value());
  if (!recorded && was_recorded)
    base::log::warning("acme.refusals.not_recorded", {{"detail", recorded.error().detail}});
}

Task<> CaRole::drain() {
  sweep_->stop();
  revoking_->stop();
  co_await listener_->drain();
  co_await record_refusals(/*all=*/true);
  co_await save_nonces();
}

Task<> CaRole::save_nonces() {
  const auto saved = co_await nonces_->save();
  if (!saved) base::log::warning("acme.nonces.not_saved", {{"detail", saved.error().detail}});
}

}  // namespace app
