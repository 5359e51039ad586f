#include "app/ca_role.h"

#include "app/policy.h"
#include "base/log.h"

namespace app {

using base::Result;
using base::Task;
using std::chrono::milliseconds;
namespace http = base::http;

namespace {

// Expired records go, and what was interrupted is taken up again. Not awaited while there is more to do.
constexpr std::chrono::minutes kSweepInterval{1};

acmecore::Rate rate_of(const base::Config::Acme::Rate& config) { return {config.count, config.period}; }

acmecore::LimitRules limit_rules(const base::Config::Acme::Limits& config) {
  return {rate_of(config.new_accounts_per_address), rate_of(config.new_orders_per_account),
          rate_of(config.certificates_per_domain), rate_of(config.certificates_per_names),
          rate_of(config.failed_validations)};
}

acmecore::AuthorityOptions authority_options(const base::Config& config) {
  acmecore::AuthorityOptions options;
  options.terms_of_service = config.acme.terms_of_service;
  options.order_lifetime = config.acme.order_lifetime;
  options.authorization_lifetime = config.acme.authorization_lifetime;
  options.certificate_lifetime = config.issuance.certificate_lifetime;
  options.limits = limit_rules(config.acme.limits);
  return options;
}

std::string origin(const base::Config::Acme& config, const base::Endpoint& endpoint) {
  if (!config.external_url.empty()) return config.external_url;
  return "https://localhost" + (endpoint.port == 443 ? "" : ":" + std::to_string(endpoint.port));
}

Task<> sweep_again_and_again(acmecore::Authority& authority, Loop::Pause pause) {
  for (bool go_on = true; go_on;) {
    const auto swept = co_await authority.sweep();
    if (!swept) base::log::warning("acme.sweep.failed", {{"detail", swept.error().detail}});
    const bool more = swept && *swept;
    go_on = co_await pause(more ? milliseconds::zero() : milliseconds(kSweepInterval));
  }
}

}  // namespace

Result<std::unique_ptr<CaRole>> CaRole::open(const base::Config& config, const acmecore::Issuer& issuer,
                                             storage::Store& store, acmecore::Validation& validation,
                                             const base::Clock& clock, Runtime& runtime,
                                             const http::TlsIdentity& identity) {
  TRY(auto suffixes, acmecore::PublicSuffixes::open());
  TRY(auto policy, policy_rules(config.policy));
  Rules rules{std::move(suffixes), std::move(policy)};
  std::unique_ptr<CaRole> role(
      new CaRole(config, std::move(rules), issuer, store, validation, clock, runtime));
  TRY(role->nonces_, runtime.wait(acmecore::Nonces::open(store, clock)));
  if (const auto opened = role->open_https(config, identity); !opened) {
    runtime.wait(role->save_nonces());  // which were used is still to be known when a start succeeds
    return tl::unexpected(opened.error());
  }
  const auto sweep = [authority = &role->authority_](Loop::Pause pause) {
    return sweep_again_and_again(*authority, std::move(pause));
  };
  role->sweep_ = std::make_unique<Loop>(runtime.executor(), sweep);
  return role;
}

CaRole::CaRole(const base::Config& config, Rules rules, const acmecore::Issuer& issuer, storage::Store& store,
               acmecore::Validation& validation, const base::Clock& clock, Runtime& runtime)
    : runtime_(runtime),
      records_(store),
      background_(runtime.executor()),
      suffixes_(std::move(rules.suffixes)),
      policy_(std::move(rules.policy), suffixes_),
      authority_(records_, clock, issuer, policy_, validation, background_, authority_options(config)) {}

Result<void> CaRole::open_https(const base::Config& config, const http::TlsIdentity& identity) {
  const auto handle = [this](http::Request request) -> Task<http::Response> {
    acmecore::http::Edge* edge = serving_.load();
    if (edge == nullptr) co_return http::plain_problem(503, "the server is starting");
    co_return co_await edge->handle(std::move(request));
  };
  const auto refuse = [this](unsigned status, std::string_view detail) {
    acmecore::http::Edge* edge = serving_.load();
    return edge == nullptr ? http::plain_problem(status, detail) : edge->refuse(status, detail);
  };
  TRY(listener_,
      http::Listener::open(runtime_.executor(), config.acme.listen, identity, config.http, handle, refuse));
  urls_.emplace(origin(config.acme, listener_->endpoints().front()));
  authenticator_.emplace(records_, *nonces_, urls_->account_prefix());
  acmecore::http::DirectoryMeta meta;
  meta.terms_of_service = config.acme.terms_of_service;
  meta.website = config.acme.website;
  meta.caa_identities = config.acme.caa_identities;
  meta.help = config.acme.limits.help;
  edge_.emplace(authority_, *authenticator_, *nonces_, *urls_, std::move(meta));
  serving_.store(&*edge_);
  return {};
}

Task<> CaRole::drain() {
  sweep_->stop();
  co_await listener_->drain();
  co_await save_nonces();
}

Task<> CaRole::save_nonces() {
  const auto saved = co_await nonces_->save();
  if (!saved) base::log::warning("acme.nonces.not_saved", {{"detail", saved.error().detail}});
}

}  // namespace app
