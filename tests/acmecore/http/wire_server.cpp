// An ACME server for the tests in this folder: the real edge, authority and listener over a store in memory, with
// a validation that goes by the name. It says where it is in one line of JSON on stdout, and ends with stdin.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "acmecore/authenticator.h"
#include "acmecore/authority.h"
#include "acmecore/development_ca.h"
#include "acmecore/http/edge.h"
#include "acmecore/issuer.h"
#include "acmecore/nonces.h"
#include "acmecore/policy.h"
#include "acmecore/public_suffixes.h"
#include "acmecore/records.h"
#include "acmecore/server_identity.h"
#include "acmecore/validation.h"
#include "base/async/executor_background.h"
#include "base/http/listener.h"
#include "base/http/tls.h"
#include "storage/memory_store.h"
#include "tests/support/run_task.h"

namespace {

using base::ErrorKind;

// How long a validation below slow.test takes: longer than an answer to a challenge waits for it.
constexpr auto kSlow = 4 * acmecore::kChallengePatience;

// Names below refused.test answer with another value, those below unanswered.test not at all, those below
// endless.test never come to an end, and all others prove themselves, those below slow.test after a while.
class NameValidation final : public acmecore::Validation {
 public:
  base::Task<acmecore::Verdict> dns01(base::Name identifier, std::string) override {
    const auto is_under = [&](std::string_view apex) {
      return identifier.is_under(base::Name::parse(apex).value());
    };
    acmecore::Verdict verdict;
    if (is_under("refused.test")) verdict.outcome = base::fail(ErrorKind::unauthorized, "got another value");
    if (is_under("unanswered.test")) verdict.outcome = base::fail(ErrorKind::dns, "got no answer");
    if (is_under("slow.test") || is_under("endless.test")) {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, kSlow);
      if (is_under("endless.test")) timer.expires_at(boost::asio::steady_timer::time_point::max());
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_return verdict;
  }

  base::Task<base::Result<acmecore::ChallengePath>> challenge_path(base::Name) override {
    co_return base::fail(ErrorKind::dns, "nobody asks here");
  }
};

// Names below denied.test are refused, and so are keys on P-521.
acmecore::PolicyRules policy_rules() {
  acmecore::PolicyRules rules;
  rules.deny = {acmecore::NamePattern::parse("**.denied.test").value()};
  rules.key_types.erase(acmecore::KeyType::p521);
  return rules;
}

acmecore::LimitRules limit_rules() {
  using namespace std::chrono_literals;
  return {.new_accounts_per_address = {8, 2h},
          .new_orders_per_account = {4, 2h},
          .certificates_per_domain = {2, 2h},
          .failed_validations = {2, 2h}};
}

acmecore::AuthorityOptions authority_options(const std::string& terms_of_service, bool limited) {
  acmecore::AuthorityOptions options;
  options.terms_of_service = terms_of_service;
  if (limited) options.limits = limit_rules();
  return options;
}

// "127.0.0.1:0", so that the kernel chooses the port, and "localhost" in the URLs.
struct Server {
  Server(const std::string& terms_of_service, bool limited)
      : issuer(
            acmecore::Issuer::open(acmecore::make_development_ca(clock.now()).value(), clock.now()).value()),
        records(store),
        background(context.get_executor()),
        suffixes(acmecore::PublicSuffixes::open().value()),
        policy(policy_rules(), suffixes),
        authority(records, clock, issuer, policy, validation, background,
                  authority_options(terms_of_service, limited)),
        nonces(support::run_task(acmecore::Nonces::open(store, clock)).value()) {
    const auto handler = [this](base::http::Request request) { return edge->handle(std::move(request)); };
    const auto refusal = [this](unsigned status, std::string_view detail) {
      return edge->refuse(status, detail);
    };
    const auto identity =
        support::run_task(acmecore::new_server_identity(records, issuer, {}, clock.now())).value();
    listener = base::http::Listener::open(context.get_executor(), {{"127.0.0.1", 0}},
                                          {identity.chain_pem, identity.key_pem}, {}, handler, refusal)
                   .value();
    const acmecore::http::Urls urls("https://localhost:" + std::to_string(listener->endpoints()[0].port));
    authenticator.emplace(records, *nonces, urls.account_prefix());
    acmecore::http::DirectoryMeta meta{
        terms_of_service, "https://corp.test/", {"ca.test"}, "https://corp.test/limits"};
    edge.emplace(authority, *authenticator, *nonces, urls, std::move(meta));
    directory = urls.directory();
  }

  boost::asio::io_context context;
  base::SystemClock clock;
  acmecore::Issuer issuer;
  storage::MemoryStore store;
  acmecore::Records records;
  NameValidation validation;
  base::ExecutorBackground background;
  acmecore::PublicSuffixes suffixes;
  acmecore::Policy policy;
  acmecore::Authority authority;
  std::unique_ptr<acmecore::Nonces> nonces;
  std::optional<acmecore::Authenticator> authenticator;
  std::optional<acmecore::http::Edge> edge;
  std::unique_ptr<base::http::Listener> listener;
  std::string directory;
};

}  // namespace

// wire_server [URL of the terms of service, or "" [limited]]
int main(int argc, char** argv) {
  Server server(argc > 1 ? argv[1] : "", argc > 2 && argv[2] == std::string_view("limited"));
  const auto work = boost::asio::make_work_guard(server.context);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { server.context.run(); });
  const base::Json where =
      base::Json::Object{{"directory", server.directory}, {"root", server.issuer.root_pem()}};
  std::printf("%s\n", where.text().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  boost::asio::co_spawn(server.context, server.listener->drain(), boost::asio::use_future).get();
  server.context.stop();
  for (std::thread& thread : threads)
    thread.join();
}
