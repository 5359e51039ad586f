#include "app/cli/first_words.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::ErrorKind;
using Words = std::vector<std::string>;

class FirstWords : public testing::Test {
 protected:
  base::Result<Words> words_of(const std::string& text) const {
    const std::filesystem::path file = directory_.path() / "words";
    std::ofstream(file) << text;
    return read_first_words(file, "serial number");
  }

  support::TempDirectory directory_;
};

TEST_F(FirstWords, AreOnePerLineWithoutWhatStandsBehind) {
  EXPECT_EQ(words_of("4a01 www.corp.test\n4a02\tmail\n4a03\r\n4a04").value(),
            (Words{"4a01", "4a02", "4a03", "4a04"}));
}

// A serial number that is passed over stays valid.
TEST_F(FirstWords, MayHaveBlanksBeforeThem) {
  EXPECT_EQ(words_of(" 4a01\n\t 4a02 www.corp.test\n4a03\n").value(), (Words{"4a01", "4a02", "4a03"}));
}

TEST_F(FirstWords, AreNotThoseOfCommentsAndEmptyLines) {
  EXPECT_EQ(words_of("# serial numbers\n\n  \t\r\n  # more\n4a01 # one\n#4a02\n").value(), (Words{"4a01"}));
}

TEST_F(FirstWords, OfNothingAreAnError) {
  for (const char* text : {"", "\n", "  \n", "# none\n"}) {
    const auto words = words_of(text);
    ASSERT_FALSE(words) << text;
    EXPECT_EQ(words.error().kind, ErrorKind::malformed);
    EXPECT_NE(words.error().detail.find("there is no serial number in "), std::string::npos);
  }
}

TEST_F(FirstWords, OfWhatCannotBeReadAreAnError) {
  EXPECT_EQ(read_first_words(directory_.path() / "none", "key").error().kind, ErrorKind::unavailable);
  // It can be opened, and gives nothing.
  EXPECT_EQ(read_first_words(directory_.path(), "key").error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace app
