#include <gmock/gmock.h>

#include "app/files.h"
#include "app/state.h"
#include "tests/app/dev_fixture.h"

// `assay dev` and its clients, as a user starts them.
namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

TEST_F(Dev, AnswersForItsZone) {
  EXPECT_THAT(cli({"zone", "list"}).out,
              MatchesRegex("acme\\.test\\. serial [0-9]+ NS ns1\\.acme\\.test\\.\n"));
  EXPECT_EQ(dig("ns1.acme.test", "A"), "127.0.0.1\n");
}

TEST_F(Dev, PublishesStaticRRsets) {
  EXPECT_EQ(cli({"zone", "rrset", "put", "www.acme.test", "A", "192.0.2.1", "192.0.2.2", "--ttl", "5m"}).out,
            "www.acme.test. 300 IN A 192.0.2.1\nwww.acme.test. 300 IN A 192.0.2.2\n");
  EXPECT_EQ(dig("www.acme.test", "A"), "192.0.2.1\n192.0.2.2\n");
  EXPECT_THAT(cli({"zone", "rrset", "list", "acme.test"}).out,
              HasSubstr("www.acme.test. 300 IN A 192.0.2.2\n"));
  EXPECT_EQ(cli({"zone", "rrset", "delete", "www.acme.test", "A"}).exit_code, 0);
  EXPECT_EQ(dig("www.acme.test", "A"), "");
}

TEST_F(Dev, CreatesAndDeletesZones) {
  EXPECT_EQ(cli({"zone", "create", "_acme-challenge.corp.test", "--name-server", "ns1.acme.test"}).exit_code,
            0);
  EXPECT_EQ(dig("_acme-challenge.corp.test", "NS"), "ns1.acme.test.\n");
  EXPECT_EQ(cli({"zone", "delete", "_acme-challenge.corp.test"}).exit_code, 0);
  EXPECT_EQ(dig("_acme-challenge.corp.test", "NS"), "");
  const Ended again = cli({"zone", "delete", "_acme-challenge.corp.test"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("notFound"));
}

TEST_F(Dev, PublishesAndRemovesTxtValues) {
  const std::string value = "-bcdefghijklmnopqrstuvwxyz0123456789ABCDEFg";
  EXPECT_THAT(cli({"txt", "present", "a.acme.test", value}).out,
              StartsWith("a.acme.test. TXT \"" + value + "\""));
  EXPECT_EQ(cli({"txt", "present", "a.acme.test", "other", "--lifetime", "5m"}).exit_code, 0);
  EXPECT_THAT(dig("a.acme.test", "TXT"), HasSubstr("\"" + value + "\"\n"));
  EXPECT_EQ(cli({"txt", "remove", "a.acme.test", value}).out, "1 removed\n");
  EXPECT_EQ(cli({"txt", "remove", "a.acme.test", value}).out, "0 removed\n");
  EXPECT_EQ(dig("a.acme.test", "TXT"), "\"other\"\n");
  EXPECT_EQ(cli({"txt", "remove", "a.acme.test", "--all"}).out, "1 removed\n");
}

TEST_F(Dev, GivesKeysForExternalAccountBinding) {
  const Ended made = cli({"eab", "create", "--allow", "*.Corp.test", "--certificate-lifetime-max", "30d",
                          "--uses", "2", "--comment", "a test"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const std::string id = made.out.substr(0, made.out.find(' '));
  const std::string shown =
      id +
      " \"a test\"\n  directory default\n  allows *.corp.test\n  certificates of up to 30d\n"
      "  used 0 of 2 times\n";
  EXPECT_THAT(made.out, StartsWith(shown + "  key identifier " + id + "\n  HMAC key "));
  EXPECT_EQ(cli({"eab", "show", id}).out, shown);
  EXPECT_EQ(cli({"eab", "list"}).out, shown);
  EXPECT_THAT(cli({"eab", "disable", id}).out, StartsWith(id + " \"a test\" disabled\n"));
  EXPECT_EQ(cli({"eab", "enable", id}).out, shown);
  EXPECT_EQ(cli({"eab", "delete", id}).out, "deleted\n");
  const Ended gone = cli({"eab", "delete", id});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_THAT(gone.err, HasSubstr("notFound"));
  EXPECT_EQ(cli({"eab", "list"}).out, "");
  EXPECT_THAT(cli({"eab", "create", "--expires", "2030-01-31T01:00:00+01:00"}).out,
              HasSubstr("  until 2030-01-31T00:00:00Z\n"));
  EXPECT_THAT(cli({"eab", "create", "--directory", "team"}).err, HasSubstr("there is no directory \"team\""));
}

TEST_F(Dev, SaysWhatItsPolicyWouldCertify) {
  const Ended allowed = cli({"policy", "test", "www.acme.test", "*.acme.test", "--key-type", "p256"});
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
  EXPECT_EQ(allowed.out, "would be issued\n");
  const Ended refused = cli({"policy", "test", "www.acme.test", "1.2.0.192.in-addr.arpa"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.out, "rejectedIdentifier: \"1.2.0.192.in-addr.arpa\" is a name of the reverse mapping\n");
  EXPECT_THAT(refused.err, HasSubstr("would not be issued"));
  const Ended unknown = cli({"policy", "test", "www.acme.test", "--account", "nobody"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no such account"));
  EXPECT_THAT(cli({"policy", "test", "www.acme.test", "--directory", "team"}).err,
              HasSubstr("there is no ACME directory \"team\""));
  EXPECT_EQ(cli({"policy", "test", "www.acme.test", "--external-account", "nobody"}).exit_code, 1);
  EXPECT_EQ(cli({"policy", "test", "www.acme.test", "--key-type", "p224"}).exit_code, 2);
  EXPECT_EQ(cli({"policy", "test"}).exit_code, 2);
}

TEST_F(Dev, PausesNothingAsItComes) {
  EXPECT_EQ(cli({"pause", "list"}).out, "");
  EXPECT_EQ(cli({"pause", "list", "--account", "nobody", "--output", "json"}).exit_code, 0);
  const Ended nothing = cli({"pause", "remove", "nobody"});
  EXPECT_EQ(nothing.exit_code, 1);
  EXPECT_THAT(nothing.err, HasSubstr("nothing is paused for the account"));
  EXPECT_THAT(cli({"pause", "remove", "nobody", "corp.test"}).err, HasSubstr("none of the names is paused"));
  EXPECT_THAT(cli({"pause", "remove", "nobody", "corp.test."}).err, HasSubstr("corp.test."));
  EXPECT_EQ(cli({"pause", "remove"}).exit_code, 2);
}

TEST_F(Dev, GivesCredentialsThatPublishByHttp) {
  const Ended made =
      cli({"credential", "create", "--subtree", "acme.test", "--user", "lego", "--comment", "a test"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("writes acme.test. and below\n"));
  const size_t at = made.out.find("password ") + 9;
  const std::string password = made.out.substr(at, made.out.find('\n', at) - at);
  const std::string door = "https://localhost:" + std::to_string(run_.publish.front().port);
  const auto curl = [&](const std::string& target, const std::string& body) {
    return run({"curl", "-sS", "--cacert", run_.root_file, "--user", "lego:" + password, "--data", body,
                door + target})
        .out;
  };
  EXPECT_EQ(curl("/present", R"({"fqdn":"_acme-challenge.www.acme.test.","value":"v"})"), "{}");
  EXPECT_EQ(dig("_acme-challenge.www.acme.test", "TXT"), "\"v\"\n");
  EXPECT_EQ(curl("/cleanup", R"({"fqdn":"_acme-challenge.www.acme.test.","value":"v"})"), "{}");
  EXPECT_EQ(dig("_acme-challenge.www.acme.test", "TXT"), "");
  EXPECT_THAT(curl("/register", ""), HasSubstr(R"("fulldomain":")"));

  const std::string id = made.out.substr(0, made.out.find(' '));
  EXPECT_THAT(cli({"credential", "show", id}).out,
              AllOf(StartsWith(id + " \"a test\"\n"), Not(HasSubstr(password))));
  EXPECT_THAT(cli({"credential", "update", id, "--disable"}).out, HasSubstr(" disabled\n"));
  EXPECT_THAT(curl("/present", "{}"), HasSubstr("error"));
  EXPECT_EQ(cli({"credential", "delete", id}).out, "deleted with 0 values\n");
  EXPECT_THAT(cli({"credential", "list"}).out, Not(HasSubstr(id)));
}

TEST_F(Dev, PrintsJson) {
  cli({"txt", "present", "a.acme.test", "value"});
  EXPECT_THAT(
      cli({"txt", "list", "--output", "json"}).out,
      MatchesRegex("\\{\"challenges\":\\[\\{\"name\":\"a\\.acme\\.test\\.\",\"value\":\"value\",\"tag\":\"\","
                   "\"expireTime\":\"[^\"]*\"\\}\\],\"nextPageToken\":\"\"\\}\n"));
}

TEST_F(Dev, IssuesByOneCall) {
  const std::string key = directory_.path() / "key.pem";
  const std::string chain = directory_.path() / "chain.pem";
  const Ended issued = cli({"cert", "issue", "--name", "www.acme.test", "--name", "*.www.acme.test",
                            "--key-out", key, "--cert-out", chain});
  EXPECT_EQ(issued.exit_code, 0) << issued.err;
  EXPECT_THAT(issued.err, HasSubstr("validated *.www.acme.test\n"));
  const Ended verified =
      run({"openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname",
           "x.www.acme.test", "-CAfile", run_.root_file, "-untrusted", chain, chain});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_EQ(run({"openssl", "x509", "-in", chain, "-noout", "-pubkey"}).out,
            run({"openssl", "pkey", "-in", key, "-pubout"}).out);
  EXPECT_EQ(cli({"txt", "list"}).out, "");
}

TEST_F(Dev, IssuesForACsrToStdout) {
  const std::string csr = directory_.path() / "csr.pem";
  run({"openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
       directory_.path() / "key.pem", "-subj", "/CN=api.acme.test", "-addext",
       "subjectAltName=DNS:api.acme.test", "-out", csr});
  EXPECT_THAT(cli({"cert", "issue", "--csr", csr}).out, StartsWith("-----BEGIN CERTIFICATE-----\n"));
}

TEST_F(Dev, KeepsTheKeyInUseWhenTheIssuanceFails) {
  const auto key = directory_.path() / "key.pem";
  ASSERT_TRUE(write_file(key, "in use", FileMode::secret));
  const Ended failed = cli({"cert", "issue", "--name", "www.elsewhere.test", "--key-out", key});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("\n  www.elsewhere.test: "));
  EXPECT_EQ(read_file(key).value(), "in use");
  EXPECT_FALSE(std::filesystem::exists(key.string() + ".new"));
}

TEST_F(Dev, RefusesACallerWithoutItsToken) {
  const auto other = directory_.path() / "other.token";
  ASSERT_TRUE(write_file(other, "0123456789abcdef", FileMode::secret));
  const Ended refused = cli({"zone", "list", "--token-file", other});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("neither a known bearer token nor a known client certificate"));
}

TEST_F(Dev, DrainsOnSigtermAndKeepsItsState) {
  ASSERT_EQ(cli({"txt", "present", "a.acme.test", "value"}).exit_code, 0);
  const std::string root = read_file(run_.root_file).value();
  const Ended first = stop();
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("server.end"));
  EXPECT_EQ(cli({"zone", "list"}).exit_code, 1);
  start();
  EXPECT_EQ(dig("a.acme.test", "TXT"), "\"value\"\n");
  EXPECT_EQ(read_file(run_.root_file).value(), root);
}

TEST_F(Dev, KeepsItsStateWhenItIsKilled) {
  ASSERT_EQ(cli({"txt", "present", "a.acme.test", "value"}).exit_code, 0);
  EXPECT_EQ(stop(SIGKILL).exit_code, 128 + SIGKILL);
  remove_run_file(state_);
  start();
  EXPECT_EQ(dig("a.acme.test", "TXT"), "\"value\"\n");
}

TEST_F(Dev, RefusesAStateThatIsInUse) {
  const Ended second = run(command());
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, MatchesRegex("assay: [^\n]* in use[^\n]*\n"));
}

TEST_F(Dev, TakesNewCertificatesOnSighup) {
  const std::string before = grpc_serial();
  ASSERT_THAT(before, StartsWith("serial="));
  process_->signal(SIGHUP);
  std::string after = before;
  for (int i = 0; i < kPollsMax && after == before; ++i)
    after = grpc_serial();
  EXPECT_THAT(after, StartsWith("serial="));
  EXPECT_NE(after, before);
}

TEST_F(Dev, IsBackedUpWhileItRuns) {
  ASSERT_EQ(cli({"txt", "present", "a.acme.test", "value"}).exit_code, 0);
  const std::string copy = directory_.path() / "copy";
  const Ended backup = assay({"backup", copy, "--state", state_});
  ASSERT_EQ(backup.exit_code, 0) << backup.err;
  stop();
  std::filesystem::remove_all(state_);
  const Ended restored = assay({"restore", copy, "--state", state_});
  ASSERT_EQ(restored.exit_code, 0) << restored.err;
  start();
  EXPECT_EQ(dig("a.acme.test", "TXT"), "\"value\"\n");
}

}  // namespace
}  // namespace app
