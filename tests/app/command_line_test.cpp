#include <gmock/gmock.h>

#include <fstream>

#include "app/cli/run_program.h"
#include "tests/app/program.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// What was not understood says so on stderr and nothing on stdout.
void expect_usage_error(const std::vector<std::string>& arguments, const std::string& sentence) {
  const Ended ended = assay(arguments);
  EXPECT_EQ(ended.exit_code, 2) << ended.err;
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_THAT(ended.err, HasSubstr(sentence));
}

TEST(CommandLine, NothingIsNoCommand) { expect_usage_error({}, "A subcommand is required"); }

TEST(CommandLine, ChecksAConfigurationWithoutStartingAServer) {
  const support::TempDirectory directory;
  const auto write = [&](const std::string& name, const std::string& text) {
    const std::string file = directory.path() / name;
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
    return file;
  };
  const std::string state = directory.path() / "state";
  const std::string good = "state_directory = \"" + state + "\"\n[[grpc.credential]]\nname = \"admin\"\n" +
                           "permissions = [\"zones\"]\ntoken_file = \"" + write("token", "0123456789abcdef") +
                           "\"\n";
  const std::string config = write("good.toml", good);
  const Ended checked = assay({"serve", "--config", config, "--check"});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_EQ(checked.out, config + ": ok\n");
  EXPECT_FALSE(std::filesystem::exists(state));

  const Ended unknown = assay({"serve", "--config", write("unknown.toml", good + "tokn = 1\n"), "--check"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.out, IsEmpty());
  EXPECT_THAT(unknown.err, HasSubstr("unknown.toml:6:1"));
  const std::string absent = good + "[validator]\nroot_hints = \"/nowhere/hints\"\n";
  const Ended missing = assay({"serve", "--config", write("missing.toml", absent), "--check"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("/nowhere/hints"));
}

TEST(CommandLine, RefusesACommandThatDoesNotExist) {
  expect_usage_error({"zoen", "list"}, "there is no command \"zoen\"");
  expect_usage_error({"zone", "lsit"}, "there is no command \"lsit\"");
}

TEST(CommandLine, PointsToTheHelpOfTheCommandThatWasMeant) {
  expect_usage_error({"zone", "rrset"}, "\"assay zone rrset --help\" tells more.");
}

TEST(CommandLine, RefusesAnOptionThatTheCommandDoesNotHave) {
  expect_usage_error({"version", "--server", "127.0.0.1:1"}, "--server");
  expect_usage_error({"serve", "--config", "x", "--output", "json"}, "--output");
}

TEST(CommandLine, RefusesOptionsThatContradictEachOther) {
  expect_usage_error({"cert", "issue", "--csr", "a", "--key-out", "b"}, "--csr excludes --key-out");
  expect_usage_error({"backup", "d", "--state", "s", "--config", "c"}, "--config excludes --state");
  expect_usage_error({"txt", "remove", "a.test", "value", "--all"}, "either a value or --all");
  expect_usage_error({"policy", "test", "a.test", "--account", "a", "--directory", "d"}, "excludes");
  expect_usage_error({"policy", "test", "a.test", "--account", "a", "--external-account", "k"}, "excludes");
  expect_usage_error({"zone", "list", "--client-certificate", "c"},
                     "--client-certificate requires --client-key");
}

TEST(CommandLine, RemovesAllValuesOnlyWhenToldSo) {
  expect_usage_error({"txt", "remove", "a.test"}, "either a value or --all");
  expect_usage_error({"txt", "remove", "a.test", ""}, "either a value or --all");
}

TEST(CommandLine, WantsEitherNamesAndAPlaceForTheKeyOrACsr) {
  expect_usage_error({"cert", "issue"}, "--name or --csr");
  expect_usage_error({"cert", "issue", "--name", "a.test"}, "--key-out");
}

TEST(CommandLine, RefusesDurationsWithoutAUnit) {
  expect_usage_error({"txt", "present", "a.test", "v", "--lifetime", "60"}, "--lifetime");
  expect_usage_error({"zone", "rrset", "put", "a.test", "A", "192.0.2.1", "--ttl", "-1s"}, "--ttl");
}

TEST(CommandLine, RefusesTimesThatAreNoneBeforeItLooksForAServer) {
  for (const char* time : {"tomorrow", "2030-02-31", "2030-02-31T00:00:00Z"}) {
    expect_usage_error({"eab", "create", "--expires", time}, "--expires");
    expect_usage_error({"credential", "create", "--expires", time}, "--expires");
  }
}

TEST(CommandLine, KnowsTwoOutputs) {
  expect_usage_error({"zone", "list", "--output", "xml"}, "text or json");
}

TEST(CommandLine, HelpIsNoError) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--help"}, {"dev", "--help"}, {"zone", "rrset", "put", "--help"}}) {
    const Ended ended = assay(arguments);
    EXPECT_EQ(ended.exit_code, 0);
    EXPECT_THAT(ended.out, HasSubstr("Usage: "));
    EXPECT_THAT(ended.err, IsEmpty());
  }
}

TEST(CommandLine, TellsItsVersion) { EXPECT_EQ(assay({"version"}).out, "assay " ASSAY_VERSION "\n"); }

TEST(CommandLine, AsksWhichServerIfNoneIsNamedOrRuns) {
  const support::TempDirectory state;
  const Ended ended = assay({"zone", "list", "--state", state.path()});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, StartsWith("assay: no server that takes commands runs in "));
}

TEST(CommandLine, AServerThatDoesNotAnswerHasAnExitCodeOfItsOwn) {
  const Ended ended = assay({"zone", "list", "--server", "127.0.0.1:1"});
  EXPECT_EQ(ended.exit_code, 3);
  EXPECT_THAT(ended.err, StartsWith("assay: the server does not answer: "));
}

TEST(CommandLine, RefusesATokenThatEveryoneMayRead) {
  const support::TempDirectory directory;
  const auto token = directory.path() / "token";
  std::ofstream(token) << "0123456789abcdef\n";
  std::filesystem::permissions(token, std::filesystem::perms(0644));
  const Ended ended = assay({"zone", "list", "--server", "127.0.0.1:1", "--token-file", token});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, HasSubstr("make its mode 0600"));
}

TEST(ValuesBehindOptions, AreOnlyWhatLooksLikeAnOptionAndHasTheSizeOfADigest) {
  const std::string value = "-bcdefghijklmnopqrstuvwxyz0123456789ABCDEF_";
  ASSERT_EQ(value.size(), 43u);
  EXPECT_THAT(with_values_behind_options({"txt", "present", "a.test", value, "--state", "s"}),
              ElementsAre("txt", "present", "a.test", "--state", "s", "--", value));
  EXPECT_THAT(with_values_behind_options({"txt", "present", value, "--", "-x"}),
              ElementsAre("txt", "present", "--", value, "-x"));
  const std::string longer = value + "x";
  EXPECT_THAT(with_values_behind_options({longer}), ElementsAre(longer));
  EXPECT_THAT(with_values_behind_options({value.substr(1)}), ElementsAre(value.substr(1)));
}

}  // namespace
}  // namespace app
