#include "tests/app/dev_fixture.h"

namespace app {

void Dev::start() {
  process_.emplace(command(), directory_.path());
  for (int i = 0; i < kPollsMax && !process_->has_ended(); ++i) {
    if (const auto run = read_run_file(state_)) {
      run_ = *run;
      return;
    }
    ::nanosleep(&kPollInterval, nullptr);
  }
  ADD_FAILURE() << process_->wait().err;
}

Ended Dev::stop(int signal) {
  process_->signal(signal);
  return process_->wait();
}

std::vector<std::string> Dev::command() const {
  return {ASSAY_PROGRAM, "dev", "--state",     state_, "--dns-port", "0",
          "--acme-port", "0",   "--grpc-port", "0",    "--verbose"};
}

Ended Dev::cli(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--state", state_});
  return assay(std::move(arguments));
}

std::string Dev::dig(const std::string& name, const std::string& type) {
  return run({"dig", "+short", "+norec", "@127.0.0.1", "-p", std::to_string(run_.dns.front().port), name,
              type})
      .out;
}

std::string Dev::grpc_serial() {
  return run({"bash", "-c",
              "openssl s_client -connect " + run_.grpc.front().text() +
                  " -alpn h2 2>/dev/null | openssl x509 -noout -serial"})
      .out;
}

}  // namespace app
