#include "app/cli/acme_dns_database.h"

#include <gmock/gmock.h>

#include <fstream>

#include "tests/app/program.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;

// Tables as acme-dns makes them. It writes passwords as octets, not as text.
constexpr const char* kTables =
    "d.execute(\"CREATE TABLE acmedns(Name TEXT, Value TEXT)\")\n"
    "d.execute(\"INSERT INTO acmedns VALUES('db_version', '1')\")\n"
    "d.execute(\"CREATE TABLE records(Username TEXT UNIQUE NOT NULL PRIMARY KEY, Password TEXT UNIQUE NOT "
    "NULL,"
    " Subdomain TEXT UNIQUE NOT NULL, AllowFrom TEXT)\")\n"
    "d.execute(\"CREATE TABLE txt(Subdomain TEXT NOT NULL, Value TEXT NOT NULL DEFAULT '', LastUpdate "
    "INT)\")\n"
    "d.execute(\"INSERT INTO records VALUES('u2', ?, 's2', '[\\\"192.0.2.0/24\\\"]')\", (b'hash2',))\n"
    "d.execute(\"INSERT INTO records VALUES('u1', 'hash1', 's1', NULL)\")\n"
    "d.execute(\"INSERT INTO txt (Subdomain, LastUpdate) VALUES('s1', 0)\")\n"
    "d.execute(\"INSERT INTO txt VALUES('s2', 'new', 1790000000)\")\n"
    "d.execute(\"INSERT INTO txt VALUES('s2', 'old', 1780000000)\")\n"
    "d.commit()\n";

class AcmeDnsDatabaseTest : public testing::Test {
 protected:
  // Runs Python with the database open as `d`.
  void python(const std::string& text) {
    const Ended ended =
        run({"python3", "-c", "import sqlite3, sys, os\nd = sqlite3.connect(sys.argv[1])\n" + text, path_});
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
  }

  void expect_read() {
    const auto read = read_acme_dns_database(path_);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_THAT(read->accounts, ElementsAre(AcmeDnsAccount{"u1", "hash1", "s1", ""},
                                            AcmeDnsAccount{"u2", "hash2", "s2", "[\"192.0.2.0/24\"]"}));
    EXPECT_THAT(read->values, ElementsAre(AcmeDnsValue{"s1", "", 0}, AcmeDnsValue{"s2", "old", 1780000000},
                                          AcmeDnsValue{"s2", "new", 1790000000}));
  }

  base::Error refused() { return read_acme_dns_database(path_).error(); }

  support::TempDirectory directory_;
  const std::string path_ = directory_.path() / "acme-dns.db";
};

TEST_F(AcmeDnsDatabaseTest, IsReadAsAcmeDnsWritesIt) {
  python(kTables);
  expect_read();
}

TEST_F(AcmeDnsDatabaseTest, IsReadWithWhatStandsInItsLog) {
  // It ends without closing, as after SIGKILL: all that was written is in the log.
  python("d.execute('PRAGMA journal_mode=WAL')\nd.execute('PRAGMA wal_autocheckpoint=0')\n" +
         std::string(kTables) + "os._exit(0)\n");
  ASSERT_TRUE(std::filesystem::exists(path_ + "-wal"));
  expect_read();
}

TEST_F(AcmeDnsDatabaseTest, IsReadWhileItIsOpen) {
  python("d.execute('PRAGMA journal_mode=WAL')\n" + std::string(kTables));
  // Another process is in the middle of a change, which is not seen.
  const std::string ready = directory_.path() / "ready";
  ASSERT_EQ(run({"mkfifo", ready}).exit_code, 0);
  const support::TempDirectory output;
  Process writer(
      {"python3", "-c",
       "import sqlite3, sys, time\nd = sqlite3.connect(sys.argv[1])\nd.execute(\"DELETE FROM records\")\n"
       "open(sys.argv[2], 'w').close()\nopen(sys.argv[2]).read()\n",
       path_, ready},
      output.path());
  { std::ifstream(ready).get(); }
  expect_read();
  { std::ofstream(ready) << ""; }
  EXPECT_EQ(writer.wait().exit_code, 0);
}

TEST_F(AcmeDnsDatabaseTest, IsNotChanged) {
  python(kTables);
  const std::string before = run({"sha256sum", path_}).out;
  expect_read();
  EXPECT_EQ(run({"sha256sum", path_}).out, before);
}

TEST_F(AcmeDnsDatabaseTest, IsRefusedIfItIsNone) {
  EXPECT_EQ(refused().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused().detail, HasSubstr("cannot read " + path_ + ": unable to open database file"));
  std::ofstream(path_)
      << "This is no database, but a text that is longer than a header would be. And longer, and longer.";
  EXPECT_EQ(refused().kind, ErrorKind::malformed);
  EXPECT_EQ(refused().detail, path_ + " is no SQLite database");
}

TEST_F(AcmeDnsDatabaseTest, IsRefusedIfItIsAnotherPrograms) {
  python("d.execute('CREATE TABLE something(x)')\nd.commit()\n");
  EXPECT_EQ(refused().kind, ErrorKind::malformed);
  EXPECT_THAT(refused().detail,
              HasSubstr("is not the database of acme-dns 0.3 or later: it has no table \"records\""));
  python("d.execute('CREATE TABLE records(x)')\nd.commit()\n");
  EXPECT_THAT(refused().detail, HasSubstr("it has no table \"txt\""));
  python("d.execute('CREATE TABLE txt(x)')\nd.commit()\n");
  EXPECT_THAT(refused().detail, HasSubstr("no such column: Username"));
}

}  // namespace
}  // namespace app
