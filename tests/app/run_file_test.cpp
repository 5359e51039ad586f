#include "app/run_file.h"

#include <gtest/gtest.h>

#include "app/files.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

TEST(RunFile, ReadsWhatWasWritten) {
  const support::TempDirectory state;
  RunFile run;
  run.pid = 4711;
  run.version = "0.1.0";
  run.dns = {{"127.0.0.1", 5353}, {"::1", 5353}};
  run.dns_tls = {{"127.0.0.1", 853}};
  run.grpc = {{"127.0.0.1", 8444}};
  run.publish = {{"127.0.0.1", 8445}};
  run.metrics = {{"127.0.0.1", 9100}};
  run.revocation = {{"127.0.0.1", 8080}};
  run.acme_directory = "https://localhost:8443/directory";
  run.token_file = "/tmp/token \"quoted\"";
  ASSERT_TRUE(write_run_file(state.path(), run));
  EXPECT_EQ(read_run_file(state.path()).value(), run);
}

TEST(RunFile, IsGoneOnceRemoved) {
  const support::TempDirectory state;
  ASSERT_TRUE(write_run_file(state.path(), RunFile()));
  remove_run_file(state.path());
  remove_run_file(state.path());
  EXPECT_FALSE(read_run_file(state.path()));
}

TEST(RunFile, OfSomebodyElseIsRefused) {
  const support::TempDirectory state;
  for (const char* contents : {"", "[]", "{\"pid\":1"}) {
    ASSERT_TRUE(write_file(state.path() / kRunFile, contents, FileMode::open_to_all));
    EXPECT_FALSE(read_run_file(state.path())) << contents;
  }
}

}  // namespace
}  // namespace app
