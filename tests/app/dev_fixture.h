#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <time.h>

#include <optional>
#include <string>
#include <vector>

#include "app/run_file.h"
#include "tests/app/program.h"
#include "tests/support/temp_directory.h"

namespace app {

// A poll of a file, not a wait for something to have happened by then.
inline constexpr timespec kPollInterval{0, 20'000'000};
inline constexpr int kPollsMax = 3'000;

// A running `assay dev`, and its clients as a user calls them.
class Dev : public testing::Test {
 protected:
  Dev() { start(); }

  void start();
  Ended stop(int signal = SIGTERM);
  std::vector<std::string> command() const;

  Ended cli(std::vector<std::string> arguments);
  // Short answers of its DNS, one a line.
  std::string dig(const std::string& name, const std::string& type);
  // Of the certificate that gRPC serves.
  std::string grpc_serial();

  support::TempDirectory directory_;
  const std::string state_ = directory_.path() / "state";
  std::optional<Process> process_;
  RunFile run_;
};

}  // namespace app
