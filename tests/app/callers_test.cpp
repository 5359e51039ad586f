#include "app/callers.h"

#include <gmock/gmock.h>

#include "app/files.h"
#include "base/openssl.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::ErrorKind;
using base::Permission;
using testing::HasSubstr;

class LoadCredentials : public testing::Test {
 protected:
  base::Credential with_token(const std::string& name, const std::string& token) {
    const auto path = directory_.path() / name;
    EXPECT_TRUE(write_file(path, token, FileMode::secret));
    return {name, path, "", {Permission::zones}};
  }

  base::Result<std::vector<proto::Credential>> load(std::vector<base::Credential> credentials) {
    base::Config::Grpc config;
    config.credentials = std::move(credentials);
    return load_credentials(config);
  }

  support::TempDirectory directory_;
};

TEST_F(LoadCredentials, KeepsTheDigestOfATokenAndNotTheToken) {
  const auto loaded = load({with_token("admin", "0123456789abcdef\n")});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->front().token_sha256, base::sha256("0123456789abcdef"));
  EXPECT_EQ(loaded->front().permissions, std::set{Permission::zones});
}

TEST_F(LoadCredentials, ACertificateNameNeedsNoFile) {
  const auto loaded = load({{"host", "", "host.corp.test", {Permission::challenges}}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->front().certificate_name, "host.corp.test");
  EXPECT_EQ(loaded->front().token_sha256, "");
}

TEST_F(LoadCredentials, NobodyIsRefusedSoThatGrpcIsNeverOpen) {
  const auto loaded = load({});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().detail, HasSubstr("add a [[grpc.credential]]"));
}

TEST_F(LoadCredentials, ATokenHasAtLeastSixteenCharacters) {
  EXPECT_TRUE(load({with_token("admin", std::string(kTokenSizeMin, 'x'))}));
  EXPECT_FALSE(load({with_token("admin", std::string(kTokenSizeMin - 1, 'x'))}));
}

TEST_F(LoadCredentials, TwoCredentialsDoNotShareAToken) {
  const auto loaded = load({with_token("alice", "0123456789abcdef"), with_token("bob", "0123456789abcdef")});
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().detail, HasSubstr("\"alice\" and \"bob\" have the same token"));
  EXPECT_TRUE(load({{"alice", "", "a.test", {}}, {"bob", "", "b.test", {}}}));
}

TEST_F(LoadCredentials, AMissingFileIsNamed) {
  base::Credential credential = with_token("admin", "0123456789abcdef");
  credential.token_file += ".absent";
  const auto loaded = load({credential});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(loaded.error().detail, HasSubstr("admin.absent"));
}

}  // namespace
}  // namespace app
