#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "app/files.h"
#include "app/rpc_server.h"
#include "tests/app/dev_fixture.h"

// Zones by file: `assay zone import`, `export` and `check`, beside what other people's programs think of them.
namespace app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kZone =
    "$ORIGIN corp.test.\n$TTL 60\n"
    "@ SOA ns1 hostmaster 2026112701 ( 1h 15m\n 1w 5 )\n"
    "  NS ns1\n  CAA 0 issue \"ca.test\"\n"
    "ns1 A 192.0.2.1\n  AAAA 2001:db8::1\n"
    "www 300 CNAME ns1\n*.w TXT \"a;b\" \"\\\"\" ; a comment\n"
    "sub NS ns.sub\nns.sub A 192.0.2.3\n"
    "x TYPE65280 \\# 4 C0000201\ns HTTPS 1 . alpn=h2\na\\.b TXT dot\n";

class ZoneCheck : public testing::Test {
 protected:
  std::string file(const std::string& text, const std::string& name = "zone") {
    const auto path = directory_.path() / name;
    std::ofstream(path) << text;
    return path;
  }

  support::TempDirectory directory_;
};

TEST_F(ZoneCheck, AsksNoServer) {
  const Ended ended = assay({"zone", "check", file(kZone)});
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.out, "corp.test. serial 2026112701: 12 records, nothing wrong\n");
  EXPECT_THAT(ended.err, IsEmpty());
}

TEST_F(ZoneCheck, TellsAllThatIsWrongAsCompilersDo) {
  const std::string path = file(std::string(kZone) + "www TXT x\nother.test. TXT x\n$INCLUDE y\n");
  const Ended ended = assay({"zone", "check", path});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_EQ(ended.err, path + ":9: error: a CNAME and other data cannot stand at one name, www.corp.test.\n" +
                           path + ":17: error: other.test. TXT lies outside the zone corp.test.\n" + path +
                           ":18: error: $INCLUDE is not read here: put what it stands for into the file\n" +
                           "assay: " + path + " is no zone that can be held: 3 mistakes\n");
}

TEST_F(ZoneCheck, TakesAnOriginForAFileWithoutOne) {
  const std::string path = file("@ 60 SOA ns1 host 1 2 3 4 5\n@ 60 NS ns1\nns1 60 A 192.0.2.1\n");
  EXPECT_THAT(assay({"zone", "check", path}).err,
              HasSubstr(":1: error: \"@\" is relative, and there is no origin"));
  EXPECT_EQ(assay({"zone", "check", path, "--origin", "corp.test"}).exit_code, 0);
}

TEST_F(ZoneCheck, RefusesWhatIsNoFileAndOptionsThatMeanNothingToIt) {
  EXPECT_THAT(assay({"zone", "check", directory_.path() / "absent"}).err, StartsWith("assay: cannot read "));
  EXPECT_EQ(assay({"zone", "check", file(kZone), "--server", "127.0.0.1:1"}).exit_code, 2);
}

class ZoneFiles : public Dev {
 protected:
  std::string file(const std::string& text, const std::string& name = "zone") {
    const auto path = directory_.path() / name;
    std::ofstream(path) << text;
    return path;
  }
};

TEST_F(ZoneFiles, AreImportedAndServed) {
  const Ended imported = cli({"zone", "import", file(kZone)});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(imported.out,
            "corp.test. created, serial 2026112701 (2026112701 in the file): 10 RRsets added, 0 changed, 0 "
            "removed, "
            "0 unchanged\n");
  EXPECT_EQ(dig("corp.test", "SOA"), "ns1.corp.test. hostmaster.corp.test. 2026112701 3600 900 604800 5\n");
  EXPECT_EQ(dig("any.w.corp.test", "TXT"), "\"a;b\" \"\\\"\"\n");
  EXPECT_EQ(dig("www.corp.test", "A"), "ns1.corp.test.\n192.0.2.1\n");
  EXPECT_EQ(dig("x.corp.test", "TYPE65280"), "\\# 4 C0000201\n");
  EXPECT_THAT(cli({"zone", "import", file(kZone)}).out,
              HasSubstr("corp.test. unchanged, serial 2026112701 "));
}

TEST_F(ZoneFiles, AreTriedFirst) {
  EXPECT_THAT(cli({"zone", "import", file(kZone), "--dry-run"}).out,
              StartsWith("corp.test. would be created, "));
  EXPECT_EQ(dig("corp.test", "SOA"), "");
  const Ended json = cli({"zone", "import", file(kZone), "--dry-run", "--output", "json"});
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"created\":true"), HasSubstr("\"addedCount\":\"10\"")));
}

TEST_F(ZoneFiles, MayBeLargerThanAnyMessage) {
  std::string zone = kZone;
  for (int i = 0; i < 20'000; ++i)
    zone += "host-with-a-long-name-" + std::to_string(i) + " A 192.0.2.1\n";
  ASSERT_GT(zone.size(), size_t(2 * RpcLimits().message_size_max));
  const Ended imported = cli({"zone", "import", file(zone)});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(dig("host-with-a-long-name-19999.corp.test", "A"), "192.0.2.1\n");
}

TEST_F(ZoneFiles, WithMistakesChangeNothing) {
  const Ended refused = cli({"zone", "import", file(std::string(kZone) + "ns1 CNAME x\n")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr(" is no zone that can be held: 1 mistake\n"));
  EXPECT_EQ(dig("corp.test", "SOA"), "");
}

TEST_F(ZoneFiles, ExportedAreImportedAgainWithoutADifference) {
  ASSERT_EQ(cli({"zone", "import", file(kZone)}).exit_code, 0);
  ASSERT_EQ(cli({"txt", "present", "_acme-challenge.corp.test", "value"}).exit_code, 0);
  const std::string exported = cli({"zone", "export", "corp.test"}).out;
  EXPECT_THAT(exported, testing::Not(HasSubstr("value")));
  EXPECT_EQ(assay({"zone", "check", file(exported)}).exit_code, 0);
  EXPECT_THAT(cli({"zone", "import", file(exported)}).out, HasSubstr(" unchanged, serial "));
  EXPECT_EQ(cli({"zone", "export", "corp.test"}).out, exported);
  EXPECT_THAT(cli({"zone", "export", "corp.test", "--with-challenges"}).out,
              HasSubstr("\n_acme-challenge.corp.test. 5 IN TXT \"value\" ; published, until 20"));
  EXPECT_THAT(cli({"zone", "export", "absent.test"}).err, HasSubstr("notFound"));
}

// What everybody else reads zones with.
TEST_F(ZoneFiles, ExportedAreReadByOtherPrograms) {
  ASSERT_EQ(cli({"zone", "import", file(kZone)}).exit_code, 0);
  const std::string path = file(cli({"zone", "export", "corp.test"}).out);
  for (const std::vector<std::string>& reader :
       {std::vector<std::string>{"named-checkzone", "corp.test", path},
        {"kzonecheck", "-o", "corp.test", path},
        {"nsd-checkzone", "corp.test", path},
        {"ldns-read-zone", path}}) {
    std::vector<std::string> command{"env", "PATH=/usr/sbin:/sbin:/usr/bin:/bin"};
    command.insert(command.end(), reader.begin(), reader.end());
    const Ended ended = run(command);
    EXPECT_EQ(ended.exit_code, 0) << reader.front() << ": " << ended.out << ended.err;
  }
}

TEST_F(ZoneFiles, OfThousandsOfZonesAreCreatedAndAnswered) {
  constexpr size_t kZones = 5000;
  std::string apexes = "; one a line\n", questions;
  for (size_t i = 0; i < kZones; ++i) {
    apexes += "z" + std::to_string(i) + ".corp.test\n";
    questions += "z" + std::to_string(i) + ".corp.test SOA\n";
  }
  const std::vector<std::string> create{"zone",       "create",        "--from",
                                        file(apexes), "--name-server", "ns1.acme.test"};
  const Ended created = cli(create);
  EXPECT_EQ(created.exit_code, 0) << created.err;
  EXPECT_EQ(created.err, "5000 zones created, 0 were there already\n");
  EXPECT_EQ(cli(create).err, "0 zones created, 5000 were there already\n");
  const std::string listed = cli({"zone", "list"}).out;
  EXPECT_EQ(size_t(std::ranges::count(listed, '\n')), kZones + 1);  // acme.test
  const std::string answered =
      run({"dig", "+short", "+norec", "+retry=3", "@127.0.0.1", "-p", std::to_string(run_.dns.front().port),
           "-f", file(questions, "questions")})
          .out;
  EXPECT_EQ(size_t(std::ranges::count(answered, '\n')), kZones);
}

}  // namespace
}  // namespace app
