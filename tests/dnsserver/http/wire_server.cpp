// The door for the tests in this folder, over a store in memory, in plain HTTP. It says where it is in one line of
// JSON on stdout, answers each line on stdin with one, and ends with stdin:
//   txt NAME                           the values that stand there, sorted
//   rcode NAME                         that of a query for TXT
//   create USER PASSWORD SCOPE…        a credential; SCOPE is a name, or .NAME for it and below, FROM/24 a source
//   acts                               what the log was told of credentials: "created NAME ADDRESS" each
//   import USER $2a$… NAME             one whose password hash comes from elsewhere, and whose name was handed out
// wire_server ACCESS [token=…] [user=… password=…] [networks=…,…] [proxies=…,…] [rate=N] [cors=…,…]
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>

#include "base/http/listener.h"
#include "base/json.h"
#include "base/log.h"
#include "base/openssl.h"
#include "dnsserver/http/door.h"
#include "dnsserver/keys.h"
#include "dnsserver/respond.h"
#include "dnsserver/stored.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/act_collector.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/support/run_task.h"

namespace {

using base::Name;
using dnsserver::http::Registration;

constexpr const char* kZone = "acme.test";

std::vector<base::IpNetwork> networks_of(const std::string& texts) {
  std::vector<base::IpNetwork> networks;
  std::istringstream list(texts);
  for (std::string text; std::getline(list, text, ',');)
    networks.push_back(base::IpNetwork::parse(text).value());
  return networks;
}

dnsserver::http::DoorOptions options_of(int argc, char** argv) {
  std::map<std::string, std::string> given;
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i];
    given[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
  }
  dnsserver::http::DoorOptions options;
  Registration& registration = options.registration;
  const std::string access = argc > 1 ? argv[1] : "closed";
  if (access == "open") registration.access = Registration::Access::open;
  if (access == "guarded") registration.access = Registration::Access::guarded;
  registration.zone = Name::parse(kZone).value();
  if (given.contains("token")) registration.token_sha256 = base::sha256(given["token"]);
  registration.user = given["user"];
  if (given.contains("password")) registration.password_sha256 = base::sha256(given["password"]);
  registration.networks = networks_of(given["networks"]);
  if (given.contains("rate")) registration.rate = {1, uint32_t(std::stoul(given["rate"]))};
  options.trusted_proxies = networks_of(given["proxies"]);
  std::istringstream origins(given["cors"]);
  for (std::string origin; std::getline(origins, origin, ',');)
    options.cors_origins.push_back(origin);
  return options;
}

// Names below aliased.test lead wherever they should.
class NameAliases final : public dnsserver::http::AliasCheck {
 public:
  base::Task<bool> leads_to(Name identifier, Name) override {
    co_return identifier.is_under(Name::parse("aliased.test").value());
  }
};

struct Server {
  explicit Server(dnsserver::http::DoorOptions options) {
    const auto executor = context.get_executor();
    publishing =
        support::run_task(context, dnsserver::Publishing::open(store, clock, served, executor)).value();
    credentials =
        support::run_task(context, dnsserver::Credentials::open(store, clock, executor, &log)).value();
    for (const char* apex : {kZone, "corp.test"}) {
      dnsserver::Zone zone;
      zone.apex = Name::parse(apex).value();
      zone.name_servers = {Name::parse("ns1.ns.test").value()};
      zone.contact = Name::parse("hostmaster.ns.test").value();
      support::run_task(context, publishing->create_zone(zone, {})).value();
    }
    door.emplace(*publishing, *credentials, store, &aliases, clock, std::move(options));
    const auto handler = [this](base::http::Request request) { return door->handle(std::move(request)); };
    listener =
        base::http::Listener::open_plain(executor, {{"127.0.0.1", 0}}, {}, handler, dnsserver::http::refusal)
            .value();
  }

  template <class T>
  T wait(base::Task<T> task) {
    return boost::asio::co_spawn(context, std::move(task), boost::asio::use_future).get();
  }

  base::Json txt(const std::string& owner) {
    const Name name = Name::parse(owner).value();
    base::Json::Array values;
    const auto apex = publishing->zone_of(name);
    if (!apex) return values;
    std::vector<std::string> texts;
    storage::Range range{.prefix = dnsserver::challenges_prefix(*apex, name)};
    const auto entries = wait(store.list(std::move(range))).value();
    for (const auto& entry : entries)
      texts.push_back(dnsserver::decode_challenge(entry.value)->value);
    std::sort(texts.begin(), texts.end());
    for (const std::string& text : texts)
      values.emplace_back(text);
    return values;
  }

  base::Json rcode(const std::string& owner) {
    const auto reader = store.reader();
    dnsserver::StoredNodes nodes(*reader);
    std::shared_ptr<const dnsserver::ZoneTable> zones;
    uint64_t generation = 0;
    served.refresh(zones, generation);
    const dnsserver::EdnsPolicy policy;
    const dnsserver::QueryContext context{
        .transport = dnsserver::Transport::udp, .client = {}, .now = {}, .policy = policy};
    std::vector<char> buffer(dnsserver::kUdpSizeMax);
    const auto query = dnsserver::make_query(owner, dnsserver::kTypeTxt);
    return double(dnsserver::respond(query, buffer, context, *zones, nodes).rcode);
  }

  base::Json create(std::istringstream& words) {
    dnsserver::Credential credential;
    std::string user, password;
    words >> user >> password;
    credential.login = dnsserver::Login{user, dnsserver::hash_of_password(password)};
    for (std::string word; words >> word;) {
      if (word.find('/') != std::string::npos) {
        credential.sources.push_back(base::IpNetwork::parse(word).value());
        continue;
      }
      dnsserver::Scope scope;
      const bool is_subtree = word.starts_with('.');
      scope.name = Name::parse(is_subtree ? word.substr(1) : word).value();
      scope.reach = is_subtree ? dnsserver::Scope::Reach::subtree : dnsserver::Scope::Reach::name;
      credential.scopes.push_back(std::move(scope));
    }
    const auto created = wait(credentials->create(credential, {}));
    return created ? base::Json((*created)->id) : base::Json();
  }

  base::Json import(std::istringstream& words) {
    dnsserver::Credential credential;
    std::string user, hash, name;
    words >> user >> hash >> name;
    credential.login = dnsserver::Login{user, dnsserver::imported_bcrypt(hash).value()};
    credential.scopes = {{.name = Name::parse(name).value()}};
    std::optional<Name> handed_out = credential.scopes.front().name;
    const auto created = wait(credentials->create(credential, {}, std::move(handed_out)));
    return created ? base::Json((*created)->id) : base::Json();
  }

  base::Json acts() {
    base::Json::Array told;
    for (const dnsserver::Act& act : log.take()) {
      const bool is_new = act.kind == dnsserver::ActKind::credential_created;
      told.emplace_back((is_new ? "created " : "removed ") + act.names.front().text() + " " + act.by.address);
    }
    return told;
  }

  base::Json command(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "create") return create(words);
    if (verb == "import") return import(words);
    if (verb == "acts") return acts();
    std::string owner;
    words >> owner;
    return verb == "rcode" ? rcode(owner) : txt(owner);
  }

  boost::asio::io_context context;
  base::SystemClock clock;
  storage::MemoryStore store;
  dnsserver::ZoneTableHolder served;
  dnsserver::ActCollector log;
  std::unique_ptr<dnsserver::Publishing> publishing;
  std::unique_ptr<dnsserver::Credentials> credentials;
  NameAliases aliases;
  std::optional<dnsserver::http::Door> door;
  std::unique_ptr<base::http::Listener> listener;
};

}  // namespace

int main(int argc, char** argv) {
  base::log::configure(base::log::Level::debug, base::log::Format::text);
  Server server(options_of(argc, argv));
  server.context.restart();
  const auto work = boost::asio::make_work_guard(server.context);
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] { server.context.run(); });
  std::printf("%s\n", server.listener->endpoints()[0].text().c_str());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) {
    std::printf("%s\n", server.command(line).text().c_str());
    std::fflush(stdout);
  }
  boost::asio::co_spawn(server.context, server.listener->drain(), boost::asio::use_future).get();
  server.context.stop();
  for (std::thread& thread : threads)
    thread.join();
}
