#include <gmock/gmock.h>

#include <fstream>

#include "base/json.h"
#include "tests/app/dev_fixture.h"

// The certificates of a server, at the command line.
namespace app {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class CertificateInventory : public Dev {
 protected:
  void issue(const std::string& name) {
    ASSERT_EQ(cli({"cert", "issue", "--name", name, "--key-out", directory_.path() / "key.pem", "--cert-out",
                   directory_.path() / "chain.pem"})
                  .exit_code,
              0);
  }
  Ended list(std::vector<std::string> options) {
    options.insert(options.begin(), {"cert", "list"});
    return cli(std::move(options));
  }
  static std::string serial_of(const Ended& ended) { return ended.out.substr(0, ended.out.find(' ')); }
};

TEST_F(CertificateInventory, ListsWhatFits) {
  EXPECT_EQ(list({"--domain", "acme.test"}).out, "");
  issue("www.acme.test");
  issue("api.acme.test");
  const Ended www = list({"--name", "www.acme.test"});
  EXPECT_THAT(www.out, MatchesRegex("[0-9a-f]+ valid\n  for www.acme.test\n  of account [0-9a-v]+, by order "
                                    "[0-9a-v]+\n  from 20[^ ]+ until 20[^ ]+\n"));
  const Ended both = list({"--domain", "acme.test"});
  EXPECT_THAT(both.out, AllOf(HasSubstr("  for api.acme.test\n"), EndsWith(www.out)));
  EXPECT_EQ(list({"--name", "acme.test"}).out, "");
  EXPECT_EQ(list({"--domain", "acme.test", "--status", "valid", "--ends-from", "2020-01-01"}).out, both.out);
  EXPECT_EQ(list({"--domain", "acme.test", "--ends-before", "2020-01-01"}).out, "");
  EXPECT_EQ(list({"--account", "nobody"}).out, "");
  EXPECT_EQ(list({"--profile", "web"}).out, "");
  EXPECT_THAT(list({"--name", "localhost"}).out, HasSubstr("  of this server's own listeners\n"));
  EXPECT_EQ(list({"--status", "good"}).exit_code, 2);
  EXPECT_EQ(list({"--ends-from", "soon"}).exit_code, 2);
  const Ended refused = list({"--key", "00"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("key_sha256: it is no SHA-256"));
  const std::string json = list({"--domain", "acme.test", "--output", "json"}).out;
  EXPECT_THAT(json, StartsWith("{\"certificates\":[{\"serial\":\""));
  EXPECT_TRUE(base::parse_json(json));
}

TEST_F(CertificateInventory, ShowsAllOfOne) {
  issue("www.acme.test");
  const std::string serial = serial_of(list({"--name", "www.acme.test"}));
  const Ended shown = cli({"cert", "show", serial});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(StartsWith(serial + " valid\n  for www.acme.test\n"), HasSubstr("  issued 20"),
                               HasSubstr("  key P-256 "), HasSubstr("  proved by authorization "),
                               HasSubstr("  to be renewed from 20"), HasSubstr("  kept until 20"),
                               HasSubstr("\n-----BEGIN CERTIFICATE-----\n"),
                               EndsWith("-----END CERTIFICATE-----\n"), Not(HasSubstr("revoked"))));
  std::string with_colons;
  for (size_t i = 0; i < serial.size(); i += 2)
    with_colons += (i == 0 ? "" : ":") + serial.substr(i, 2);
  EXPECT_EQ(cli({"cert", "show", with_colons}).out, shown.out);
  EXPECT_THAT(cli({"cert", "show", serial, "--output", "json"}).out, HasSubstr("\"pem\":\"-----BEGIN"));

  // The key is the one that the list knows it by.
  const size_t at = shown.out.find("  key P-256 ") + 12;
  EXPECT_EQ(serial_of(list({"--key", shown.out.substr(at, 64)})), serial);

  ASSERT_EQ(cli({"cert", "revoke", serial, "--reason", "superseded"}).exit_code, 0);
  EXPECT_THAT(cli({"cert", "show", serial}).out,
              AllOf(StartsWith(serial + " revoked\n"), HasSubstr(", superseded\n")));
  EXPECT_EQ(serial_of(list({"--status", "revoked"})), serial);
  EXPECT_EQ(list({"--name", "www.acme.test", "--status", "valid"}).out, "");
  const Ended unknown = cli({"cert", "show", "01"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no such certificate"));
  EXPECT_EQ(cli({"cert", "show", "0x01"}).exit_code, 1);
}

TEST_F(CertificateInventory, RevokesByProfile) {
  issue("www.acme.test");
  const Ended done = cli({"cert", "revoke", "--profile", "web", "--reason", "superseded"});
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("  certificates of profile web\n"), HasSubstr(" 0 revoked\n")));
  EXPECT_THAT(list({"--name", "www.acme.test"}).out, HasSubstr(" valid\n"));
}

TEST_F(CertificateInventory, BlocksAKeyByItsHash) {
  issue("www.acme.test");
  const Ended shown = cli({"cert", "show", serial_of(list({"--name", "www.acme.test"}))});
  const std::string key = shown.out.substr(shown.out.find("  key P-256 ") + 12, 64);
  const std::string weak(64, 'a');
  std::ofstream(directory_.path() / "weak.txt") << "# of a list\n" << weak << " CVE-2008-0166\n";
  const Ended blocked = cli({"cert", "block-key", "--keys", directory_.path() / "weak.txt"});
  EXPECT_EQ(blocked.out, "1 of 1 keys were not blocked before\n") << blocked.err;
  EXPECT_EQ(cli({"cert", "block-key", weak, key}).out, "1 of 2 keys were not blocked before\n");
  const Ended done = cli({"cert", "revoke", "--key", key, "--reason", "keyCompromise"});
  EXPECT_THAT(done.out, HasSubstr("  certificates of one key\n")) << done.err;
  EXPECT_THAT(list({"--name", "www.acme.test"}).out, HasSubstr(" revoked\n"));
  EXPECT_EQ(cli({"cert", "block-key"}).exit_code, 2);
  for (const std::string bad : {"xx", "aa", "a"})
    EXPECT_EQ(cli({"cert", "block-key", bad}).exit_code, 1) << bad;
  EXPECT_EQ(cli({"cert", "revoke", "--key", "xx", "--reason", "superseded"}).exit_code, 1);
}

}  // namespace
}  // namespace app
