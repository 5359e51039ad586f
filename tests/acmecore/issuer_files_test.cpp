#include "acmecore/issuer_files.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/issuer_fixture.h"

namespace acmecore {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class IssuerFilesTest : public testing::Test {
 protected:
  // Of the CA that is the current one now; empty: there is none.
  std::string file_of(const Issuers& issuers) const {
    const auto now = issuers.now();
    std::ifstream in(directory_ / (now->current(kDefaultIssuer).ca() + ".crt"), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  static std::string der_of(const Issuers& issuers) {
    return issuers.now()->current(kDefaultIssuer).certificate().der;
  }

  TemporaryDirectory above_;
  const fs::path directory_ = fs::path(above_.path()) / "issuer-certificates";
  IssuerFiles files_{directory_};
};

TEST_F(IssuerFilesTest, HaveTheCertificateOfEachCaAlsoOfOneThatCameLater) {
  Issuers issuers(new_issuer(kNow));
  ASSERT_TRUE(files_.write(issuers));
  EXPECT_EQ(file_of(issuers), der_of(issuers));
  issuers.replace(new_issuer(kNow));
  EXPECT_EQ(file_of(issuers), "");
  ASSERT_TRUE(files_.write(issuers));
  EXPECT_EQ(file_of(issuers), der_of(issuers));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 2);
}

TEST_F(IssuerFilesTest, AreReadableForAWebServerAndNotWrittenAgain) {
  const Issuers issuers(new_issuer(kNow));
  ASSERT_TRUE(files_.write(issuers));
  const fs::path file = fs::directory_iterator(directory_)->path();
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0644));
  const auto written = fs::last_write_time(file);
  ASSERT_TRUE(files_.write(issuers));
  EXPECT_EQ(fs::last_write_time(file), written);
  fs::remove(file);
  ASSERT_TRUE(files_.write(issuers));
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(IssuerFilesTest, SayWhichOneCannotBeWrittenAndTryAgain) {
  const Issuers issuers(new_issuer(kNow));
  write_text(directory_.string(), "no directory");
  const auto refused = files_.write(issuers);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::unavailable);
  EXPECT_THAT(refused.error().detail, HasSubstr("issuer-certificates"));
  fs::remove(directory_);
  ASSERT_TRUE(files_.write(issuers));
  EXPECT_EQ(file_of(issuers), der_of(issuers));
}

}  // namespace
}  // namespace acmecore
