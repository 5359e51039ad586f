#include <gmock/gmock.h>
#include <signal.h>
#include <time.h>

#include <fstream>
#include <optional>

#include "app/run_file.h"
#include "tests/app/program.h"
#include "tests/support/temp_directory.h"

// `assay serve` with a configuration, and a client that knows of it only what its options say.
namespace app {
namespace {

using testing::HasSubstr;

// A poll of a file, not a wait for something to have happened by then.
constexpr timespec kPollInterval{0, 20'000'000};
constexpr int kPollsMax = 3'000;

class Serve : public testing::Test {
 protected:
  Serve() {
    make_certificate("client");
    make_certificate("stranger");
    std::ofstream(file("assay.toml")) << R"(
state_directory = ")" << state_ << R"("
[dns]
listen = ["127.0.0.1:0"]
[acme]
listen = ["127.0.0.1:0"]
[grpc]
listen = ["127.0.0.1:0"]
client_ca = ")" << file("client.pem") << R"("
[[grpc.credential]]
name = "automation"
certificate_name = "client.corp.test"
permissions = ["zones"]
)";
    process_.emplace(std::vector<std::string>{ASSAY_PROGRAM, "serve", "--config", file("assay.toml")},
                     directory_.path());
    for (int i = 0; i < kPollsMax && !process_->has_ended() && !run_; ++i) {
      if (const auto run = read_run_file(state_)) run_ = *run;
      ::nanosleep(&kPollInterval, nullptr);
    }
    if (!run_) ADD_FAILURE() << process_->wait().err;
  }

  std::string file(const std::string& name) const { return directory_.path() / name; }

  // A self-signed one, which is its own CA.
  void make_certificate(const std::string& name) {
    const std::string host = name + ".corp.test";
    run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
         "2", "-subj", "/CN=" + host, "-addext", "subjectAltName=DNS:" + host, "-keyout", file(name + ".key"),
         "-out", file(name + ".pem")});
  }

  Ended zone_list(const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"zone", "list",         "--server", run_->grpc.front().text(),
                                       "--ca", run_->root_file};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return assay(arguments);
  }

  support::TempDirectory directory_;
  const std::string state_ = directory_.path() / "state";
  std::optional<Process> process_;
  std::optional<RunFile> run_;
};

TEST_F(Serve, KnowsACallerByItsClientCertificate) {
  ASSERT_TRUE(run_);
  const Ended known =
      zone_list({"--client-certificate", file("client.pem"), "--client-key", file("client.key")});
  EXPECT_EQ(known.exit_code, 0) << known.err;

  const Ended nobody = zone_list({});
  EXPECT_EQ(nobody.exit_code, 1);
  EXPECT_THAT(nobody.err, HasSubstr("neither a known bearer token nor a known client certificate"));
  const Ended stranger =
      zone_list({"--client-certificate", file("stranger.pem"), "--client-key", file("stranger.key")});
  EXPECT_NE(stranger.exit_code, 0);

  process_->signal(SIGTERM);
  EXPECT_EQ(process_->wait().exit_code, 0);
}

}  // namespace
}  // namespace app
