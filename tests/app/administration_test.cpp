#include <gmock/gmock.h>

#include "base/json.h"
#include "tests/app/dev_fixture.h"

// What an operator sees of accounts, orders and authorizations, and does about them.
namespace app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class Administration : public Dev {
 protected:
  Ended issue(const std::string& name) {
    return cli({"cert", "issue", "--name", name, "--key-out", directory_.path() / "key.pem", "--cert-out",
                directory_.path() / "chain.pem"});
  }
  // The first word of the output.
  static std::string id_of(const Ended& ended) { return ended.out.substr(0, ended.out.find(' ')); }
  static size_t count(const std::string& text, const std::string& part) {
    size_t found = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
      ++found;
    return found;
  }
};

TEST_F(Administration, ShowsAndDisablesAccounts) {
  EXPECT_EQ(cli({"account", "list"}).out, "");
  ASSERT_EQ(issue("www.acme.test").exit_code, 0);
  const Ended listed = cli({"account", "list"});
  const std::string id = id_of(listed);
  EXPECT_THAT(listed.out,
              AllOf(StartsWith(id + " valid\n  directory default, made 20"),
                    HasSubstr("  of the gRPC credential admin\n"), HasSubstr("  key thumbprint ")));
  EXPECT_EQ(cli({"account", "show", id}).out, listed.out);
  EXPECT_EQ(cli({"account", "list", "--status", "valid", "--directory", "default"}).out, listed.out);
  EXPECT_EQ(cli({"account", "list", "--status", "revoked"}).out, "");
  EXPECT_EQ(cli({"account", "list", "--directory", "team"}).out, "");
  EXPECT_EQ(cli({"account", "list", "--status", "disabled"}).exit_code, 2);

  EXPECT_THAT(cli({"account", "contacts", id, "mailto:a@corp.test", "mailto:b@corp.test"}).out,
              HasSubstr("  contact mailto:a@corp.test\n  contact mailto:b@corp.test\n"));
  EXPECT_THAT(cli({"account", "contacts", id, "tel:1"}).err, HasSubstr("unsupportedContact"));
  EXPECT_THAT(cli({"account", "contacts", id}).out, Not(HasSubstr("contact ")));

  EXPECT_THAT(cli({"account", "disable", id}).out,
              AllOf(StartsWith(id + " revoked\n"), HasSubstr("  disabled 20")));
  EXPECT_EQ(cli({"account", "disable", id}).exit_code, 0);
  EXPECT_THAT(cli({"account", "contacts", id}).err, HasSubstr("the account is revoked"));
  const Ended refused = issue("api.acme.test");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("the account is revoked"));
  const Ended unknown = cli({"account", "show", id + "0"});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("there is no such account"));
  EXPECT_THAT(stop().err, HasSubstr("acme.account.disabled by=admin account=" + id));
}

TEST_F(Administration, ShowsOrdersAndAuthorizationsWithTheirEvidence) {
  ASSERT_EQ(issue("www.acme.test").exit_code, 0);
  ASSERT_EQ(issue("api.acme.test").exit_code, 0);
  const std::string account = id_of(cli({"account", "list"}));
  const Ended listed = cli({"order", "list"});
  EXPECT_EQ(count(listed.out, " valid\n  for "), 2u);
  EXPECT_EQ(cli({"order", "list", "--account", account, "--status", "valid"}).out, listed.out);
  EXPECT_EQ(cli({"order", "list", "--status", "invalid"}).out, "");
  EXPECT_EQ(cli({"order", "list", "--account", "nobody"}).out, "");
  EXPECT_EQ(cli({"order", "list", "--waiting"}).out, "");
  const std::string order = id_of(listed);
  const Ended shown = cli({"order", "show", order});
  EXPECT_THAT(shown.out, AllOf(StartsWith(order + " valid\n  for www.acme.test\n  of account " + account),
                               HasSubstr("  certificate 0"), HasSubstr("dns-01 valid, validated 20"),
                               HasSubstr("asked ")));

  const Ended authorizations = cli({"authorization", "list", "--account", account});
  EXPECT_EQ(count(authorizations.out, " valid\n"), 2u) << authorizations.out;
  EXPECT_THAT(authorizations.out, Not(HasSubstr("asked")));
  const std::string id = id_of(authorizations);
  EXPECT_THAT(cli({"authorization", "show", id}).out,
              AllOf(StartsWith(id + " www.acme.test valid\n  of account " + account), HasSubstr("asked ")));
  EXPECT_THAT(cli({"authorization", "revoke", id}).out,
              AllOf(StartsWith(id + " www.acme.test revoked\n"), HasSubstr("  revoked 20")));
  EXPECT_EQ(cli({"authorization", "revoke", id}).exit_code, 0);
  EXPECT_THAT(cli({"authorization", "show", order}).err, HasSubstr("there is no such authorization"));
}

TEST_F(Administration, SaysThatAnOrderWaitsForNobody) {
  ASSERT_EQ(issue("www.acme.test").exit_code, 0);
  const std::string order = id_of(cli({"order", "list"}));
  const Ended approved = cli({"order", "approve", order});
  EXPECT_EQ(approved.exit_code, 1);
  EXPECT_THAT(approved.err, HasSubstr("the order waits for no approval: it is valid and needs none"));
  EXPECT_EQ(cli({"order", "reject", order, "--reason", "why"}).exit_code, 1);
  EXPECT_EQ(cli({"order", "reject", order}).exit_code, 2);
  EXPECT_THAT(cli({"order", "approve", "nothing"}).err, HasSubstr("there is no such order"));
}

TEST_F(Administration, ListsTheDirectories) {
  EXPECT_EQ(cli({"directory", "list"}).out,
            "default " + run_.acme_directory +
                "\n  external account binding optional\n  issuer default\n  challenge dns-01\n");
}

TEST_F(Administration, PrintsAPageALineInJson) {
  ASSERT_EQ(issue("www.acme.test").exit_code, 0);
  for (const std::string group : {"account", "order", "authorization"}) {
    const std::string out = cli({group, "list", "--output", "json"}).out;
    EXPECT_THAT(out, AllOf(StartsWith("{\"" + group + "s\":[{\"id\":\""), HasSubstr("\"status\":\"valid\"")));
    EXPECT_EQ(count(out, "\n"), 1u);
    EXPECT_TRUE(base::parse_json(out));
  }
}

}  // namespace
}  // namespace app
