#include <gmock/gmock.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/app/dev_fixture.h"

// An operator who looks after the issuing CAs of a server, which runs or does not.
namespace app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CaCommands : public Dev {
 protected:
  CaCommands() {
    std::ofstream(config_) << "state_directory = \"" << state_ << R"("
[[issuance.issuer]]
name = "default"
[[issuance.issuer]]
name = "team"
passphrase_file = ")" << file("passphrase")
                           << "\"\n";
    std::ofstream(file("passphrase")) << "correct horse\n";
    run({"chmod", "600", file("passphrase")});
  }

  std::string file(const std::string& name) const { return directory_.path() / name; }

  // A command that works on files.
  Ended files(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "ca");
    arguments.insert(arguments.end(), {"--config", config_});
    return assay(std::move(arguments));
  }

  static int count_of(const std::string& text, const std::string& part) {
    int count = 0;
    for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1))
      ++count;
    return count;
  }

  // What openssl says of a new certificate, and who signed it.
  std::string issue() {
    const Ended issued = cli({"cert", "issue", "--name", "www.acme.test", "--key-out", file("key.pem"),
                              "--cert-out", file("chain.pem")});
    if (issued.exit_code != 0) return issued.err;
    const Ended verified = run({"openssl", "verify", "-x509_strict", "-CAfile", state_ + "/root.pem",
                                "-untrusted", file("chain.pem"), file("chain.pem")});
    if (verified.exit_code != 0) return verified.out + verified.err;
    return run({"openssl", "x509", "-noout", "-issuer", "-nameopt", "RFC2253", "-in", file("chain.pem")}).out;
  }

  const std::string config_ = file("assay.toml");
};

TEST_F(CaCommands, ACertificateIsPreparedShownAndRotatedToWhileTheServerRuns) {
  const std::string before = issue();
  EXPECT_THAT(before, StartsWith("issuer=CN=Assay Development Issuing CA"));
  EXPECT_THAT(cli({"ca", "list"}).out,
              AllOf(StartsWith("default\n  current issuing, key in a file\n    CN=Assay"),
                    HasSubstr("    P-256, until 20"), Not(HasSubstr("next"))));
  EXPECT_THAT(cli({"ca", "rotate"}).err, HasSubstr("no next certificate"));

  const Ended renewed = files({"renew", "--common-name", "Next Issuing CA", "--key-type", "rsa2048"});
  EXPECT_EQ(renewed.exit_code, 0) << renewed.err;
  process_->signal(SIGHUP);
  for (int i = 0; i < kPollsMax && cli({"audit", "list", "--kind", "server.reloaded"}).out.empty(); ++i)
    ::nanosleep(&kPollInterval, nullptr);
  EXPECT_THAT(cli({"ca", "list"}).out, HasSubstr("  next issuing-2, "));
  EXPECT_THAT(
      cli({"audit", "list", "--kind", "issuer."}).out,
      AllOf(HasSubstr(" issuer.changed\n  by this server\n  is next, and is new\n"),
            HasSubstr("  role next\n"), HasSubstr("  subject CN=Next Issuing CA,O=Assay Development,C=XX\n"),
            HasSubstr("  key_algorithm RSA 2048\n  key in a file\n  ceremony renew 20"),
            HasSubstr("Z by uid " + std::to_string(::getuid()))));
  EXPECT_EQ(issue(), before);

  const Ended refused = files({"rotate"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("a server uses this state directory"));
  const Ended rotated = cli({"ca", "rotate"});
  EXPECT_THAT(rotated.out, AllOf(HasSubstr("  retired issuing, "), HasSubstr("  current issuing-2, "),
                                 HasSubstr("    CN=Next Issuing CA,O=Assay Development,C=XX\n"),
                                 HasSubstr("    RSA 2048, until 20")));
  EXPECT_EQ(issue(), "issuer=CN=Next Issuing CA,O=Assay Development,C=XX\n");

  EXPECT_EQ(stop().exit_code, 0);
  start();
  EXPECT_EQ(issue(), "issuer=CN=Next Issuing CA,O=Assay Development,C=XX\n");
  EXPECT_THAT(cli({"ca", "list", "--output", "json"}).out, HasSubstr("\"role\":\"retired\""));
  const std::string told = cli({"audit", "list"}).out;
  EXPECT_THAT(told, HasSubstr(" issuer.rotated\n  by credential admin from 127.0.0.1\n"));
  EXPECT_EQ(count_of(told, " issuer.changed\n"), 3) << "next, retired and current, each once";
}

TEST_F(CaCommands, WithoutAServerTheFilesAreRotated) {
  EXPECT_EQ(stop().exit_code, 0);
  EXPECT_EQ(files({"renew", "--same-key", "--lifetime", "365d"}).exit_code, 0);
  const Ended rotated = files({"rotate"});
  EXPECT_THAT(rotated.out, AllOf(HasSubstr("retired issuing,"), HasSubstr("current issuing-2,")))
      << rotated.err;
  EXPECT_THAT(files({"rotate"}).err, HasSubstr("no next certificate"));
  start();
  EXPECT_THAT(issue(), StartsWith("issuer=CN=Assay Development Issuing CA"));
  EXPECT_THAT(cli({"audit", "list", "--kind", "issuer.changed"}).out,
              AllOf(HasSubstr("  is retired, and was current\n"), HasSubstr("  is current, and is new\n"),
                    HasSubstr("  ceremony renew 20"), HasSubstr("  ceremony rotate 20")));
}

TEST_F(CaCommands, AnIssuerIsInitializedWithConstraintsAndEncryptedKeys) {
  const Ended made = files({"init", "--issuer", "team", "--name", "Team", "--organization", "Corp",
                            "--country", "CH", "--permitted", "corp.test", "--excluded", "secret.corp.test"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  const Ended listed = files({"list"});
  EXPECT_THAT(
      listed.out,
      HasSubstr("team\n  current issuing, key in an encrypted file\n    CN=Team Issuing CA,O=Corp,C=CH\n"
                "    by CN=Team Root CA,O=Corp,C=CH\n"))
      << listed.err;
  EXPECT_THAT(listed.out,
              AllOf(HasSubstr("    may certify corp.test\n"), HasSubstr("    may not certify secret.")));
  EXPECT_THAT(files({"init", "--issuer", "team", "--name", "Team"}).err, HasSubstr("is not empty"));
  EXPECT_THAT(files({"init", "--issuer", "other", "--name", "Other"}).err,
              HasSubstr("no issuer called \"other\""));
}

TEST_F(CaCommands, ASubordinateOfACompanysRootIsRequestedAndInstalled) {
  const Ended requested = files({"csr", "--issuer", "team", "--common-name", "Team Issuing CA"});
  EXPECT_THAT(requested.out, StartsWith("-----BEGIN CERTIFICATE REQUEST-----\n")) << requested.err;
  std::ofstream(file("team.csr")) << requested.out;
  EXPECT_THAT(files({"csr", "--issuer", "team", "--common-name", "Team"}).err,
              HasSubstr("a request already"));
  std::ofstream(file("more.cnf")) << "authorityKeyIdentifier = keyid\n";
  run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
       "100", "-subj", "/CN=Company Root", "-keyout", file("root.key"), "-out", file("root.pem")});
  run({"openssl", "x509", "-req", "-in", file("team.csr"), "-CA", file("root.pem"), "-CAkey",
       file("root.key"), "-days", "50", "-copy_extensions", "copyall", "-extfile", file("more.cnf"), "-out",
       file("team.pem")});
  EXPECT_THAT(files({"install", file("team.pem"), "--issuer", "team"}).err,
              HasSubstr("not signed by its own key"));
  run({"bash", "-c", "cat " + file("team.pem") + " " + file("root.pem") + " > " + file("chain.pem")});
  const Ended installed = files({"install", file("chain.pem"), "--issuer", "team"});
  EXPECT_THAT(installed.out, HasSubstr("the server can start")) << installed.err;
  EXPECT_THAT(files({"list"}).out, HasSubstr("team\n  current issuing, key in an encrypted file\n"));
}

TEST_F(CaCommands, ARootOfOnesOwnHasACrlThatItsIssuingCaNames) {
  const Ended made =
      files({"init", "--issuer", "team", "--name", "Team", "--purpose", "server_auth,client_auth",
             "--crl-url", "http://pki.test/root.crl", "--ca-issuers-url", "http://pki.test/root.crt"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  const std::string issuing = state_ + "/issuers/team/issuing.pem";
  EXPECT_THAT(run({"openssl", "x509", "-noout", "-text", "-in", issuing}).out,
              AllOf(HasSubstr("URI:http://pki.test/root.crl"), HasSubstr("URI:http://pki.test/root.crt"),
                    HasSubstr("TLS Web Client Authentication")));

  const std::string crl = file("root.crl");
  const Ended first = files({"crl", crl, "--issuer", "team", "--first"});
  EXPECT_THAT(first.out, StartsWith("made " + crl + ", good until ")) << first.err;
  const auto text = [&] {
    return run({"openssl", "crl", "-inform", "der", "-noout", "-text", "-in", crl}).out;
  };
  EXPECT_THAT(text(), HasSubstr("No Revoked Certificates"));
  const Ended second = files({"crl", crl, "--issuer", "team", "--revoke", issuing, "--reason", "superseded"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(text(), AllOf(HasSubstr("Serial Number: "), HasSubstr("Superseded")));
  EXPECT_EQ(files({"crl", crl, "--issuer", "team"}).exit_code, 0);  // goes on
  EXPECT_THAT(text(), HasSubstr("Superseded"));
  const auto revoked_as = [&](const char* reason) {
    return files({"crl", crl, "--issuer", "team", "--revoke", issuing, "--reason", reason});
  };
  EXPECT_THAT(revoked_as("boredom").err, HasSubstr("superseded"));
  EXPECT_THAT(revoked_as("unspecified").err, HasSubstr("no reason to revoke a CA"));
  EXPECT_THAT(revoked_as("cessationOfOperation").err, HasSubstr("is revoked already, as superseded"));
  EXPECT_EQ(revoked_as("cACompromise").exit_code, 0);
  EXPECT_THAT(text(), AllOf(HasSubstr("CA Compromise"), Not(HasSubstr("Superseded"))));
  EXPECT_EQ(files({"renew", "--same-key", "--purpose", "client_auth"}).exit_code, 2);
  EXPECT_EQ(files({"renew", "--same-key", "--crl-url", "https://pki.test/root.crl"}).exit_code, 2);
}

// Whoever is revoked would be trusted again.
TEST_F(CaCommands, ACrlOfARootBeginsAnewOnlyWhenItIsAskedTo) {
  ASSERT_EQ(files({"init", "--issuer", "team", "--name", "Team"}).exit_code, 0);
  const std::string issuing = state_ + "/issuers/team/issuing.pem";
  const std::string crl = file("root.crl");
  const Ended missing = files({"crl", crl, "--issuer", "team"});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.err, HasSubstr("root.crl is not there"));
  EXPECT_FALSE(std::filesystem::exists(crl));
  EXPECT_EQ(files({"crl", crl, "--issuer", "team", "--first"}).exit_code, 0);
  const Ended again = files({"crl", crl, "--issuer", "team", "--first"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("root.crl is there already"));

  EXPECT_EQ(files({"crl", crl, "--issuer", "team", "--reason", "superseded"}).exit_code, 2);
  EXPECT_EQ(files({"crl", crl, "--issuer", "team", "--revoke", issuing}).exit_code, 2);
}

// OpenSSL would encrypt with it, and open nothing.
TEST_F(CaCommands, APassphraseThatIsTooLongIsRefusedBeforeAKeyIsMade) {
  std::ofstream(file("passphrase")) << std::string(1001, 'p') << "\n";
  EXPECT_THAT(files({"init", "--issuer", "team", "--name", "Team"}).err,
              HasSubstr("has more than 1000 characters"));
}

TEST_F(CaCommands, WhatIsNotUnderstoodIsTold) {
  EXPECT_EQ(files({"init"}).exit_code, 2);
  EXPECT_EQ(files({"renew"}).exit_code, 2);
  EXPECT_EQ(files({"renew", "--same-key", "--common-name", "CA"}).exit_code, 2);
  EXPECT_EQ(files({"renew", "--same-key", "--key-type", "p384"}).exit_code, 2);
  EXPECT_EQ(files({"renew", "--same-key", "--organization", "Corp"}).exit_code, 2);
  EXPECT_EQ(files({"list", "--output", "json"}).exit_code, 2);
  EXPECT_EQ(files({"csr", "--common-name", "CA", "--key-type", "dsa"}).exit_code, 2);
  EXPECT_EQ(files({"csr", "--common-name", "CA", "--key-type", "p256", "--key", "pkcs11:token=ca;object=a"})
                .exit_code,
            2);
  EXPECT_EQ(assay({"ca", "init", "--name", "CA"}).exit_code, 2);
  EXPECT_THAT(files({"csr", "--common-name", "CA", "--permitted", "*.corp.test"}).err,
              HasSubstr("has a wildcard"));
  EXPECT_THAT(files({"csr", "--common-name", "CA", "--key", "pkcs11:token=ca;object=a"}).err,
              HasSubstr("no pkcs11_module"));
}

}  // namespace
}  // namespace app
