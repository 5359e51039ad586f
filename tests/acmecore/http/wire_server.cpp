// An ACME server for the tests in this folder: the real edge, authority and listener over a store in memory, with
// a validation that goes by the name. It says where it is in one line of JSON on stdout, makes an external account key
// of each line of JSON on stdin, whatever state the line says it is in, and ends with stdin.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "acmecore/authority.h"
#include "acmecore/development_ca.h"
#include "acmecore/external_account_key.h"
#include "acmecore/http/directories.h"
#include "acmecore/issuer.h"
#include "acmecore/nonces.h"
#include "acmecore/records.h"
#include "acmecore/server_identity.h"
#include "acmecore/validation.h"
#include "base/async/executor_background.h"
#include "base/base64url.h"
#include "base/http/listener.h"
#include "base/http/tls.h"
#include "base/json.h"
#include "base/random.h"
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

// "127.0.0.1:0", so that the kernel chooses the port, and "localhost" in the URLs.
struct Server {
  Server(std::vector<acmecore::Directory> directories)
      : issuer(
            acmecore::Issuer::open(acmecore::make_development_ca(clock.now()).value(), clock.now()).value()),
        records(store),
        background(context.get_executor()),
        authority(records, clock, issuer, validation, background, {}),
        nonces(support::run_task(acmecore::Nonces::open(store, clock)).value()) {
    const auto handler = [this](base::http::Request request) { return served->handle(std::move(request)); };
    const auto refusal = [this](unsigned status, std::string_view detail) {
      return served->refuse(status, detail);
    };
    const auto identity =
        support::run_task(acmecore::new_server_identity(records, issuer, {}, clock.now())).value();
    listener = base::http::Listener::open(context.get_executor(), {{"127.0.0.1", 0}},
                                          {identity.chain_pem, identity.key_pem}, {}, handler, refusal)
                   .value();
    const std::string origin = "https://localhost:" + std::to_string(listener->endpoints()[0].port);
    served.emplace(authority, records, *nonces, origin, std::move(directories));
  }

  // {"directory", "names", "lifetime_max_s", "uses_max", "expires", "disabled"}, each of which may be left out.
  base::Json make_external_account_key(const base::Json& wanted) {
    acmecore::ExternalAccountKey key;
    key.id = base::time_ordered_id(clock.now());
    key.mac_key = base::random_bytes(acmecore::kMacKeySize);
    key.created = clock.now();
    key.directory = acmecore::kDefaultDirectory;
    if (const auto* directory = wanted.find("directory")) key.directory = *directory->string();
    if (const auto* names = wanted.find("names")) {
      for (const base::Json& name : *names->array())
        key.restriction.names.push_back(*name.string());
    }
    if (const auto* lifetime = wanted.find("lifetime_max_s")) {
      key.restriction.certificate_lifetime_max = std::chrono::seconds(*lifetime->integer());
    }
    if (const auto* uses = wanted.find("uses_max")) key.uses_max = uint32_t(*uses->integer());
    if (const auto* expires = wanted.find("expires")) {
      key.expires = base::parse_rfc3339(*expires->string()).value();
    }
    key.disabled = wanted.find("disabled") != nullptr;
    acmecore::Changes changes;
    changes.create(key);
    support::run_task(records.commit(std::move(changes))).value();
    return base::Json::Object{{"kid", key.id}, {"mac_key", base::base64url(key.mac_key)}};
  }

  boost::asio::io_context context;
  base::SystemClock clock;
  acmecore::Issuer issuer;
  storage::MemoryStore store;
  acmecore::Records records;
  NameValidation validation;
  base::ExecutorBackground background;
  acmecore::Authority authority;
  std::unique_ptr<acmecore::Nonces> nonces;
  std::optional<acmecore::http::Directories> served;
  std::unique_ptr<base::http::Listener> listener;
};

void say(const base::Json& json) {
  std::printf("%s\n", json.text().c_str());
  std::fflush(stdout);
}

acmecore::ExternalAccountMode mode_of(std::string_view word) {
  if (word == "required") return acmecore::ExternalAccountMode::required;
  return word == "optional" ? acmecore::ExternalAccountMode::optional : acmecore::ExternalAccountMode::off;
}

// The URL of the terms of service, then "name=external_account" for each directory.
std::vector<acmecore::Directory> directories_of(const std::vector<std::string>& arguments) {
  acmecore::Directory preset;
  preset.website = "https://corp.test/";
  preset.caa_identities = {"ca.test"};
  if (!arguments.empty()) preset.terms_of_service = arguments[0];
  std::vector<acmecore::Directory> directories;
  for (size_t i = 1; i < arguments.size(); ++i) {
    acmecore::Directory directory = preset;
    const size_t equals = arguments[i].find('=');
    directory.name = arguments[i].substr(0, equals);
    directory.external_account = mode_of(std::string_view(arguments[i]).substr(equals + 1));
    directories.push_back(std::move(directory));
  }
  if (directories.empty()) directories.push_back(std::move(preset));
  return directories;
}

}  // namespace

// wire_server [URL of the terms of service [NAME=off|optional|required …]]
int main(int argc, char** argv) {
  Server server(directories_of({argv + 1, argv + argc}));
  const auto work = boost::asio::make_work_guard(server.context);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { server.context.run(); });
  base::Json::Array directories;
  for (const std::string& url : server.served->urls())
    directories.push_back(url);
  say(base::Json::Object{{"directories", std::move(directories)}, {"root", server.issuer.root_pem()}});
  for (std::string line; std::getline(std::cin, line);)
    say(server.make_external_account_key(base::parse_json(line).value()));
  boost::asio::co_spawn(server.context, server.listener->drain(), boost::asio::use_future).get();
  server.context.stop();
  for (std::thread& thread : threads)
    thread.join();
}
