#include "acmecore/ceremony.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>
#include <vector>

#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

base::Result<Ceremony> parsed(const std::string& line) {
  std::vector<std::string> texts;
  std::istringstream in(line);
  for (std::string text; std::getline(in, text, ' ');)
    texts.push_back(text);
  const std::vector<std::string_view> words(texts.begin(), texts.end());
  return parse_ceremony(words);
}

TEST(Ceremony, IsReadFromTheLineThatWasWritten) {
  for (const auto command : {CeremonyCommand::init, CeremonyCommand::csr, CeremonyCommand::install,
                             CeremonyCommand::renew, CeremonyCommand::rotate}) {
    for (const Ceremony& ceremony : {Ceremony{command, kNow, 998, "assay", "alice"},
                                     Ceremony{command, kNow + std::chrono::milliseconds(7), 0, "root", ""},
                                     Ceremony{command, kNow, 4294967294, "", ""},
                                     Ceremony{command, kNow, 1, "CORP\\j\u00FCrg", "j\u00FCrg@corp"}}) {
      EXPECT_EQ(parsed(line_of(ceremony)).value(), ceremony) << line_of(ceremony);
    }
  }
}

TEST(Ceremony, IsWordsInAFileAndASentenceForPeople) {
  const base::Time time = base::parse_rfc3339("2026-11-28T03:10:00Z").value();
  const Ceremony whole{CeremonyCommand::renew, time, 998, "assay", "alice"};
  EXPECT_EQ(line_of(whole), "renew 2026-11-28T03:10:00Z 998 assay alice");
  EXPECT_EQ(text_of(whole), "renew 2026-11-28T03:10:00Z by uid 998 (assay), logged in as alice");
  const Ceremony nameless{CeremonyCommand::csr, time, 7, "", ""};
  EXPECT_EQ(line_of(nameless), "csr 2026-11-28T03:10:00Z 7 - -");
  EXPECT_EQ(text_of(nameless), "csr 2026-11-28T03:10:00Z by uid 7");
}

TEST(Ceremony, ThatIsNoneIsRefused) {
  ASSERT_TRUE(parsed("init 2026-11-28T03:10:00Z 998 assay alice"));
  for (const char* line :
       {"Init 2026-11-28T03:10:00Z 998 assay alice", "list 2026-11-28T03:10:00Z 998 assay alice",
        "init 2026-11-28 998 assay alice", "init 2026-11-28T03:10:00Z -1 assay alice",
        "init 2026-11-28T03:10:00Z 998x assay alice", "init 2026-11-28T03:10:00Z  assay alice",
        "init 2026-11-28T03:10:00Z 4294967296 assay alice", "init 2026-11-28T03:10:00Z 998  alice",
        "init 2026-11-28T03:10:00Z 998 assay \xff", "init 2026-11-28T03:10:00Z 998 as\tsay alice"}) {
    EXPECT_FALSE(parsed(line)) << line;
  }
  EXPECT_FALSE(parsed("init 2026-11-28T03:10:00Z 998 assay " + std::string(257, 'a')));
}

TEST(Ceremony, OfThisProcessSaysWhoseItIs) {
  const Ceremony ceremony = ceremony_of_this_process(CeremonyCommand::rotate, kNow);
  EXPECT_EQ(ceremony.command, CeremonyCommand::rotate);
  EXPECT_EQ(ceremony.time, kNow);
  EXPECT_EQ(ceremony.uid, ::getuid());
  EXPECT_EQ(parsed(line_of(ceremony)).value(), ceremony);
  const ProgramResult name = run_program("id -un 2>/dev/null");
  if (name.succeeded) {
    EXPECT_EQ(ceremony.user + "\n", name.output);
  }
}

}  // namespace
}  // namespace acmecore
