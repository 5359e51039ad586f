#include "app/files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& contents, mode_t mode = 0600) {
    const auto path = directory_.path() / "file";
    std::ofstream(path) << contents;
    ::chmod(path.c_str(), mode);
    return path;
  }

  mode_t mode_of(const std::filesystem::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }

  support::TempDirectory directory_;
};

TEST_F(Files, ReadsAWholeFile) {
  EXPECT_EQ(read_file(file("")).value(), "");
  EXPECT_EQ(read_file(file(std::string(kFileSizeMax, 'x'))).value().size(), kFileSizeMax);
}

TEST_F(Files, RefusesOneOctetMoreThanTheLimit) {
  const auto read = read_file(file(std::string(kFileSizeMax + 1, 'x')));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().detail, HasSubstr("larger than 1 MiB"));
}

TEST_F(Files, NamesTheFileThatCannotBeRead) {
  const auto absent = read_file(directory_.path() / "absent");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(absent.error().detail, HasSubstr("/absent: No such file or directory"));
  EXPECT_FALSE(read_file(directory_.path()));
}

TEST_F(Files, ATokenIsTheFirstLineWithoutTheSpaceAroundIt) {
  EXPECT_EQ(read_token(file("secret")).value(), "secret");
  EXPECT_EQ(read_token(file(" secret \r\nsecond line\n")).value(), "secret");
  EXPECT_EQ(read_token(file("two words\n")).value(), "two words");
}

TEST_F(Files, AnEmptyFirstLineIsNoToken) {
  EXPECT_FALSE(read_token(file("")));
  EXPECT_FALSE(read_token(file("\nsecret\n")));
  EXPECT_FALSE(read_token(file(" \t\n")));
}

TEST_F(Files, ATokenThatEveryUserMayReadIsRefused) {
  EXPECT_TRUE(read_token(file("secret", 0640)));
  EXPECT_FALSE(read_token(file("secret", 0644)));
  EXPECT_FALSE(read_token(file("secret", 0602)));
}

TEST_F(Files, WritesWithTheModeWhateverWasThere) {
  const auto path = file("old", 0666);
  ASSERT_TRUE(write_file(path, "new", FileMode::secret));
  EXPECT_EQ(read_file(path).value(), "new");
  EXPECT_EQ(mode_of(path), 0600u);
  ASSERT_TRUE(write_file(path, "newer", FileMode::open_to_all));
  EXPECT_EQ(mode_of(path), 0644u);
}

TEST_F(Files, AFailureLeavesWhatWasThereAndNothingElse) {
  const auto path = directory_.path() / "taken";
  std::filesystem::create_directory(path);
  EXPECT_FALSE(write_file(path, "new", FileMode::secret));
  EXPECT_FALSE(write_file(directory_.path() / "absent" / "file", "new", FileMode::secret));
  EXPECT_TRUE(std::filesystem::is_directory(path));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(directory_.path()), {}), 1);
}

TEST_F(Files, MakesDirectoriesThatAreNobodyElses) {
  const auto made = directory_.path() / "a" / "b";
  ASSERT_TRUE(make_private_directory(made.string() + "/"));
  EXPECT_EQ(mode_of(made), 0700u);
  EXPECT_TRUE(sync_directory(made));
}

TEST_F(Files, LeavesADirectoryThatWasThereAsItIs) {
  const auto shared = directory_.path() / "shared";
  ASSERT_EQ(::mkdir(shared.c_str(), 0755), 0);
  ASSERT_EQ(::chmod(shared.c_str(), 01777), 0);
  EXPECT_TRUE(make_private_directory(shared));
  EXPECT_EQ(mode_of(shared), 01777u);
  EXPECT_FALSE(make_private_directory(file("no directory")));
}

}  // namespace
}  // namespace app
