// An ACME server for the tests in this folder: the real edge, authority and listener over a store in memory, with
// a validation that goes by the name. It says where it is in one line of JSON on stdout, and ends with stdin.
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "acmecore/authenticator.h"
#include "acmecore/authority.h"
#include "acmecore/development_ca.h"
#include "acmecore/http/edge.h"
#include "acmecore/issuer.h"
#include "acmecore/nonces.h"
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

// Names below refused.test answer with another value, those below later.test when they are first asked, those below
// unanswered.test not at all, those below endless.test never come to an end, and all others prove themselves, those
// below slow.test after a while.
class NameValidation final : public acmecore::Validation {
 public:
  base::Task<acmecore::Verdict> dns01(base::Name identifier, std::string) override {
    const auto is_under = [&](std::string_view apex) {
      return identifier.is_under(base::Name::parse(apex).value());
    };
    acmecore::Verdict verdict;
    if (is_under("refused.test")) verdict.outcome = base::fail(ErrorKind::unauthorized, "got another value");
    if (is_under("later.test") && is_first(identifier)) {
      verdict.outcome = base::fail(ErrorKind::unauthorized, "got nothing yet");
    }
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

 private:
  bool is_first(const base::Name& identifier) {
    const std::lock_guard lock(mutex_);
    return asked_.insert(identifier.text()).second;
  }

  std::mutex mutex_;  // the server has two threads
  std::set<std::string> asked_;
};

// "127.0.0.1:0", so that the kernel chooses the port, and "localhost" in the URLs.
class Server {
 public:
  explicit Server(const acmecore::AuthorityOptions& options)
      : issuer_(acmecore::Issuer::open(acmecore::make_development_ca(clock_.now()).value(), clock_.now())
                    .value()),
        records_(store_),
        background_(context_.get_executor()),
        nonces_(support::run_task(acmecore::Nonces::open(store_, clock_)).value()) {
    const auto handler = [this](base::http::Request request) {
      return serving_.load()->handle(std::move(request));
    };
    const auto refusal = [this](unsigned status, std::string_view detail) {
      return serving_.load()->refuse(status, detail);
    };
    const auto identity =
        support::run_task(acmecore::new_server_identity(records_, issuer_, {}, clock_.now())).value();
    listener_ = base::http::Listener::open(context_.get_executor(), {{"127.0.0.1", 0}},
                                           {identity.chain_pem, identity.key_pem}, {}, handler, refusal)
                    .value();
    urls_.emplace("https://localhost:" + std::to_string(listener_->endpoints()[0].port));
    authenticator_.emplace(records_, *nonces_, urls_->account_prefix());
    serve(options);
  }

  // From now on by these options, as after a restart.
  void serve(const acmecore::AuthorityOptions& options) {
    authorities_.push_back(
        std::make_unique<acmecore::Authority>(records_, clock_, issuer_, validation_, background_, options));
    acmecore::http::DirectoryMeta meta;
    meta.terms_of_service = options.terms_of_service;
    meta.website = "https://corp.test/";
    meta.caa_identities = {"ca.test"};
    meta.pre_authorization = options.authorization_reuse > std::chrono::seconds(0);
    edges_.push_back(std::make_unique<acmecore::http::Edge>(*authorities_.back(), *authenticator_, *nonces_,
                                                            *urls_, std::move(meta)));
    serving_ = edges_.back().get();
  }

  boost::asio::io_context& context() { return context_; }
  base::Task<> drain() { return listener_->drain(); }

  // Where it is, in JSON.
  std::string where() const {
    const base::Json where =
        base::Json::Object{{"directory", urls_->directory()}, {"root", issuer_.root_pem()}};
    return where.text();
  }

 private:
  boost::asio::io_context context_;
  base::SystemClock clock_;
  acmecore::Issuer issuer_;
  storage::MemoryStore store_;
  acmecore::Records records_;
  NameValidation validation_;
  base::ExecutorBackground background_;
  std::unique_ptr<acmecore::Nonces> nonces_;
  std::optional<acmecore::http::Urls> urls_;
  std::optional<acmecore::Authenticator> authenticator_;
  std::vector<std::unique_ptr<acmecore::Authority>> authorities_;  // the last one serves
  std::vector<std::unique_ptr<acmecore::http::Edge>> edges_;
  std::atomic<acmecore::http::Edge*> serving_ = nullptr;
  std::unique_ptr<base::http::Listener> listener_;
};

void set_option(acmecore::AuthorityOptions& options, std::string_view argument) {
  const std::string_view name = argument.substr(0, argument.find('='));
  const std::string value(argument.substr(name.size() + 1));
  if (name == "terms_of_service") {
    options.terms_of_service = value;
  } else if (name == "must_agree_again") {
    options.must_agree_again = value == "true";
  } else if (name == "retry_for") {
    options.retries.total = std::chrono::seconds(std::stoi(value));
  } else if (name == "authorization_reuse") {
    options.authorization_reuse = std::chrono::seconds(std::stoi(value));
  } else {
    std::fprintf(stderr, "there is no option %s\n", std::string(argument).c_str());
    std::exit(2);
  }
}

}  // namespace

// wire_server [NAME=VALUE...]: what differs from AuthorityOptions. Durations are in seconds. Each line on stdin has
// more of them, is answered by an empty line, and holds from then on.
int main(int argc, char** argv) {
  acmecore::AuthorityOptions options;
  for (int i = 1; i < argc; ++i)
    set_option(options, argv[i]);
  Server server(options);
  const auto work = boost::asio::make_work_guard(server.context());
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { server.context().run(); });
  std::cout << server.where() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    for (std::string word; words >> word;)
      set_option(options, word);
    server.serve(options);
    std::cout << std::endl;
  }
  boost::asio::co_spawn(server.context(), server.drain(), boost::asio::use_future).get();
  server.context().stop();
  for (std::thread& thread : threads)
    thread.join();
}
