#include <gmock/gmock.h>

#include "tests/app/dev_fixture.h"

// `assay import`, from a database as acme-dns leaves it behind.
namespace app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class Import : public Dev {
 protected:
  // Two accounts with values that were posted now, one of before, and one whose hash is none.
  void make_database() {
    const Ended ended = run({"python3", "-W", "ignore", "-c", R"py(
import crypt, sqlite3, sys, time
d = sqlite3.connect(sys.argv[1])
d.execute("CREATE TABLE acmedns(Name TEXT, Value TEXT)")
d.execute("INSERT INTO acmedns VALUES('db_version', '1')")
d.execute("""CREATE TABLE records(Username TEXT UNIQUE NOT NULL PRIMARY KEY, Password TEXT UNIQUE NOT NULL,
             Subdomain TEXT UNIQUE NOT NULL, AllowFrom TEXT)""")
d.execute("CREATE TABLE txt(Subdomain TEXT NOT NULL, Value TEXT NOT NULL DEFAULT '', LastUpdate INT)")
for i in (1, 2):
    password = crypt.crypt("key%d" % i * 10, "$2a$10$" + "abcdefghijklmnopqrst%du" % i)
    d.execute("INSERT INTO records VALUES(?, ?, ?, ?)",
              ("user%d" % i, password.encode(), "sub%d" % i, '["127.0.0.0/8"]' if i == 1 else "[]"))
    d.execute("INSERT INTO txt VALUES(?, ?, ?)", ("sub%d" % i, "value%d" % i, int(time.time())))
d.execute("INSERT INTO txt (Subdomain, LastUpdate) VALUES('sub1', 0)")
d.execute("INSERT INTO txt VALUES('sub2', 'old', 1500000000)")
d.execute("INSERT INTO records VALUES('user3', 'plain', 'sub3', '[]')")
d.commit()
)py",
                             database_});
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
  }

  Ended import(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"import", "acme-dns", database_, "--domain", "acme.test"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return cli(std::move(arguments));
  }

  const std::string database_ = directory_.path() / "acme-dns.db";
};

TEST_F(Import, TakesAccountsAndLiveValuesAndTellsWhatItLeavesOut) {
  make_database();
  const Ended first = import();
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.out,
            "2 accounts taken, 0 here already, 1 left out; 2 values live, 1 left out because they are over 7 "
            "days old\n");
  EXPECT_THAT(first.err, StartsWith("left out: account user3 (sub3): "));
  EXPECT_EQ(dig("sub1.acme.test", "TXT"), "\"value1\"\n");
  EXPECT_EQ(dig("sub2.acme.test", "TXT"), "\"value2\"\n");
}

TEST_F(Import, ChangesNothingTheSecondTime) {
  make_database();
  ASSERT_EQ(import().exit_code, 0);
  const std::string zone = dig("acme.test", "SOA");
  EXPECT_EQ(import().out,
            "0 accounts taken, 2 here already, 1 left out; 2 values live, 1 left out because they are over 7 "
            "days old\n");
  EXPECT_EQ(dig("acme.test", "SOA"), zone);
}

TEST_F(Import, IsTriedFirst) {
  make_database();
  EXPECT_THAT(import({"--dry-run"}).out,
              StartsWith("2 accounts would be taken, 0 here already, 1 left out; 2 values"));
  EXPECT_EQ(dig("sub1.acme.test", "TXT"), "");
  EXPECT_THAT(import().out, StartsWith("2 accounts taken, "));
}

TEST_F(Import, WantsAZoneForTheDomain) {
  make_database();
  const Ended ended = cli({"import", "acme-dns", database_, "--domain", "elsewhere.test"});
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.err,
              HasSubstr("left out: account user1 (sub1.elsewhere.test.): no zone of this server holds "));
  EXPECT_THAT(ended.out, StartsWith("0 accounts taken, 0 here already, 3 left out; "));
}

TEST_F(Import, RefusesWhatIsNoDatabase) {
  const Ended ended = import();
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.err, AllOf(StartsWith("assay: cannot read "), HasSubstr("unable to open database file")));
}

}  // namespace
}  // namespace app
