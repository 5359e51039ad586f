#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <signal.h>

#include <filesystem>

#include "app/files.h"
#include "app/server.h"
#include "app/state.h"
#include "assay/v1/audit.grpc.pb.h"
#include "assay/v1/zone.grpc.pb.h"
#include "base/log.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// A server that is no CA.
namespace app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DnsAloneTest : public testing::Test {
 protected:
  // Somebody else's CA made the certificate for its gRPC.
  DnsAloneTest() {
    ::signal(SIGPIPE, SIG_IGN);
    base::log::configure(base::log::Level::error, base::log::Format::text);
    const base::Time now = base::SystemClock().now();
    const acmecore::Issuers issuers(acmecore::new_issuer(now));
    const auto identity = acmecore::make_identity(issuers, {}, now).value();
    root_pem_ = issuers.now()->current(acmecore::kDefaultIssuer).root_pem();
    config_.roles = {base::Role::dns};
    config_.state_directory = directory_.path() / "state";
    config_.storage.size_max = 64 << 20;
    config_.dns.listen = {{"127.0.0.1", 0}};
    config_.grpc.listen = {{"127.0.0.1", 0}};
    config_.grpc.tls = {directory_.path() / "chain.pem", directory_.path() / "key.pem"};
    EXPECT_TRUE(write_file(config_.grpc.tls.certificate, identity.chain_pem, FileMode::open_to_all));
    EXPECT_TRUE(write_file(config_.grpc.tls.key, identity.key_pem, FileMode::secret));
    const auto token = directory_.path() / "token";
    EXPECT_TRUE(write_file(token, "0123456789abcdef", FileMode::secret));
    config_.grpc.credentials = {{"admin", token, "", {base::Permission::zones, base::Permission::audit}}};
  }

  base::Result<std::unique_ptr<Server>> start() { return Server::start(config_, {}); }

  // Calls it with the token.
  template <class Stub, class Call, class Request, class Response>
  static grpc::Status call(Stub stub, Call call, const Request& request, Response& response) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer 0123456789abcdef");
    return ((*stub).*call)(&context, request, &response);
  }
  std::shared_ptr<grpc::Channel> connect(const Server& server) const {
    return grpc::CreateChannel(server.run_file().grpc.front().text(),
                               grpc::SslCredentials({root_pem_, "", ""}));
  }

  // The kinds of what its audit log has.
  std::vector<std::string> events(const Server& server) const {
    assay::v1::ListAuditEventsResponse listed;
    const auto status =
        call(assay::v1::AuditService::NewStub(connect(server)),
             &assay::v1::AuditService::Stub::ListAuditEvents, assay::v1::ListAuditEventsRequest(), listed);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> kinds;
    for (const auto& event : listed.events())
      kinds.push_back(event.kind());
    return kinds;
  }

  support::TempDirectory directory_;
  base::Config config_;
  std::string root_pem_;
};

TEST_F(DnsAloneTest, HasNoCa) {
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_THAT((*server)->run_file().acme, IsEmpty());
  EXPECT_EQ((*server)->run_file().ca_file, "");
  EXPECT_FALSE(std::filesystem::exists(config_.state_directory / kCaDirectory));
}

TEST_F(DnsAloneTest, HasAnAuditLog) {
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  assay::v1::CreateZoneRequest request;
  request.mutable_zone()->set_apex("corp.test");
  request.mutable_zone()->add_name_servers("ns1.corp.test");
  assay::v1::CreateZoneResponse created;
  const auto status = call(assay::v1::ZoneService::NewStub(connect(**server)),
                           &assay::v1::ZoneService::Stub::CreateZone, request, created);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(events(**server), ElementsAre("server.started", "zone.created"));
}

TEST_F(DnsAloneTest, StartsOnAFullStore) {
  ASSERT_TRUE(start());
  {
    storage::LmdbStore::Options options;
    options.directory = config_.state_directory / kStoreDirectory;
    options.size_max = config_.storage.size_max;
    const auto store = storage::LmdbStore::open(std::move(options)).value();
    ASSERT_TRUE(support::run_task(store->commit({.puts = {{"\xff", storage::Bytes(2 << 20, 'v')}}})));
  }
  config_.storage.size_max = 1 << 20;
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_THAT(events(**server), ElementsAre("server.started", "server.started"));
}

}  // namespace
}  // namespace app
