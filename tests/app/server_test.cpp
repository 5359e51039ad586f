#include "app/server.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <thread>

#include "acmecore/server_identity.h"
#include "app/files.h"
#include "app/state.h"
#include "base/log.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::Role;
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

TEST_F(ServerTest, TakesItsRunFileAwayWhenItDrains) {
  const auto server = start();
  ASSERT_TRUE(server);
  (*server)->drain(std::chrono::seconds(10));
  EXPECT_FALSE(read_run_file(config_.state_directory));
}

TEST_F(ServerTest, KeepsItsCaFromStartToStart) {
  ASSERT_TRUE(start());
  const std::string root = read_file(config_.state_directory / kRootFile).value();
  ASSERT_TRUE(start());
  EXPECT_EQ(read_file(config_.state_directory / kRootFile).value(), root);
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

TEST_F(ServerTest, RefusesAStateThatAnotherServerUses) {
  const auto first = start();
  ASSERT_TRUE(first);
  const auto second = start();
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("in use"));
  EXPECT_TRUE(read_run_file(config_.state_directory));  // the first one's
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

TEST_F(ServerTest, WithTheRoleDnsAloneHasNoCa) {
  // A certificate for its gRPC, which somebody else's CA issued.
  const base::Time now = base::SystemClock().now();
  const auto issuer = acmecore::Issuer::open(acmecore::make_development_ca(now).value(), now).value();
  const auto identity = acmecore::new_server_identity(issuer, {}, now).value();
  config_.roles = {Role::dns};
  config_.grpc.tls = {directory_.path() / "chain.pem", directory_.path() / "key.pem"};
  ASSERT_TRUE(write_file(config_.grpc.tls.certificate, identity.chain_pem, FileMode::open_to_all));
  ASSERT_TRUE(write_file(config_.grpc.tls.key, identity.key_pem, FileMode::secret));
  const auto server = start();
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_THAT((*server)->run_file().acme, IsEmpty());
  EXPECT_EQ((*server)->run_file().ca_file, "");
  EXPECT_FALSE(std::filesystem::exists(config_.state_directory / kCaDirectory));
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
