// Real clients against a real server: nsupdate (BIND) and knsupdate (Knot).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/dnsserver/update_server.h"
#include "tests/support/temp_directory.h"

namespace dnsserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// base64 of kSecret and of narrow_key()'s.
constexpr std::string_view kKey =
    "hmac-sha256:ddns-key.corp.test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
constexpr std::string_view kNarrowKey = "hmac-sha512:narrow-key:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

struct Ran {
  bool succeeded = false;
  std::string said;
};

class UpdateClients : public testing::TestWithParam<const char*> {
 protected:
  // Runs a program with these arguments and this input, for at most 30 seconds.
  Ran run(const std::string& program, const std::string& arguments, const std::string& input) {
    const std::string in = (directory_.path() / "in").string();
    const std::string out = (directory_.path() / "out").string();
    std::ofstream(in) << input;
    const std::string command = "timeout 30 " + program + " " + arguments + " <" + in + " >" + out + " 2>&1";
    const bool succeeded = std::system(command.c_str()) == 0;
    std::ifstream file(out);
    return {succeeded, std::string(std::istreambuf_iterator<char>(file), {})};
  }
  Ran nsupdate(const std::string& commands, std::string_view key = kKey) {
    return run("nsupdate", transport() + " -t 10 -y " + std::string(key), at(server_.endpoint()) + commands);
  }
  Ran knsupdate(const std::string& commands, std::string_view key = kKey) {
    return run("knsupdate", transport() + " -t 10 -y " + std::string(key), at(server_.endpoint()) + commands);
  }
  static std::string at(const base::Endpoint& server) {
    return "server " + server.address + " " + std::to_string(server.port) + "\n";
  }
  // "" for UDP, "-v" for TCP.
  std::string transport() const { return GetParam(); }

  UpdateServer server_;
  support::TempDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(Transport, UpdateClients, testing::Values("", "-v"),
                         [](const auto& info) { return std::string(*info.param ? "Tcp" : "Udp"); });

TEST_P(UpdateClients, NsupdateFindsTheZoneByItselfAndAddsAndDeletes) {
  const std::string owner = "_acme-challenge.www.corp.test";
  Ran ran = nsupdate("add " + owner + " 120 TXT base\nadd " + owner + " 120 TXT wildcard\nsend\n");
  EXPECT_TRUE(ran.succeeded) << ran.said;
  EXPECT_THAT(server_.txt(owner), ElementsAre("\"base\"", "\"wildcard\""));
  ran = nsupdate("del " + owner + " 120 TXT base\nsend\n");
  EXPECT_TRUE(ran.succeeded) << ran.said;
  EXPECT_THAT(server_.txt(owner), ElementsAre("\"wildcard\""));
  ran = nsupdate("del " + owner + " TXT\nsend\n");
  EXPECT_TRUE(ran.succeeded) << ran.said;
  EXPECT_THAT(server_.txt(owner), IsEmpty());
}

TEST_P(UpdateClients, NsupdateSeesEachRcode) {
  const auto said = [&](const std::string& commands) { return nsupdate(commands).said; };
  EXPECT_THAT(said("prereq yxdomain no.corp.test\nadd a.corp.test 1 TXT x\nsend\n"), HasSubstr("NXDOMAIN"));
  EXPECT_THAT(said("prereq nxdomain corp.test\nadd a.corp.test 1 TXT x\nsend\n"), HasSubstr("YXDOMAIN"));
  EXPECT_THAT(said("prereq nxrrset corp.test SOA\nadd a.corp.test 1 TXT x\nsend\n"), HasSubstr("YXRRSET"));
  EXPECT_THAT(said("prereq yxrrset corp.test MX\nadd a.corp.test 1 TXT x\nsend\n"), HasSubstr("NXRRSET"));
  EXPECT_THAT(said("add a.corp.test 1 A 192.0.2.1\nsend\n"), HasSubstr("REFUSED"));
  EXPECT_THAT(said("zone nowhere.test\nadd a.nowhere.test 1 TXT x\nsend\n"), HasSubstr("NOTAUTH"));
  EXPECT_THAT(said("zone corp.test\nadd a.sub.corp.test 1 TXT x\nsend\n"), HasSubstr("NOTZONE"));
  EXPECT_THAT(nsupdate("zone corp.test\nadd a.corp.test 1 TXT x\nsend\n", kNarrowKey).said,
              HasSubstr("REFUSED"));
  EXPECT_THAT(nsupdate("zone corp.test\nadd a.corp.test 1 TXT x\nsend\n", "hmac-sha256:nobody:MDEyMw==").said,
              HasSubstr("BADKEY"));
  EXPECT_THAT(
      nsupdate("zone corp.test\nadd a.corp.test 1 TXT x\nsend\n", "hmac-sha512:narrow-key:MDEyMw==").said,
      HasSubstr("BADSIG"));
  EXPECT_THAT(server_.txt("a.corp.test"), IsEmpty());
}

TEST_P(UpdateClients, NsupdateWithoutAKeyIsRefused) {
  const Ran ran = run("nsupdate", transport() + " -t 10",
                      at(server_.endpoint()) + "zone corp.test\nadd a.corp.test 1 TXT x\nsend\n");
  EXPECT_THAT(ran.said, HasSubstr("REFUSED"));
}

TEST_P(UpdateClients, NsupdateWorksAcrossACname) {
  server_.targets().set(Name::parse("_acme-challenge.www.corp.example").value(),
                        Name::parse("7f3k.acme.test").value());
  const Ran ran =
      run("nsupdate", transport() + " -t 10 -y " + std::string(kKey),
          at(server_.update_endpoint()) + "add _acme-challenge.www.corp.example 60 TXT x\nsend\n");
  EXPECT_TRUE(ran.succeeded) << ran.said;
  EXPECT_THAT(server_.txt("7f3k.acme.test"), ElementsAre("\"x\""));
}

TEST_P(UpdateClients, KnsupdateAddsAndDeletes) {
  const std::string owner = "_acme-challenge.www.corp.test";
  Ran ran = knsupdate("zone corp.test.\nadd " + owner + ". 60 TXT \"token\"\nsend\nanswer\n");
  EXPECT_TRUE(ran.succeeded) << ran.said;
  EXPECT_THAT(server_.txt(owner), ElementsAre("\"token\""));
  ran = knsupdate("zone corp.test.\ndel " + owner + ". TXT\nsend\n");
  EXPECT_TRUE(ran.succeeded) << ran.said;
  EXPECT_THAT(server_.txt(owner), IsEmpty());
}

TEST_P(UpdateClients, KdigTakesTheAnswerToItsSignedQuery) {
  const std::string flag = transport().empty() ? "" : "+tcp ";
  const Ran ran = run("kdig",
                      "@" + server_.endpoint().address + " -p " + std::to_string(server_.endpoint().port) +
                          " " + flag + "-y " + std::string(kKey) + " corp.test SOA",
                      "");
  EXPECT_THAT(ran.said, HasSubstr("status: NOERROR"));
  EXPECT_THAT(ran.said, testing::Not(HasSubstr("WARNING")));
  EXPECT_THAT(ran.said, HasSubstr("TSIG PSEUDOSECTION"));
}

}  // namespace
}  // namespace dnsserver
