#include "app/server.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "acmecore/audit_log.h"
#include "acmecore/ca_ceremony.h"
#include "app/files.h"
#include "app/state.h"
#include "assay/v1/certificate.grpc.pb.h"
#include "assay/v1/challenge.grpc.pb.h"
#include "assay/v1/zone.grpc.pb.h"
#include "base/log.h"
#include "dnsserver/net/socket.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/app/program.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::Role;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    ::signal(SIGPIPE, SIG_IGN);
    base::log::configure(base::log::Level::error, base::log::Format::text);
    config_.state_directory = directory_.path() / "state";
    config_.storage.size_max = 64 << 20;
    for (auto* listen : {&config_.dns.listen, &config_.acme.listen, &config_.grpc.listen})
      *listen = {{"127.0.0.1", 0}};
    const auto token = directory_.path() / "token";
    EXPECT_TRUE(write_file(token, "0123456789abcdef", FileMode::secret));
    config_.grpc.credentials = {{"admin", token, "", {base::Permission::zones}}};
  }

  base::Result<std::unique_ptr<Server>> start() { return Server::start(config_, {}); }

  static std::shared_ptr<grpc::Channel> connect(const Server& server) {
    const RunFile& where = server.run_file();
    const auto credentials = grpc::SslCredentials({read_file(where.root_file).value(), "", ""});
    return grpc::CreateChannel(where.grpc.front().text(), credentials);
  }
  static void authenticate(grpc::ClientContext& context) {
    context.AddMetadata("authorization", "Bearer 0123456789abcdef");
  }

  // Kinds of the events of a server that has ended, as far as they begin with this.
  std::vector<std::string> events(const std::string& kinds) {
    storage::LmdbStore::Options options;
    options.directory = config_.state_directory / kStoreDirectory;
    options.size_max = config_.storage.size_max;
    const auto store = storage::LmdbStore::open(std::move(options)).value();
    acmecore::AuditLog log(*store);
    acmecore::AuditFilter filter;
    filter.kinds = {kinds};
    std::vector<std::string> found;
    const acmecore::AuditPage page = support::run_task(log.page(filter, 0, 1'000)).value();
    for (const acmecore::AuditEntry& entry : page.found)
      found.push_back(entry.event.kind);
    return found;
  }

  support::TempDirectory directory_;
  base::Config config_;
};

TEST_F(ServerTest, SaysInItsRunFileWhereItListens) {
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  const RunFile run = read_run_file(config_.state_directory).value();
  EXPECT_EQ(run, (*server)->run_file());
  for (const auto& endpoints : {run.dns, run.acme, run.grpc}) {
    ASSERT_EQ(endpoints.size(), 1u);
    EXPECT_NE(endpoints.front().port, 0);
  }
  EXPECT_EQ(run.acme_directory, "https://localhost:" + std::to_string(run.acme.front().port) + "/directory");
  EXPECT_THAT(read_file(run.root_file).value(), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(run.token_file, directory_.path() / "token");
}

TEST_F(ServerTest, SaysWhereTheFirstOfItsDirectoriesIs) {
  for (const char* name : {"team", "default"})
    config_.acme.directories.push_back({.name = name});
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  const RunFile& run = (*server)->run_file();
  const std::string origin = "https://localhost:" + std::to_string(run.acme.front().port);
  EXPECT_EQ(run.acme_directory, origin + "/acme/team/directory");
}

TEST_F(ServerTest, MakesNoCaForAnIssuerThatHasNone) {
  for (const char* name : {"default", "team"})
    config_.issuance.issuers.push_back({.name = name});
  const auto server = start();
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().detail, HasSubstr("the issuer \"team\" has no CA in"));
}

TEST_F(ServerTest, HasItsOwnCertificatesFromTheIssuerOfItsConfiguration) {
  for (const char* name : {"default", "team"})
    config_.issuance.issuers.push_back({.name = name});
  config_.acme.preset.issuer = "team";
  const acmecore::CaPlace place{config_.state_directory / kIssuersDirectory / "team", acmecore::KeyVault()};
  acmecore::CaPlan issuing;
  issuing.subject.common_name = "Team Issuing CA";
  issuing.lifetime = acmecore::kIssuingLifetime;
  ASSERT_TRUE(acmecore::add_subtree(issuing.constraints.permitted, "corp.test"));  // not localhost
  acmecore::CaPlan root = issuing;
  root.subject.common_name = "Team Root CA";
  root.lifetime = acmecore::kRootLifetime;
  ASSERT_TRUE(acmecore::init_ca(place, root, issuing, base::SystemClock().now()));
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_EQ(read_file((*server)->run_file().root_file).value(),
            read_file(place.directory / "root.pem").value());
  const auto channel = connect(**server);  // by its address
  EXPECT_TRUE(channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(30)));
}

TEST_F(ServerTest, TakesItsRunFileAwayWhenItDrains) {
  const auto server = start();
  ASSERT_TRUE(server);
  (*server)->drain(std::chrono::seconds(10));
  EXPECT_FALSE(read_run_file(config_.state_directory));
}

// A DNS server that says nothing.
class SilentServer {
 public:
  base::Endpoint endpoint() const { return {"127.0.0.1", socket_.local_endpoint().port()}; }
  // Returns when somebody has asked.
  void wait() {
    char query[512];
    socket_.receive(boost::asio::buffer(query));
  }

 private:
  boost::asio::io_context io_;
  boost::asio::ip::udp::socket socket_{io_, {boost::asio::ip::make_address("127.0.0.1"), 0}};
};

TEST_F(ServerTest, DrainsWithinItsDeadlineWhileACallWaitsForAResolver) {
  SilentServer silent;
  config_.validator.stub = {{base::Name::parse("silent.test").value(), {silent.endpoint()}}};
  config_.validator.timeout = std::chrono::minutes(10);
  config_.grpc.credentials[0].permissions.insert(base::Permission::certificates);
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;

  const std::string csr = directory_.path() / "csr.der";
  run({"openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
       "/", "-addext", "subjectAltName=DNS:www.silent.test", "-keyout", directory_.path() / "key", "-outform",
       "DER", "-out", csr});
  assay::v1::IssueRequest request;
  request.add_names("www.silent.test");
  request.set_csr_der(read_file(csr).value());
  const auto stub = assay::v1::CertificateService::NewStub(connect(**server));
  grpc::ClientContext context;
  authenticate(context);
  const auto stream = stub->Issue(&context, request);
  silent.wait();

  const auto begun = std::chrono::steady_clock::now();
  (*server)->drain(std::chrono::milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::minutes(1));
  assay::v1::IssueResponse event;
  EXPECT_FALSE(stream->Read(&event));
  EXPECT_FALSE(stream->Finish().ok());
}

// A caller that waits in vain until a value is served everywhere.
class WaitingForPropagation : public ServerTest {
 protected:
  // Of the zone corp.test; its other names are known to nobody but the server itself.
  void begin_with_name_server(const std::string& name_server) {
    config_.grpc.credentials[0].permissions.insert(base::Permission::challenges);
    const auto apex = base::Name::parse("test").value();
    server_ = Server::start(config_, {.made = {apex}, .asked = {apex}}).value();
    grpc::ClientContext context;
    authenticate(context);
    assay::v1::CreateZoneRequest zone;
    zone.mutable_zone()->set_apex("corp.test");
    zone.mutable_zone()->add_name_servers(name_server);
    assay::v1::CreateZoneResponse created;
    EXPECT_TRUE(
        assay::v1::ZoneService::NewStub(connect(*server_))->CreateZone(&context, zone, &created).ok());

    challenges_ = assay::v1::ChallengeService::NewStub(connect(*server_));
    request_.set_name("_acme-challenge.corp.test");
    request_.set_value("value");
    request_.mutable_wait()->set_servers(assay::v1::Wait::SERVERS_ALL);
    request_.mutable_wait()->mutable_timeout()->set_seconds(600);
    authenticate(context_);
    challenges_->async()->PresentChallenge(&context_, &request_, &response_, [this](grpc::Status status) {
      status_.set_value(std::move(status));
    });
  }

  bool is_published() {
    grpc::ClientContext context;
    authenticate(context);
    assay::v1::ListChallengesResponse listed;
    EXPECT_TRUE(challenges_->ListChallenges(&context, {}, &listed).ok());
    return listed.challenges_size() == 1;
  }

  void expect_prompt_end() {
    EXPECT_EQ(ended_.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    const auto begun = std::chrono::steady_clock::now();
    server_->drain(std::chrono::milliseconds(100));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(30));
    EXPECT_FALSE(ended_.get().ok());
  }

  std::unique_ptr<assay::v1::ChallengeService::Stub> challenges_;
  grpc::ClientContext context_;
  assay::v1::PresentChallengeRequest request_;
  assay::v1::PresentChallengeResponse response_;
  std::promise<grpc::Status> status_;
  std::future<grpc::Status> ended_ = status_.get_future();
  std::unique_ptr<Server> server_;
};

TEST_F(WaitingForPropagation, EndsWithTheServer) {
  begin_with_name_server("without-address.test");
  while (!is_published())
    ASSERT_EQ(ended_.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  expect_prompt_end();
}

TEST_F(WaitingForPropagation, EndsWithTheServerWhileAResolverIsWaitedFor) {
  SilentServer silent;
  config_.validator.stub = {{base::Name::parse("silent.example").value(), {silent.endpoint()}}};
  config_.validator.timeout = std::chrono::minutes(10);
  begin_with_name_server("ns1.silent.example");
  silent.wait();
  expect_prompt_end();
}

TEST_F(ServerTest, KeepsItsCaFromStartToStart) {
  ASSERT_TRUE(start());
  const std::string root = read_file(config_.state_directory / kRootFile).value();
  ASSERT_TRUE(start());
  EXPECT_EQ(read_file(config_.state_directory / kRootFile).value(), root);
}

TEST_F(ServerTest, MakesNoOtherCaForAStoreThatHasCertificates) {
  ASSERT_TRUE(start());
  const auto ca = config_.state_directory / kCaDirectory;
  const auto lost = directory_.path() / "lost";
  std::filesystem::rename(ca, lost);
  const auto refused = start();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail,
              HasSubstr("the CA that issued the certificates in the store is missing"));
  EXPECT_FALSE(std::filesystem::exists(ca));
  std::filesystem::create_directory(ca);
  EXPECT_FALSE(start());
  std::filesystem::remove(ca);
  std::filesystem::rename(lost, ca);
  EXPECT_TRUE(start());
}

TEST_F(ServerTest, UsesItsExternalUrl) {
  config_.acme.external_url = "https://acme.corp.test";
  const auto server = start();
  ASSERT_TRUE(server);
  EXPECT_EQ((*server)->run_file().acme_directory, "https://acme.corp.test/directory");
}

TEST_F(ServerTest, MakesItsOwnZonesOnce) {
  const auto apex = base::Name::parse("acme.test").value();
  ASSERT_TRUE(Server::start(config_, {.made = {apex}, .asked = {apex}}));
  const auto again = Server::start(config_, {.made = {apex}, .asked = {apex}});
  EXPECT_TRUE(again) << again.error().detail;
}

TEST_F(ServerTest, RenewsTheCertificatesOfItsListeners) {
  const auto server = start();
  ASSERT_TRUE(server);
  EXPECT_TRUE((*server)->renew_identities());
  EXPECT_TRUE((*server)->renew_identities_if_due());
}

TEST_F(ServerTest, AReloadWhoseRootsCannotBeWrittenIsNotRefused) {
  auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  const auto roots = config_.state_directory / kRootFile;
  std::filesystem::remove(roots);
  std::filesystem::create_directories(roots / "in-the-way");
  (*server)->reload();
  server->reset();
  EXPECT_THAT(events("server."), ElementsAre("server.started", "server.reloaded"));
}

TEST_F(ServerTest, AnswersOverTlsAndRenewsItsCertificate) {
  config_.dns.tls.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  ASSERT_EQ((*server)->run_file().dns_tls.size(), 2u);
  EXPECT_NE((*server)->run_file().dns_tls.front().port, 0);
  EXPECT_TRUE((*server)->renew_identities());
}

TEST_F(ServerTest, WritesItsQueryLogAndReopensIt) {
  config_.dns.query_log.file = directory_.path() / "queries.log";
  config_.dns.dnstap.file = directory_.path() / "dnstap";
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_TRUE(std::filesystem::exists(config_.dns.query_log.file));
  std::filesystem::remove(config_.dns.query_log.file);
  (*server)->reopen_logs();
  while (!std::filesystem::exists(config_.dns.query_log.file))
    std::this_thread::yield();
  EXPECT_TRUE(std::filesystem::exists(config_.dns.dnstap.file));
}

TEST_F(ServerTest, ServesMetricsIfItIsTold) {
  EXPECT_THAT(start().value()->run_file().metrics, IsEmpty());
  config_.metrics.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  ASSERT_EQ((*server)->run_file().metrics.size(), 2u);
  EXPECT_NE((*server)->run_file().metrics.front().port, 0);
  (*server)->drain(std::chrono::seconds(10));
}

TEST_F(ServerTest, PublishesCrlsIfItIsTold) {
  EXPECT_THAT(start().value()->run_file().revocation, IsEmpty());
  config_.revocation.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  ASSERT_EQ((*server)->run_file().revocation.size(), 2u);
  EXPECT_NE((*server)->run_file().revocation.front().port, 0);
  (*server)->drain(std::chrono::seconds(10));
}

TEST_F(ServerTest, RefusesAStateThatAnotherServerUses) {
  const auto first = start();
  ASSERT_TRUE(first);
  const auto second = start();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("in use"));
  EXPECT_TRUE(read_run_file(config_.state_directory));  // the first one's
}

TEST_F(ServerTest, WritesNothingWhereItCannotListen) {
  ASSERT_TRUE(start());
  const auto other = dnsserver::net::open_tcp({"127.0.0.1", 0}).value();
  const base::Endpoint taken{"127.0.0.1", dnsserver::net::port_of(other)};
  for (auto* listen :
       {&config_.grpc.listen, &config_.acme.listen, &config_.dns.listen, &config_.dns.tls.listen,
        &config_.publish.listen, &config_.revocation.listen, &config_.metrics.listen}) {
    const auto free = std::exchange(*listen, {taken});
    const auto refused = start();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("cannot listen on " + taken.text()));
    *listen = free;
  }
  EXPECT_THAT(events("server."), ElementsAre("server.started"));
  EXPECT_THAT(events("certificate."), ElementsAre("certificate.issued", "certificate.issued"));
  EXPECT_TRUE(start());
}

TEST_F(ServerTest, AStartThatFailsForgetsNoUsedNonce) {
  const auto are_saved = [this] {
    storage::LmdbStore::Options options;
    options.directory = config_.state_directory / kStoreDirectory;
    options.size_max = config_.storage.size_max;
    const auto store = storage::LmdbStore::open(std::move(options)).value();
    return support::run_task(store->get("sused-nonces")).value().has_value();
  };
  ASSERT_TRUE(start());
  ASSERT_TRUE(are_saved());
  const uint16_t port = dnsserver::net::port_of(dnsserver::net::open_tcp({"127.0.0.1", 0}).value());
  config_.acme.listen = {{"127.0.0.1", port}, {"127.0.0.1", port}};  // each is free until the other is there
  ASSERT_FALSE(start());
  EXPECT_TRUE(are_saved());
}

TEST_F(ServerTest, NamesAnAddressThatCannotBeListenedAt) {
  config_.dns.listen = {{"192.0.2.1", 0}};  // nobody's (RFC 5737)
  const auto dns = start();
  ASSERT_FALSE(dns);
  EXPECT_THAT(dns.error().detail, HasSubstr("192.0.2.1"));
  config_.dns.listen = {{"127.0.0.1", 0}};
  config_.acme.listen = {{"192.0.2.1", 0}};
  const auto acme = start();
  ASSERT_FALSE(acme);
  EXPECT_THAT(acme.error().detail, HasSubstr("192.0.2.1"));
  config_.acme.listen = {{"127.0.0.1", 0}};
  config_.grpc.listen = {{"192.0.2.1", 0}};
  const auto grpc = start();
  ASSERT_FALSE(grpc);
  EXPECT_THAT(grpc.error().detail, HasSubstr("192.0.2.1"));
}

TEST_F(ServerTest, WithoutTheRoleDnsIssuesByAcmeOnly) {
  config_.roles = {Role::ca, Role::validator};
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_THAT((*server)->run_file().dns, IsEmpty());
  EXPECT_FALSE((*server)->run_file().acme_directory.empty());
}

}  // namespace
}  // namespace app
