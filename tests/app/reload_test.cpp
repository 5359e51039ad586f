#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "acmecore/pem.h"
#include "app/files.h"
#include "app/server.h"
#include "assay/v1/doctor.grpc.pb.h"
#include "base/log.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/app/tls_client.h"
#include "tests/support/temp_directory.h"

// SIGHUP, where each listener has its certificate from files of its own.
namespace app {
namespace {

using base::Bytes;
using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

class ReloadTest : public testing::Test {
 protected:
  using ByListener = std::map<std::string, Bytes>;

  ReloadTest() {
    ::signal(SIGPIPE, SIG_IGN);
    base::log::configure(base::log::Level::error, base::log::Format::text);
    config_.state_directory = directory_.path() / "state";
    config_.storage.size_max = 64 << 20;
    for (auto* listen : {&config_.dns.listen, &config_.dns.tls.listen, &config_.acme.listen,
                         &config_.grpc.listen, &config_.publish.listen})
      *listen = {{"127.0.0.1", 0}};
    for (const auto& [name, files] : files_)
      *files = {directory_.path() / (name + ".pem"), directory_.path() / (name + ".key")};
    config_.grpc.client_ca = directory_.path() / "client-ca.pem";
    const auto token = directory_.path() / "token";
    EXPECT_TRUE(write_file(token, "0123456789abcdef", FileMode::secret));
    config_.grpc.credentials = {{"admin", token, "", {base::Permission::challenges}}};
    renew_files();
    server_ = Server::start(config_, {}).value();
  }

  acmecore::ServerIdentity new_identity() const {
    const std::string host = "made-" + std::to_string(times_) + ".corp.test";
    return acmecore::make_identity(issuers_, {host}, base::SystemClock().now()).value();
  }
  std::string root_pem() const { return issuers_.now()->current(acmecore::kDefaultIssuer).root_pem(); }
  void save(const std::string& name, const acmecore::ServerIdentity& identity) {
    EXPECT_TRUE(write_file(files_.at(name)->certificate, identity.chain_pem, FileMode::open_to_all));
    EXPECT_TRUE(write_file(files_.at(name)->key, identity.key_pem, FileMode::secret));
  }
  // Another good certificate for each listener.
  void renew_files() {
    ++times_;
    for (const auto& [name, files] : files_) {
      const acmecore::ServerIdentity identity = new_identity();
      save(name, identity);
      const std::string leaf = identity.chain_pem.substr(0, identity.chain_pem.find("-----BEGIN", 1));
      in_files_[name] = acmecore::parse_pem(acmecore::kPemCertificate, leaf).value();
    }
    EXPECT_TRUE(write_file(config_.grpc.client_ca, root_pem(), FileMode::open_to_all));
  }
  void break_key(const std::string& name) {
    EXPECT_TRUE(write_file(files_.at(name)->key, new_identity().key_pem, FileMode::secret));
  }

  ByListener served() const {
    const RunFile& run = server_->run_file();
    return {{"acme", served_certificate(run.acme.front())},
            {"dns", served_certificate(run.dns_tls.front())},
            {"grpc", served_certificate(run.grpc.front(), "h2")},
            {"publish", served_certificate(run.publish.front())}};
  }
  // The names in the certificate of each door, as the doctor has them.
  std::map<std::string, std::vector<std::string>> told_by_the_doctor() const {
    const auto channel = grpc::CreateChannel(server_->run_file().grpc.front().text(),
                                             grpc::SslCredentials({root_pem(), "", ""}));
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer 0123456789abcdef");
    assay::v1::DescribeServerResponse response;
    const auto status = assay::v1::DoctorService::NewStub(channel)->DescribeServer(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::map<std::string, std::vector<std::string>> names;
    for (const auto& certificate : response.certificates())
      names[certificate.door()] = {certificate.names().begin(), certificate.names().end()};
    return names;
  }
  // Waits for as long as ctest lets us.
  void await_what_is_in_files() const {
    while (served() != in_files_)
      std::this_thread::yield();
  }

  support::TempDirectory directory_;
  const acmecore::Issuers issuers_{acmecore::new_issuer(base::SystemClock().now())};
  base::Config config_;
  const std::map<std::string, base::TlsFiles*> files_{{"acme", &config_.acme.tls},
                                                      {"dns", &config_.dns.tls.files},
                                                      {"grpc", &config_.grpc.tls},
                                                      {"publish", &config_.publish.tls}};
  ByListener in_files_;
  int times_ = 0;  // that the files were renewed
  std::unique_ptr<Server> server_;
};

TEST_F(ReloadTest, GivesEachListenerWhatIsInItsFiles) {
  EXPECT_EQ(served(), in_files_);
  renew_files();
  EXPECT_NE(served(), in_files_) << "not before";
  server_->reload();
  await_what_is_in_files();
}

// A connection that comes afterwards is accepted behind whatever a reload has handed to its listener.
TEST_F(ReloadTest, OneBrokenFileLeavesAllListenersTheCertificatesThatTheyHad) {
  const ByListener before = served();
  for (const auto& [name, files] : files_) {
    renew_files();
    break_key(name);
    server_->reload();
    EXPECT_EQ(served(), before) << "the key of " << name << " is that of another certificate";
    std::filesystem::remove(files->certificate);
    server_->reload();
    EXPECT_EQ(served(), before) << "the certificate of " << name << " is missing";
  }
  renew_files();
  EXPECT_TRUE(write_file(config_.grpc.client_ca, "nothing", FileMode::open_to_all));
  server_->reload();
  EXPECT_EQ(served(), before) << "there is no CA of the clients";

  renew_files();
  server_->reload();
  await_what_is_in_files();
}

TEST_F(ReloadTest, TheDoctorKnowsTheCertificatesThatAreServed) {
  const auto before = told_by_the_doctor();
  EXPECT_THAT(before, ElementsAre(Pair("HTTP", Contains("made-1.corp.test.")),
                                  Pair("gRPC", Contains("made-1.corp.test."))));
  renew_files();
  break_key("acme");
  server_->reload();
  EXPECT_EQ(told_by_the_doctor(), before) << "these were refused";
  renew_files();
  server_->reload();
  EXPECT_THAT(told_by_the_doctor(), ElementsAre(Pair("HTTP", Contains("made-3.corp.test.")),
                                                Pair("gRPC", Contains("made-3.corp.test."))));
}

}  // namespace
}  // namespace app
