#include "acmecore/ca_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "acmecore/issuer.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using testing::HasSubstr;
namespace fs = std::filesystem;

mode_t mode_of(const fs::path& file) {
  struct stat status {};
  EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
  return status.st_mode & 07777;
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class CaFiles : public testing::Test {
 protected:
  std::string refusal() {
    const auto opened = open_or_create_ca(directory_, kNow);
    if (opened) return "";
    EXPECT_EQ(opened.error().kind, ErrorKind::unavailable);
    return opened.error().detail;
  }

  bool is_usable() {
    const auto material = open_or_create_ca(directory_, kNow);
    return material && Issuer::open(*material, kNow);
  }

  TemporaryDirectory above_;
  const fs::path directory_ = fs::path(above_.path()) / "state" / "ca";
};

TEST_F(CaFiles, AreMadeAtFirstStartAndTheSameAtTheNext) {
  const CaMaterial first = open_or_create_ca(directory_, kNow).value();
  const CaMaterial second = open_or_create_ca(directory_, kNow).value();
  EXPECT_EQ(first.issuing_key_pem, second.issuing_key_pem);
  EXPECT_EQ(first.issuing_pem, second.issuing_pem);
  EXPECT_EQ(first.root_pem, second.root_pem);
  EXPECT_EQ(first.root_key_pem, second.root_key_pem);
  EXPECT_TRUE(Issuer::open(first, kNow));
}

TEST_F(CaFiles, KeysAreForTheirOwnerOnlyWhateverTheUmask) {
  const mode_t before = ::umask(0);
  const auto made = open_or_create_ca(directory_, kNow);
  ::umask(before);
  ASSERT_TRUE(made);
  EXPECT_EQ(mode_of(directory_), 0700u);
  EXPECT_EQ(mode_of(directory_ / kRootKeyFile), 0600u);
  EXPECT_EQ(mode_of(directory_ / kIssuingKeyFile), 0600u);
  EXPECT_EQ(mode_of(directory_ / kRootFile), 0644u);
  EXPECT_EQ(mode_of(directory_ / kIssuingFile), 0644u);
}

TEST_F(CaFiles, NothingIsLeftBesideThem) {
  ASSERT_TRUE(open_or_create_ca(directory_, kNow));
  EXPECT_FALSE(fs::exists(directory_.string() + ".new"));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 4);
}

TEST_F(CaFiles, AnEmptyDirectoryIsFilled) {
  fs::create_directories(directory_);
  EXPECT_TRUE(is_usable());
}

TEST_F(CaFiles, APathWithASlashAtItsEndIsTheSame) {
  const auto made = open_or_create_ca(directory_ / "", kNow);
  ASSERT_TRUE(made);
  EXPECT_EQ(open_or_create_ca(directory_, kNow)->issuing_pem, made->issuing_pem);
  EXPECT_FALSE(fs::exists(directory_.string() + ".new"));
}

// What a process leaves that was killed after each of its steps.
TEST_F(CaFiles, AnAttemptThatWasKilledHalfwayIsForgotten) {
  const fs::path draft = directory_.string() + ".new";
  const CaMaterial old = make_development_ca(kNow).value();
  const std::vector<std::pair<std::string_view, std::string>> steps = {
      {kRootKeyFile, old.root_key_pem.substr(0, 40)},
      {kRootKeyFile, old.root_key_pem},
      {kRootFile, old.root_pem},
      {kIssuingKeyFile, old.issuing_key_pem},
      {kIssuingFile, old.issuing_pem}};
  for (size_t done = 0; done <= steps.size(); ++done) {
    fs::remove_all(directory_);
    fs::create_directories(draft);
    for (size_t i = 0; i < done; ++i)
      write_text(draft / steps[i].first, steps[i].second);
    EXPECT_TRUE(is_usable()) << done;
    EXPECT_NE(content_of(directory_ / kIssuingKeyFile), old.issuing_key_pem);
    EXPECT_FALSE(fs::exists(draft)) << done;
  }
}

TEST_F(CaFiles, ADraftBesideACompleteCaIsLeftAloneAndTheCaIsUsed) {
  const auto made = open_or_create_ca(directory_, kNow);
  fs::create_directories(directory_.string() + ".new");
  EXPECT_EQ(open_or_create_ca(directory_, kNow)->issuing_pem, made->issuing_pem);
}

TEST_F(CaFiles, AMissingFileIsNamedAndNothingIsMade) {
  for (const std::string_view missing : {kRootFile, kIssuingKeyFile, kIssuingFile}) {
    fs::remove_all(directory_);
    ASSERT_TRUE(open_or_create_ca(directory_, kNow));
    fs::remove(directory_ / missing);
    EXPECT_THAT(refusal(), HasSubstr(std::string(missing) + " is missing"));
    EXPECT_FALSE(fs::exists(directory_ / missing));
  }
}

TEST_F(CaFiles, TheRootKeyMayBeTakenAway) {
  ASSERT_TRUE(open_or_create_ca(directory_, kNow));
  fs::remove(directory_ / kRootKeyFile);
  EXPECT_TRUE(is_usable());
}

TEST_F(CaFiles, AKeyThatOthersMayUseIsRefused) {
  ASSERT_TRUE(open_or_create_ca(directory_, kNow));
  for (const std::string_view key : {kRootKeyFile, kIssuingKeyFile}) {
    for (const mode_t mode : {0604, 0640, 0660, 0602, 0644, 0601}) {
      ASSERT_EQ(::chmod((directory_ / key).c_str(), mode), 0);
      EXPECT_THAT(refusal(), HasSubstr(std::string(key) + " holds a private key")) << std::oct << mode;
    }
    ASSERT_EQ(::chmod((directory_ / key).c_str(), 0400), 0);
    EXPECT_EQ(refusal(), "");
  }
}

TEST_F(CaFiles, AKeyAndACertificateOfDifferentCasAreFoundByTheIssuer) {
  ASSERT_TRUE(open_or_create_ca(directory_, kNow));
  write_text(directory_ / kIssuingKeyFile, make_development_ca(kNow)->issuing_key_pem);
  EXPECT_FALSE(is_usable());
}

TEST_F(CaFiles, WhatIsNoFileOrTooLargeIsRefused) {
  ASSERT_TRUE(open_or_create_ca(directory_, kNow));
  write_text(directory_ / kIssuingFile, std::string(64 * 1024 + 1, 'a'));
  EXPECT_THAT(refusal(), HasSubstr("64 KiB"));
  fs::remove(directory_ / kIssuingFile);
  fs::create_directory(directory_ / kIssuingFile);
  EXPECT_THAT(refusal(), HasSubstr("no regular file"));
}

TEST_F(CaFiles, APlaceThatCannotHoldThemIsRefused) {
  write_text(above_.path() + "/state", "a file where a directory should be");
  EXPECT_NE(refusal(), "");
}

}  // namespace
}  // namespace acmecore
