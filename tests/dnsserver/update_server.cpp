#include "tests/dnsserver/update_server.h"

#include <algorithm>

#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/signed_messages.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {

namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

ReadMessage ask(const base::Endpoint& server, std::string_view owner, uint16_t type) {
  net::UdpClient client(server);
  client.send(make_query(owner, type));
  return read_message(client.receive());
}

std::string last_field(const std::string& line, size_t from) {
  size_t at = 0;
  for (; from > 0; --from)
    at = line.find(' ', at) + 1;
  return line.substr(at, line.find(' ', at) - at);
}

}  // namespace

TsigKey narrow_key() {
  return {name("narrow-key"), TsigAlgorithm::hmac_sha512, "fedcba9876543210fedcba9876543210"};
}

UpdateServer::UpdateServer(TsigOptions options, net::ServerOptions server) {
  const auto executor = io_.get_executor();
  publishing_ = run(Publishing::open(store_, clock_, zones_, executor)).value();
  credentials_ = run(Credentials::open(store_, clock_, executor)).value();
  for (const std::string_view apex : {"corp.test", "sub.corp.test", "acme.test"})
    add_zone(apex);
  const TsigKey md5{name("old-key"), TsigAlgorithm::hmac_md5, kSecret};
  add_credential(".", ddns_key(), Scope::Reach::subtree);
  add_credential("corp.test", md5, Scope::Reach::subtree);
  add_credential("_acme-challenge.www.corp.test", narrow_key(), Scope::Reach::name);
  UpdateOptions update_options;
  update_options.alias_zones = {name("corp.example")};
  updates_ = std::make_unique<Updates>(*publishing_, &targets_, clock_, update_options);
  door_ = std::make_unique<UpdateDoor>(*updates_, *credentials_, options, clock_, executor);
  server.listen = {{"127.0.0.1", 0}};
  server.udp_workers = 1;
  server.update_listen = {{"127.0.0.1", 0}};
  server_ = net::Server::start(server, nodes_.index(), zones_, door_.get()).value();
  io_.restart();
  for (int i = 0; i < 2; ++i)
    threads_.emplace_back([this] { io_.run(); });
}

UpdateServer::~UpdateServer() {
  door_->close();
  work_.reset();
  for (std::thread& thread : threads_)
    thread.join();
}

template <class T>
T UpdateServer::run(base::Task<T> task) {
  return support::run_task(io_, std::move(task));
}

void UpdateServer::add_zone(std::string_view apex) {
  Zone zone;
  zone.apex = name(apex);
  zone.name_servers = {name("ns1.ns.test")};
  zone.contact = name("hostmaster.ns.test");
  run(publishing_->create_zone(zone, {})).value();
}

void UpdateServer::add_credential(std::string_view scope, const TsigKey& key, Scope::Reach reach) {
  Credential credential;
  credential.scopes = {{name(scope), reach}};
  credential.tsig_keys = {key};
  credential.limits.writes_per_minute = credential.limits.burst = 1'000'000;
  run(credentials_->create(credential, {})).value();
}

std::vector<std::string> UpdateServer::txt(std::string_view owner) const {
  std::vector<std::string> values;
  for (const std::string& line : ask(endpoint(), owner, kTypeTxt).answer)
    values.push_back(last_field(line, 4));
  std::sort(values.begin(), values.end());
  return values;
}

uint32_t UpdateServer::serial(std::string_view zone) const {
  return uint32_t(std::stoul(last_field(ask(endpoint(), zone, kTypeSoa).answer.at(0), 6)));
}

}  // namespace dnsserver
