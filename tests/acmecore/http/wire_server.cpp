// An ACME server for the tests in this folder: the real edge, authority and listener over a store in memory, with
// a validation that goes by the name, and faults on demand. It says where it is in one line of JSON on stdout, answers
// lines on stdin, and ends with stdin.
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "acmecore/administration.h"
#include "acmecore/authority.h"
#include "acmecore/development_ca.h"
#include "acmecore/external_account_key.h"
#include "acmecore/http/directories.h"
#include "acmecore/http/problem.h"
#include "acmecore/nonces.h"
#include "acmecore/pem.h"
#include "acmecore/policy.h"
#include "acmecore/public_suffixes.h"
#include "acmecore/records.h"
#include "acmecore/server_identity.h"
#include "acmecore/table_key.h"
#include "base/async/executor_background.h"
#include "base/base64url.h"
#include "base/http/listener.h"
#include "base/http/tls.h"
#include "base/json.h"
#include "base/random.h"
#include "storage/memory_store.h"
#include "storage/tables.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/http/faults.h"
#include "tests/acmecore/http/name_validation.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/support/run_task.h"

namespace {

// Names below denied.test are refused, and so are keys on P-521. Somebody approves names below asked.test. With
// `public_names` no others than public ones are certified, but in the directory "team", which has no wildcards.
acmecore::PolicyRules policy_rules(bool public_names) {
  acmecore::PolicyRules rules;
  rules.deny = {acmecore::NamePattern::parse("**.denied.test").value()};
  rules.key_types.erase(acmecore::KeyType::p521);
  rules.approval = {acmecore::NamePattern::parse("**.asked.test").value()};
  if (!public_names) return rules;
  rules.for_subscribers = {{rules, {}, {}, {"team"}}};
  rules.for_subscribers[0].wildcards = false;
  rules.public_suffixes = acmecore::PublicSuffixes::Section::icann;
  rules.internal_names = false;
  return rules;
}

acmecore::LimitRules limit_rules() {
  using namespace std::chrono_literals;
  return {.new_accounts_per_address = {8, 2h},
          .new_orders_per_account = {4, 2h},
          .certificates_per_domain = {2, 2h},
          .failed_validations = {2, 2h}};
}

// "usual" is where an order names none, "weekly" in all that a profile says another one. The directory "team" offers
// that alone.
acmecore::Profiles profiles() {
  acmecore::Profile usual, weekly;
  usual.name = "usual";
  usual.description = "https://corp.test/profiles#usual";
  weekly.name = "weekly";
  weekly.description = "for a week, with a common name";
  weekly.validity.lifetime = std::chrono::days(7);
  weekly.key_types = {acmecore::KeyType::p256};
  weekly.wildcards = false;
  weekly.common_name = true;
  weekly.names_max = 2;
  return {{usual, weekly}, {{"team", {{"weekly"}, "weekly"}}}, {{"usual", "weekly"}, "usual"}};
}

// What an operator may set, as far as tests do.
struct Options {
  acmecore::AuthorityOptions authority = {};
  acmecore::Directory preset = {};  // of every directory, but for its name and its external accounts
  bool public_names = false;        // as policy_rules has it; of the first serve() alone
  bool store_full = false;
  acmecore::http::FaultRates faults = {};
  uint32_t seed = 1;  // of the first serve() alone
  std::vector<std::pair<std::string, acmecore::ExternalAccountMode>> directories =
      {};                    // none: the default one
  int alternate_chains = 0;  // at the start alone
  bool own_issuers = false;  // each directory has one that is called as it is; at the start alone
};

acmecore::Issuer open_issuer(int alternate_chains, base::Time now) {
  const auto material = acmecore::make_development_ca(now).value();
  const auto issuing = acmecore::parse_certificate(
      acmecore::parse_pem(acmecore::kPemCertificate, material.issuing_pem).value());
  std::vector<acmecore::ChainFile> files;
  for (int i = 0; i < alternate_chains; ++i) {
    const auto other = acmecore::make_development_ca(now).value();
    files.push_back({std::to_string(i), acmecore::cross_signed(*issuing, other) + other.root_pem});
  }
  return acmecore::Issuer::open(material, now, files).value();
}

// One of the default directory's in any case.
acmecore::IssuerSet issuers_of(const Options& options, base::Time now) {
  std::vector<acmecore::NamedIssuer> all;
  all.push_back(acmecore::named_issuer(std::string(acmecore::kDefaultIssuer),
                                       open_issuer(options.alternate_chains, now)));
  for (const auto& [name, mode] : options.directories) {
    if (options.own_issuers && name != acmecore::kDefaultDirectory)
      all.push_back(acmecore::named_issuer(name, open_issuer(options.alternate_chains, now)));
  }
  return acmecore::IssuerSet(std::move(all));
}

std::vector<acmecore::Directory> directories_of(const Options& options) {
  acmecore::Directory preset = options.preset;
  preset.website = "https://corp.test/";
  preset.caa_identities = {"ca.test"};
  preset.limits_help = "https://corp.test/limits";
  preset.pre_authorization = options.authority.authorization_reuse > std::chrono::seconds(0);
  if (options.directories.empty()) return {preset};
  std::vector<acmecore::Directory> directories;
  for (const auto& [name, mode] : options.directories) {
    directories.push_back(preset);
    directories.back().name = name;
    directories.back().external_account = mode;
    if (options.own_issuers) directories.back().issuer = name;
  }
  return directories;
}

// "127.0.0.1:0", so that the kernel chooses the port, and "localhost" in the URLs.
class Server {
 public:
  explicit Server(const Options& options)
      : faults_(options.seed),
        issuers_(issuers_of(options, clock_.now())),
        records_(store_),
        administration_(records_, clock_),
        validation_(faults_),
        background_(context_.get_executor()),
        suffixes_(acmecore::PublicSuffixes::open().value()),
        policy_(policy_rules(options.public_names), suffixes_),
        nonces_(support::run_task(acmecore::Nonces::open(store_, clock_)).value()) {
    const auto handler = [this](base::http::Request request) { return answer(std::move(request)); };
    const auto refusal = [this](const base::http::Refused& refused) {
      return serving_.load()->refuse(refused);
    };
    const auto identity =
        support::run_task(acmecore::new_server_identity(
                              records_, issuers_, std::string(acmecore::kDefaultIssuer), {}, clock_.now()))
            .value();
    listener_ = base::http::Listener::open(context_.get_executor(), {{"127.0.0.1", 0}},
                                           {identity.chain_pem, identity.key_pem}, {}, handler, refusal)
                    .value();
    origin_ = "https://localhost:" + std::to_string(listener_->endpoints()[0].port);
    serve(options);
  }

  // From now on by these options, as after a restart.
  void serve(const Options& options) {
    store_.set_full(options.store_full);
    faults_.set(options.faults);
    acmecore::AuthorityOptions with_reuse = options.authority;
    with_reuse.authorization_reuse = std::chrono::hours(1);
    reusing_ = open(with_reuse, options);
    serving_ = open(options.authority, options);
  }

  // What a line of JSON on stdin asks for, as main() has them.
  base::Json answer_to(const base::Json& wanted) {
    if (wanted.find("operate") != nullptr) return operate(wanted);
    if (const auto* id = wanted.find("spoil")) return spoil(*id->string());
    if (const auto* name = wanted.find("publish")) {
      validation_.publish(base::Name::parse(*name->string()).value(), *wanted.find("value")->string());
      return base::Json::Object{};
    }
    if (const auto* name = wanted.find("asked"))
      return int64_t{validation_.times_asked(base::Name::parse(*name->string()).value())};
    return make_external_account_key(wanted);
  }

  // {"directory", "names", "profiles", "lifetime_max_s", "uses_max", "expires", "disabled"}, each of which may go.
  base::Json make_external_account_key(const base::Json& wanted) {
    acmecore::ExternalAccountKey key;
    key.id = base::time_ordered_id(clock_.now());
    key.mac_key = base::random_bytes(acmecore::kMacKeySize);
    key.created = clock_.now();
    key.directory = acmecore::kDefaultDirectory;
    if (const auto* directory = wanted.find("directory")) key.directory = *directory->string();
    if (const auto* names = wanted.find("names")) {
      for (const base::Json& name : *names->array())
        key.restriction.names.push_back(acmecore::NamePattern::parse(*name.string()).value());
    }
    if (const auto* profiles = wanted.find("profiles")) {
      for (const base::Json& profile : *profiles->array())
        key.restriction.profiles.push_back(*profile.string());
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
    support::run_task(records_.commit(std::move(changes))).value();
    return base::Json::Object{{"kid", key.id}, {"mac_key", base::base64url(key.mac_key)}};
  }

  // {"operate": "approve"}, "reject", "disable" or "revoke": what an operator does with the order, account or
  // authorization {"id"}. {"error": what it failed with, or ""}.
  base::Json operate(const base::Json& wanted) {
    const std::string& what = *wanted.find("operate")->string();
    const std::string& id = *wanted.find("id")->string();
    acmecore::Authority& authority = *authorities_.back();
    if (what == "approve")
      return outcome_of(authority.approve(id, acmecore::kAnna, acmecore::kIssuancePatience));
    if (what == "reject")
      return outcome_of(authority.reject(id, acmecore::kBert, *wanted.find("reason")->string()));
    if (what == "disable") return outcome_of(administration_.disable_account(id, acmecore::kAnna));
    return outcome_of(administration_.revoke_authorization(id, acmecore::kAnna));
  }

  // Makes the order {"spoil": its id} one that cannot be read, as on a broken disk.
  base::Json spoil(const std::string& id) {
    storage::Batch batch;
    batch.puts.push_back({acmecore::key_in(storage::table::kOrder, id), "rubbish"});
    support::run_task(store_.commit(std::move(batch))).value();
    return base::Json::Object{};
  }

  // {"badNonce": how many, ...}
  base::Json faults_told() const {
    base::Json::Object told;
    for (const auto& [kind, count] : faults_.told())
      told.emplace_back(std::string(base::name_of(kind)), int64_t{count});
    return told;
  }

  boost::asio::io_context& context() { return context_; }
  base::Task<> drain() { return listener_->drain(); }

  // Where it is.
  base::Json where() const {
    base::Json::Array directories;
    for (const std::string& url : serving_.load()->urls())
      directories.push_back(url);
    base::Json::Object roots;
    const auto issuers = issuers_.now();
    for (const acmecore::NamedIssuer& issuer : issuers->all())
      roots.emplace_back(issuer.name, issuer.current().root_pem());
    return base::Json::Object{{"directories", std::move(directories)},
                              {"root", issuers->current(acmecore::kDefaultIssuer).root_pem()},
                              {"roots", std::move(roots)}};
  }

 private:
  template <class T>
  base::Json outcome_of(base::Task<base::Result<T>> task) {
    const auto outcome = boost::asio::co_spawn(context_, std::move(task), boost::asio::use_future).get();
    return base::Json::Object{
        {"error", outcome ? std::string() : std::string(name_of(outcome.error().kind))}};
  }

  acmecore::http::Directories* open(acmecore::AuthorityOptions authority, const Options& options) {
    authority.directories = directories_of(options);
    authorities_.push_back(std::make_unique<acmecore::Authority>(
        records_, clock_, issuers_, policy_, validation_, background_, std::move(authority)));
    directories_.push_back(std::make_unique<acmecore::http::Directories>(
        *authorities_.back(), records_, *nonces_, origin_, directories_of(options)));
    return directories_.back().get();
  }

  base::Task<base::http::Response> answer(base::http::Request request) {
    if (auto fault = faults_.of(request)) co_return co_await faulty(*std::move(fault), request.target);
    const bool reuses = request.target.ends_with("/new-order") && faults_.reuses();
    acmecore::http::Directories* directories = (reuses ? reusing_ : serving_).load();
    co_return co_await directories->handle(std::move(request));
  }

  // As the server itself would say it, with a nonce and links that are good.
  base::Task<base::http::Response> faulty(base::Error fault, std::string target) {
    base::http::Request nothing;
    nothing.method = "PUT";
    nothing.target = std::move(target);
    const base::http::Response refused = co_await serving_.load()->handle(std::move(nothing));
    base::http::Response response = acmecore::http::to_problem(fault);
    for (const base::http::Header& header : refused.headers) {
      if (header.name != "Content-Type" && header.name != "Allow") response.headers.push_back(header);
    }
    co_return response;
  }

  boost::asio::io_context context_;
  base::SystemClock clock_;
  acmecore::http::Faults faults_;
  acmecore::Issuers issuers_;
  storage::MemoryStore store_;
  acmecore::Records records_;
  acmecore::Administration administration_;
  acmecore::http::NameValidation validation_;
  base::ExecutorBackground background_;
  acmecore::PublicSuffixes suffixes_;
  acmecore::Policy policy_;
  std::unique_ptr<acmecore::Nonces> nonces_;
  std::string origin_;
  std::vector<std::unique_ptr<acmecore::Authority>> authorities_;  // of all serve()s, for their background
  std::vector<std::unique_ptr<acmecore::http::Directories>> directories_;
  std::atomic<acmecore::http::Directories*> serving_ = nullptr;
  std::atomic<acmecore::http::Directories*> reusing_ =
      nullptr;  // the same, and orders rely on what was proved
  std::unique_ptr<base::http::Listener> listener_;
};

acmecore::ExternalAccountMode mode_of(std::string_view word) {
  if (word == "required") return acmecore::ExternalAccountMode::required;
  return word == "optional" ? acmecore::ExternalAccountMode::optional : acmecore::ExternalAccountMode::off;
}

// False: it is not about faults.
bool set_fault(Options& options, std::string_view name, const std::string& value) {
  const auto number = [&value] { return unsigned(std::stoul(value)); };
  acmecore::http::FaultRates& rates = options.faults;
  if (name == "bad_nonce") {
    rates.bad_nonce = number();
  } else if (name == "rate_limited") {
    rates.rate_limited = number();
  } else if (name == "unavailable") {
    rates.unavailable = number();
  } else if (name == "authorization_reuse_percent") {
    rates.authorization_reuse = number();
  } else if (name == "validation_ms") {
    rates.validation_max = std::chrono::milliseconds(number());
  } else if (name == "seed") {
    options.seed = number();
  } else {
    return false;
  }
  return true;
}

void set_option(Options& options, std::string_view argument) {
  constexpr std::string_view kDirectory = "directory:";
  const std::string_view name = argument.substr(0, argument.find('='));
  const std::string value(argument.substr(name.size() + 1));
  if (set_fault(options, name, value)) return;
  if (name == "terms_of_service") {
    options.preset.terms_of_service = value;
  } else if (name == "must_agree_again") {
    options.preset.must_agree_again = value == "true";
  } else if (name == "renewal_explanation") {
    options.preset.renewal_explanation = value;
  } else if (name == "subdomain_authorization") {
    options.preset.subdomain_authorization = value == "true";
  } else if (name == "retry_for") {
    options.authority.retries.total = std::chrono::seconds(std::stoi(value));
  } else if (name == "order_lifetime") {
    options.authority.order_lifetime = std::chrono::seconds(std::stoi(value));
  } else if (name == "authorization_lifetime") {
    options.authority.authorization_lifetime = std::chrono::seconds(std::stoi(value));
  } else if (name == "authorization_reuse") {
    options.authority.authorization_reuse = std::chrono::seconds(std::stoi(value));
  } else if (name == "approval_timeout") {
    options.authority.approval_timeout = std::chrono::seconds(std::stoi(value));
  } else if (name == "public_names") {
    options.public_names = value == "true";
  } else if (name == "store_full") {
    options.store_full = value == "true";
  } else if (name == "limited") {
    options.authority.limits = value == "true" ? limit_rules() : acmecore::LimitRules();
  } else if (name == "alternate_chains") {
    options.alternate_chains = std::stoi(value);
  } else if (name == "own_issuers") {
    options.own_issuers = value == "true";
  } else if (name == "profiles") {
    options.authority.profiles = value == "true" ? profiles() : acmecore::Profiles();
  } else if (name == "auto_renewal") {
    options.preset.auto_renewal = {std::chrono::days(std::stoi(value)), std::chrono::hours(2), true};
  } else if (name == "pause_after") {
    options.authority.pausing.after = std::stoul(value);
  } else if (name.starts_with(kDirectory)) {
    options.directories.emplace_back(name.substr(kDirectory.size()), mode_of(value));
  } else {
    std::fprintf(stderr, "there is no option %s\n", std::string(argument).c_str());
    std::exit(2);
  }
}

}  // namespace

// wire_server [NAME=VALUE...]: what differs from AuthorityOptions and Directory. Durations are in seconds.
// "directory:NAME=off|optional|required" adds a directory; what set_fault takes makes faults, in percent. A line on
// stdin is one of these: a JSON object with "operate" is what an operator does, one with "asked" is answered with how
// often the name in it was validated, one with "publish" publishes a value for a name below published.test, one with
// "spoil" spoils an order, another one makes an external account key, whatever state the object says it is in; "faults"
// is answered with how many there were; more options are answered by an empty line, and hold from then on.
int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i)
    set_option(options, argv[i]);
  Server server(options);
  const auto work = boost::asio::make_work_guard(server.context());
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { server.context().run(); });
  std::cout << server.where().text() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.starts_with('{')) {
      std::cout << server.answer_to(base::parse_json(line).value()).text() << std::endl;
      continue;
    }
    if (line == "faults") {
      std::cout << server.faults_told().text() << std::endl;
      continue;
    }
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
