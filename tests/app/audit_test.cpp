#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "tests/app/dev_fixture.h"

// The audit log of a server, at the command line.
namespace app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

class Audit : public Dev {
 protected:
  void issue(const std::string& name) {
    ASSERT_EQ(cli({"cert", "issue", "--name", name, "--key-out", directory_.path() / "key.pem", "--cert-out",
                   directory_.path() / "chain.pem"})
                  .exit_code,
              0);
  }
  // Once the log has an entry of this kind.
  std::string entries_of(const std::string& kind) {
    std::string listed;
    for (int i = 0; i < kPollsMax && listed.empty(); ++i) {
      listed = cli({"audit", "list", "--kind", kind}).out;
      if (listed.empty()) ::nanosleep(&kPollInterval, nullptr);
    }
    return listed;
  }
  static std::string last_line(const std::string& text) {
    const size_t end = text.rfind('\n', text.size() - 2);
    return text.substr(end + 1, text.size() - end - 2);
  }
};

TEST_F(Audit, ListsAndVerifiesWhatHappened) {
  issue("www.acme.test");
  const Ended listed = cli({"audit", "list"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, StartsWith("1 20"));
  for (const char* kind : {" server.started\n", " account.created\n", " order.created www.acme.test\n",
                           " challenge.validated www.acme.test\n", " order.finalized www.acme.test\n",
                           " certificate.issued www.acme.test\n  by this server\n"}) {
    EXPECT_THAT(listed.out, HasSubstr(kind));
  }
  EXPECT_THAT(listed.out, HasSubstr("  by credential admin from 127.0.0.1\n"));
  EXPECT_THAT(cli({"audit", "list", "--kind", "order.", "--name", "www.acme.test"}).out,
              AllOf(HasSubstr("order.created"), Not(HasSubstr("certificate.issued"))));
  EXPECT_EQ(cli({"audit", "list", "--until", "2020-01-01"}).out, "");
  EXPECT_EQ(cli({"audit", "list", "--since", "yesterday"}).exit_code, 2);
  const std::string page = cli({"audit", "list", "--output", "json"}).out;
  EXPECT_TRUE(base::parse_json(page));

  const Ended verified = cli({"audit", "verify"});
  EXPECT_EQ(verified.exit_code, 0);
  EXPECT_THAT(verified.out,
              MatchesRegex("the audit log is intact from entry 1 to the last, [0-9]+\n[0-9]+:[0-9a-f]+\n"));
  const std::string head = last_line(verified.out);
  issue("api.acme.test");
  EXPECT_EQ(cli({"audit", "verify", "--expect", head}).exit_code, 0);
  const Ended other = cli({"audit", "verify", "--expect", "1" + head.substr(head.find(':'))});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("the audit log is not intact: entry 1 is another than was expected"));
  EXPECT_EQ(cli({"audit", "verify", "--expect", "1"}).exit_code, 1);
}

TEST_F(Audit, ExportsForOtherPrograms) {
  issue("www.acme.test");
  std::istringstream lines(cli({"audit", "export"}).out);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = base::parse_json(line);
    ASSERT_TRUE(json) << line;
    EXPECT_TRUE(json->find("payload"));
    EXPECT_EQ(json->find("link")->string()->size(), 64u);
  }
  EXPECT_GT(count, 5);
  const Ended csv =
      cli({"audit", "export", "--format", "csv", "--kind", "certificate.issued", "--name", "www.acme.test"});
  EXPECT_THAT(csv.out, StartsWith("sequence,time,kind,credential,"));
  EXPECT_EQ(std::count(csv.out.begin(), csv.out.end(), '\n'), 2);
  EXPECT_EQ(cli({"audit", "export", "--format", "xml"}).exit_code, 2);
  EXPECT_EQ(cli({"audit", "export", "--format", "csv", "--output", "json"}).exit_code, 1);
}

TEST_F(Audit, ReportsInHtmlAndCsv) {
  issue("www.acme.test");
  const std::string file = directory_.path() / "report.html";
  const Ended made = cli({"audit", "report", "--out", file});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  std::ostringstream page;
  page << std::ifstream(file).rdbuf();
  EXPECT_THAT(page.str(), AllOf(StartsWith("<!doctype html>"), HasSubstr("www.acme.test"),
                                HasSubstr("www.acme.test by dns-01 (BR 3.2.2.4.7)"),
                                HasSubstr("The server verified its audit log from entry 1 ")));
  EXPECT_THAT(cli({"audit", "report", "--format", "csv"}).out,
              AllOf(StartsWith("section,time,"), HasSubstr("\r\nissued,20")));
  const Ended empty = cli({"audit", "report", "--since", "2020-01-01", "--until", "2020-02-01"});
  EXPECT_THAT(empty.out, HasSubstr("No certificate was issued."));
  EXPECT_EQ(cli({"audit", "report", "--since", "2020-01-01", "--until", "2019-01-01"}).exit_code, 1);
  EXPECT_EQ(cli({"audit", "report", "--output", "json"}).exit_code, 1);
}

TEST_F(Audit, TellsWhatIsAdministeredInTheDns) {
  ASSERT_EQ(cli({"zone", "create", "corp.test", "--name-server", "ns1.acme.test"}).exit_code, 0);
  ASSERT_EQ(cli({"zone", "rrset", "put", "www.corp.test", "A", "192.0.2.1"}).exit_code, 0);
  ASSERT_EQ(cli({"credential", "create", "--subtree", "corp.test", "--user", "lego"}).exit_code, 0);
  ASSERT_EQ(cli({"txt", "present", "a.corp.test", "value"}).exit_code, 0);
  ASSERT_EQ(cli({"zone", "delete", "corp.test"}).exit_code, 0);

  EXPECT_THAT(cli({"audit", "list", "--name", "corp.test"}).out,
              AllOf(HasSubstr(" zone.created corp.test\n  by credential admin from 127.0.0.1\n  serial "),
                    HasSubstr(" publishing_credential.created corp.test\n"),
                    HasSubstr("  scope corp.test. and below\n  user_name lego\n"),
                    HasSubstr(" zone.deleted corp.test\n"), Not(HasSubstr("value"))));
  EXPECT_THAT(cli({"audit", "list", "--kind", "rrset."}).out,
              HasSubstr(" rrset.put www.corp.test\n  by credential admin from 127.0.0.1\n  type A\n"));
  EXPECT_THAT(cli({"audit", "export", "--kind", "zone.deleted"}).out, HasSubstr("\"zone.deleted\""));
  EXPECT_THAT(cli({"audit", "report", "--format", "csv"}).out,
              AllOf(HasSubstr("operators,20"), HasSubstr("zone.created,corp.test"),
                    HasSubstr("publishing_credential.created,corp.test")));
  EXPECT_EQ(cli({"audit", "verify"}).exit_code, 0);
}

TEST_F(Audit, TellsOfAReloadAndOfOneThatIsRefused) {
  process_->signal(SIGHUP);
  EXPECT_THAT(entries_of("server.reloaded"), HasSubstr(" server.reloaded\n  by this server\n"));
  std::ofstream(std::filesystem::path(state_) / "ca" / "issuing.pem") << "no certificate\n";
  process_->signal(SIGHUP);
  EXPECT_THAT(entries_of("server.reload_refused"),
              AllOf(HasSubstr("  problem unavailable\n"), HasSubstr("issuing.pem")));
  issue("www.acme.test");
  EXPECT_THAT(cli({"audit", "report", "--format", "csv"}).out, HasSubstr(",server.reload_refused,"));
}

}  // namespace
}  // namespace app
