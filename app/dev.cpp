#include "app/dev.h"

#include <set>

#include "app/files.h"
#include "app/free_port.h"
#include "base/random.h"

namespace app {

using base::Name;
using base::Result;

namespace {

constexpr uint16_t kDnsPort = 5353;
constexpr uint16_t kAcmePort = 8443;
constexpr uint16_t kGrpcPort = 8444;
constexpr uint16_t kPublishPort = 8445;
constexpr const char* kZoneDefault = "acme.test";
constexpr const char* kTestDomain = "test";  // RFC 6761 §6.2: nobody else's
constexpr const char* kLoopback = "127.0.0.1";

Result<base::Credential> admin(const std::filesystem::path& state) {
  base::Credential credential;
  credential.name = "admin";
  credential.token_file = state / kTokenFile;
  credential.permissions = {base::Permission::zones,
                            base::Permission::challenges,
                            base::Permission::certificates,
                            base::Permission::credentials,
                            base::Permission::external_accounts,
                            base::Permission::administration,
                            base::Permission::approval,
                            base::Permission::audit};
  std::error_code ignored;  // what cannot be looked at cannot be written either, which says why
  if (!std::filesystem::exists(credential.token_file, ignored)) {
    CHECK(write_file(credential.token_file, base::random_token() + "\n", FileMode::secret));
  }
  return credential;
}

// The servers' own zones, and those that stubs lead elsewhere.
Result<OwnZones> own_zones(const DevOptions& options) {
  OwnZones zones;
  zones.made = options.zones;
  if (zones.made.empty()) {
    TRY(Name preset, Name::parse(kZoneDefault));
    zones.made.push_back(std::move(preset));
  }
  zones.asked = zones.made;
  TRY(const Name test, Name::parse(kTestDomain));
  std::set<Name> taken;
  for (const base::StubZone& stub : options.stubs)
    taken.insert(stub.zone);
  for (const Name& zone : zones.made) {
    if (!taken.insert(zone).second) {
      return base::fail(base::ErrorKind::malformed, "the zone " + zone.text() + " is given twice");
    }
  }
  if (!taken.contains(test)) zones.asked.push_back(test);
  return zones;
}

Result<std::vector<base::Endpoint>> listen(std::optional<uint16_t> wanted, uint16_t preset, Use use) {
  base::Endpoint endpoint{kLoopback, 0};
  if (wanted) {
    endpoint.port = *wanted;
  } else {
    TRY(endpoint.port, first_free_port(preset, use));
  }
  return std::vector{endpoint};
}

}  // namespace

Result<DevServer> prepare_dev(const DevOptions& options) {
  DevServer server;
  TRY(server.own_zones, own_zones(options));
  CHECK(make_private_directory(options.state));
  base::Config& config = server.config;
  config.state_directory = options.state;
  config.log.level = options.log_level;
  config.validator.stub = options.stubs;
  TRY(base::Credential credential, admin(options.state));
  config.grpc.credentials.push_back(std::move(credential));
  TRY(config.dns.listen, listen(options.dns_port, kDnsPort, Use::tcp_and_udp));
  TRY(config.acme.listen, listen(options.acme_port, kAcmePort, Use::tcp));
  // A neighbour of the one before, which is not bound yet.
  const uint16_t from = std::max<uint16_t>(kGrpcPort, config.acme.listen.front().port + 1);
  TRY(config.grpc.listen, listen(options.grpc_port, options.acme_port ? kGrpcPort : from, Use::tcp));
  const uint16_t next = std::max<uint16_t>(kPublishPort, config.grpc.listen.front().port + 1);
  TRY(config.publish.listen, listen(options.publish_port, options.grpc_port ? kPublishPort : next, Use::tcp));
  config.acme.preset.external_account = base::ExternalAccountMode::optional;  // for clients to try theirs
  config.publish.registration.access = base::RegistrationAccess::open;        // on loopback
  config.publish.registration.zone = server.own_zones.made.front();
  return server;
}

}  // namespace app
