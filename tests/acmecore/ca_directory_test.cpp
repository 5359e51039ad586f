#include "acmecore/ca_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <optional>
#include <thread>

#include "acmecore/ca_ceremony.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using testing::ElementsAre;
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

const Ceremony kInstalled{CeremonyCommand::install, kNow, 998, "assay", "alice"};

class CaDirectoryTest : public testing::Test {
 protected:
  // The CA of a first start.
  void make() { ASSERT_TRUE(init_development_ca({directory_, KeyVault()}, kNow)); }

  std::string refusal() {
    const auto read = CaDirectory::read(directory_);
    if (read) return "";
    EXPECT_EQ(read.error().kind, ErrorKind::unavailable);
    return read.error().detail;
  }

  // "retired issuing", one after the other.
  std::vector<std::string> roles() {
    std::vector<std::string> texts;
    const CaDirectory directory = CaDirectory::read(directory_).value();
    for (const CaGeneration& generation : directory.generations())
      texts.push_back(std::string(name_of(generation.role)) + " " + generation.name);
    return texts;
  }

  base::Result<CaDirectory> change() const {
    return CaDirectory::read_to_change(directory_, CaDirectory::IfTaken::wait);
  }

  static CaGeneration generation(GenerationRole role, const std::string& request_pem = "") {
    const CaMaterial material = make_development_ca(kNow).value();
    return {"", role, material.issuing_key_pem,
            role == GenerationRole::requested ? "" : material.issuing_pem + material.root_pem, request_pem};
  }

  TemporaryDirectory above_;
  const fs::path directory_ = fs::path(above_.path()) / "state" / "ca";
};

TEST_F(CaDirectoryTest, IsReadAsItWasMade) {
  EXPECT_TRUE(*CaDirectory::is_absent(directory_));
  make();
  EXPECT_FALSE(*CaDirectory::is_absent(directory_));
  const CaDirectory directory = CaDirectory::read(directory_).value();
  EXPECT_THAT(roles(), ElementsAre("current issuing"));
  const CaGeneration& only = directory.generations().front();
  EXPECT_EQ(only.key, content_of(directory_ / "issuing.key"));
  EXPECT_EQ(only.chain_pem, content_of(directory_ / "issuing.pem") + content_of(directory_ / "root.pem"));
  EXPECT_EQ(*directory.root_key().value(), content_of(directory_ / "root.key"));
}

TEST_F(CaDirectoryTest, KeysAreForTheirOwnerOnlyWhateverTheUmask) {
  const mode_t before = ::umask(0);
  make();
  ::umask(before);
  EXPECT_EQ(mode_of(directory_), 0700u);
  EXPECT_EQ(mode_of(directory_ / "root.key"), 0600u);
  EXPECT_EQ(mode_of(directory_ / "issuing.key"), 0600u);
  EXPECT_EQ(mode_of(directory_ / "root.pem"), 0644u);
  EXPECT_EQ(mode_of(directory_ / "issuing.pem"), 0644u);
}

TEST_F(CaDirectoryTest, TheFirstOneIsFourFilesAndNothingBesideThem) {
  make();
  EXPECT_FALSE(fs::exists(directory_.string() + ".new"));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 4);
}

TEST_F(CaDirectoryTest, AnEmptyDirectoryIsFilledAndASlashAtTheEndChangesNothing) {
  fs::create_directories(directory_);
  EXPECT_TRUE(*CaDirectory::is_absent(directory_ / ""));
  ASSERT_TRUE(init_development_ca({directory_ / "", KeyVault()}, kNow));
  EXPECT_FALSE(fs::exists(directory_.string() + ".new"));
  EXPECT_TRUE(CaDirectory::read(directory_ / ""));
}

TEST_F(CaDirectoryTest, ADraftOfAnAttemptThatWasKilledIsForgotten) {
  fs::create_directories(directory_.string() + ".new");
  write_text(directory_.string() + ".new/issuing.key", "half a key");
  EXPECT_TRUE(*CaDirectory::is_absent(directory_));
  make();
  EXPECT_FALSE(fs::exists(directory_.string() + ".new"));
  EXPECT_EQ(refusal(), "");
}

TEST_F(CaDirectoryTest, AMissingFileIsNamed) {
  for (const char* missing : {"root.pem", "issuing.key", "issuing.pem"}) {
    fs::remove_all(directory_);
    make();
    fs::remove(directory_ / missing);
    EXPECT_THAT(refusal(), HasSubstr(std::string(missing) + " is missing"));
  }
}

TEST_F(CaDirectoryTest, TheRootKeyMayBeTakenAway) {
  make();
  fs::remove(directory_ / "root.key");
  EXPECT_EQ(refusal(), "");
  EXPECT_FALSE(CaDirectory::read(directory_)->root_key().value());
}

TEST_F(CaDirectoryTest, AKeyThatOthersMayUseIsRefused) {
  make();
  for (const mode_t mode : {0604, 0640, 0660, 0602, 0644, 0601}) {
    ASSERT_EQ(::chmod((directory_ / "issuing.key").c_str(), mode), 0);
    EXPECT_THAT(refusal(), HasSubstr("issuing.key holds a private key")) << std::oct << mode;
    ASSERT_EQ(::chmod((directory_ / "root.key").c_str(), mode), 0);
  }
  ASSERT_EQ(::chmod((directory_ / "issuing.key").c_str(), 0400), 0);
  const CaDirectory directory = CaDirectory::read(directory_).value();
  EXPECT_THAT(directory.root_key().error().detail, HasSubstr("root.key holds a private key"));
}

TEST_F(CaDirectoryTest, WhatIsNoFileOrTooLargeIsRefused) {
  make();
  write_text(directory_ / "issuing.pem", std::string(64 * 1024 + 1, 'a'));
  EXPECT_THAT(refusal(), HasSubstr("64 KiB"));
  fs::remove(directory_ / "issuing.pem");
  fs::create_directory(directory_ / "issuing.pem");
  EXPECT_THAT(refusal(), HasSubstr("no regular file"));
}

TEST_F(CaDirectoryTest, APlaceThatCannotHoldItIsRefused) {
  write_text(above_.path() + "/state", "a file where a directory should be");
  EXPECT_FALSE(init_development_ca({directory_, KeyVault()}, kNow));
}

TEST_F(CaDirectoryTest, ANextOneIsAddedAndRotatedTo) {
  make();
  {
    CaDirectory directory = change().value();
    ASSERT_TRUE(directory.add(generation(GenerationRole::next)));
    EXPECT_EQ(directory.find(GenerationRole::next)->name, "issuing-2");
  }
  EXPECT_THAT(roles(), ElementsAre("current issuing", "next issuing-2"));
  ASSERT_TRUE(change()->rotate());
  EXPECT_THAT(roles(), ElementsAre("retired issuing", "current issuing-2"));
  ASSERT_TRUE(change()->add(generation(GenerationRole::next)));
  ASSERT_TRUE(change()->rotate());
  EXPECT_THAT(roles(), ElementsAre("retired issuing", "retired issuing-2", "current issuing-3"));
  EXPECT_EQ(content_of(directory_ / "roles"), "retired issuing\nretired issuing-2\ncurrent issuing-3\n");
}

TEST_F(CaDirectoryTest, WhoIsAddedTakesThePlaceOfWhoIsInTheRoleAndNoNameIsUsedTwice) {
  make();
  ASSERT_TRUE(change()->add(generation(GenerationRole::next)));
  const std::string given_up = content_of(directory_ / "issuing-2.key");
  ASSERT_TRUE(change()->add(generation(GenerationRole::next)));
  EXPECT_THAT(roles(), ElementsAre("current issuing", "next issuing-3"));
  EXPECT_EQ(content_of(directory_ / "issuing-2.key"), given_up);
}

TEST_F(CaDirectoryTest, ARequestBecomesTheNextOneOrTheFirst) {
  const auto requested = generation(GenerationRole::requested, "request");
  const CaMaterial certified = make_development_ca(kNow).value();
  ASSERT_TRUE(CaDirectory::create(directory_, requested, "", ""));
  EXPECT_THAT(roles(), ElementsAre("requested issuing"));
  EXPECT_EQ(CaDirectory::read(directory_)->generations().front().request_pem, "request");
  ASSERT_TRUE(change()->certify(certified.issuing_pem + certified.root_pem, kInstalled));
  EXPECT_THAT(roles(), ElementsAre("current issuing"));

  ASSERT_TRUE(change()->add(requested));
  EXPECT_THAT(roles(), ElementsAre("current issuing", "requested issuing-2"));
  ASSERT_TRUE(change()->certify(certified.issuing_pem + certified.root_pem, kInstalled));
  EXPECT_THAT(roles(), ElementsAre("current issuing", "next issuing-2"));
}

TEST_F(CaDirectoryTest, TheKeyOfARetiredOneMayBeDestroyed) {
  make();
  ASSERT_TRUE(change()->add(generation(GenerationRole::next)));
  ASSERT_TRUE(change()->rotate());
  fs::remove(directory_ / "issuing.key");
  EXPECT_EQ(CaDirectory::read(directory_)->find(GenerationRole::retired)->key, "");
  fs::remove(directory_ / "issuing-2.key");
  EXPECT_THAT(refusal(), HasSubstr("issuing-2.key is missing"));
}

TEST_F(CaDirectoryTest, TheNameOfARetiredOneWhoseKeyWasDestroyedIsNotGivenAgain) {
  make();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(change()->add(generation(GenerationRole::next)));
    ASSERT_TRUE(change()->rotate());
  }
  const std::string certificate = content_of(directory_ / "issuing-2.pem");
  fs::remove(directory_ / "issuing-2.key");
  ASSERT_TRUE(change()->add(generation(GenerationRole::next)));
  EXPECT_THAT(roles(),
              ElementsAre("retired issuing", "retired issuing-2", "current issuing-3", "next issuing-4"));
  EXPECT_EQ(content_of(directory_ / "issuing-2.pem"), certificate);
}

TEST_F(CaDirectoryTest, RolesThatAreNotAsTheyShouldBeAreRefused) {
  make();
  for (const char* text :
       {"current", "current ", "current issuing-1", "current issuing-02", "current issuing-2x",
        "current other", "current ../issuing", "Current issuing", "current  issuing", "current issuing ",
        " current issuing", "current issuing\n\n", "current issuing\ncurrent issuing-2",
        "next issuing\nnext issuing-2", "current issuing\nretired issuing", "current issuing-99999999999"}) {
    write_text(directory_ / "roles", text);
    EXPECT_THAT(refusal(), HasSubstr("roles")) << text;
  }
  write_text(directory_ / "roles", "current issuing");
  EXPECT_EQ(refusal(), "");
}

TEST_F(CaDirectoryTest, CeremoniesAreInTheLineOfWhatTheyMade) {
  CaGeneration first = generation(GenerationRole::current);
  const Ceremony initialized{CeremonyCommand::init, kNow, 0, "root", ""};
  first.ceremonies = {initialized};
  ASSERT_TRUE(CaDirectory::create(directory_, first, "", ""));
  EXPECT_EQ(CaDirectory::read(directory_)->generations().front().ceremonies, std::vector{initialized});

  CaGeneration requested = generation(GenerationRole::requested, "request");
  const Ceremony asked{CeremonyCommand::csr, kNow, 998, "assay", ""};
  requested.ceremonies = {asked};
  const CaMaterial certified = make_development_ca(kNow).value();
  ASSERT_TRUE(change()->add(requested));
  ASSERT_TRUE(change()->certify(certified.issuing_pem + certified.root_pem, kInstalled));
  const Ceremony rotated{CeremonyCommand::rotate, kNow, 7, "", ""};
  ASSERT_TRUE(change()->rotate(rotated));
  const std::string at = base::rfc3339(kNow);
  EXPECT_EQ(content_of(directory_ / "roles"),
            "retired issuing init " + at + " 0 root - rotate " + at + " 7 - -\n" + "current issuing-2 csr " +
                at + " 998 assay - install " + at + " 998 assay alice rotate " + at + " 7 - -\n");
  const CaDirectory directory = CaDirectory::read(directory_).value();
  EXPECT_THAT(directory.find(GenerationRole::retired)->ceremonies, ElementsAre(initialized, rotated));
  EXPECT_THAT(directory.find(GenerationRole::current)->ceremonies, ElementsAre(asked, kInstalled, rotated));
}

TEST_F(CaDirectoryTest, WhereNoCeremonyIsKnownThereIsNone) {
  make();
  ASSERT_TRUE(change()->add(generation(GenerationRole::next)));
  ASSERT_TRUE(change()->rotate());  // as the server that runs does it
  const CaDirectory directory = CaDirectory::read(directory_).value();
  for (const CaGeneration& one : directory.generations())
    EXPECT_THAT(one.ceremonies, testing::IsEmpty()) << one.name;
}

TEST_F(CaDirectoryTest, CeremoniesThatAreNotAsTheyShouldBeAreRefused) {
  make();
  const std::string good = "current issuing " + line_of(kInstalled);
  write_text(directory_ / "roles", good);
  EXPECT_EQ(refusal(), "");
  const std::string without_login = good.substr(0, good.rfind(' '));
  for (const std::string& text :
       {good + " ", good + " " + good, good + " rotate", without_login, without_login + " ",
        "current issuing  " + line_of(kInstalled), "current issuing list" + good.substr(23)}) {
    write_text(directory_ / "roles", text);
    EXPECT_THAT(refusal(), HasSubstr("roles has a line that is not as it should be")) << text;
  }
}

TEST_F(CaDirectoryTest, IsChangedByOneAtATime) {
  make();
  auto first = std::make_optional(change().value());
  std::thread second([&] { EXPECT_TRUE(change()->rotate()); });
  ASSERT_TRUE(first->add(generation(GenerationRole::next)));  // the other would find none
  first.reset();
  second.join();
  EXPECT_THAT(roles(), ElementsAre("retired issuing", "current issuing-2"));
}

TEST_F(CaDirectoryTest, WhoMayNotWaitIsToldAtOnceThatAnotherChangesIt) {
  make();
  auto first = std::make_optional(change().value());
  const auto refused = CaDirectory::read_to_change(directory_, CaDirectory::IfTaken::refuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(refused.error().detail, HasSubstr("is being changed by somebody else"));
  EXPECT_TRUE(CaDirectory::read(directory_));  // readers wait for nobody
  first.reset();
  EXPECT_TRUE(CaDirectory::read_to_change(directory_, CaDirectory::IfTaken::refuse));
}

}  // namespace
}  // namespace acmecore
