#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "acmecore/ca_ceremony.h"
#include "acmecore/issuer_keeper.h"
#include "acmecore/pkcs11/token_key.h"
#include "base/log.h"
#include "tests/acmecore/pkcs11/token.h"

// An issuer whose keys are in a token: it is made, signs, loses the token, and is rotated to another key there.
namespace acmecore::pkcs11 {
namespace {

using base::ErrorKind;
using base::Result;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class TokenIssuance : public testing::Test {
 protected:
  TokenIssuance() {
    ::signal(SIGPIPE, SIG_IGN);
    base::log::configure(base::log::Level::error, base::log::Format::text);
    if (is_softhsm_installed()) token_.emplace();
  }
  void SetUp() override {
    if (!token_) GTEST_SKIP() << "softhsm2, opensc or p11-kit-modules is not installed";
    token_->generate("EC:prime256v1", "root", "01");
    token_->generate("EC:prime256v1", "issuing", "02");
    token_->generate("rsa:3072", "issuing-2", "03");
    CaPlan root;
    root.subject.common_name = "Token Root CA";
    root.token_uri = "pkcs11:token=ca;object=root";
    root.lifetime = kRootLifetime;
    CaPlan issuing = root;
    issuing.subject.common_name = "Token Issuing CA";
    issuing.token_uri = "pkcs11:token=ca;object=issuing";
    issuing.lifetime = kIssuingLifetime;
    const auto made = init_ca(place_, root, issuing, kNow);
    ASSERT_TRUE(made) << made.error().detail;
  }

  IssuerKeeper keeper() {
    std::vector<IssuerPlace> places;
    places.push_back({"default", place_, [] { return Result<std::vector<ChainFile>>(); }});
    return IssuerKeeper(std::move(places), clock_);
  }

  // "ok", or why there is no leaf.
  static std::string leaf_of(const Issuer& issuer) {
    const auto leaf = issuer.sign_leaf(good_leaf_request());
    if (!leaf) return std::string(name_of(leaf.error().kind));
    const TemporaryDirectory directory;
    write_text(directory.path() + "/root.pem", issuer.root_pem());
    write_text(directory.path() + "/chain.pem", issuer.chain_pem(*leaf));
    const auto at = std::to_string(kNow.time_since_epoch() / std::chrono::seconds(1));
    const ProgramResult verified = run_program("openssl verify -x509_strict -attime " + at + " -CAfile " +
                                               directory.path() + "/root.pem -untrusted " + directory.path() +
                                               "/chain.pem " + directory.path() + "/chain.pem");
    return verified.succeeded ? "ok" : verified.output;
  }

  std::optional<SoftToken> token_;
  TemporaryDirectory above_;
  base::ManualClock clock_{kNow};
  std::shared_ptr<TokenModule> module_ = std::make_shared<TokenModule>(SoftToken::library());
  CaPlace place_{fs::path(above_.path()) / "ca",
                 KeyVault("", [this](const std::string& uri, base::BytesView spki_der) {
                   return TokenKey::open(module_, {uri, kPin}, spki_der);
                 })};
};

TEST_F(TokenIssuance, TheKeyIsNowhereButInTheToken) {
  for (const char* name : {"root.key", "issuing.key"}) {
    std::ifstream in(place_.directory / name);
    const std::string held{std::istreambuf_iterator<char>(in), {}};
    EXPECT_THAT(held, HasSubstr("pkcs11:token=ca;object="));
    EXPECT_THAT(held, Not(HasSubstr("PRIVATE KEY")));
    EXPECT_THAT(held, Not(HasSubstr(kPin)));
  }
}

TEST_F(TokenIssuance, SignsAgainOnceTheTokenIsBack) {
  auto keeper = this->keeper();
  Issuers issuers(keeper.load().value());
  const auto signs = [&] { return leaf_of(issuers.now()->current("default")); };
  EXPECT_EQ(signs(), "ok");
  token_->take_away();
  EXPECT_EQ(signs(), "unavailable");
  token_->bring_back();
  EXPECT_EQ(signs(), "ok");
}

TEST_F(TokenIssuance, StartsWhileTheTokenIsAway) {
  module_ = std::make_shared<TokenModule>(SoftToken::library());
  token_->take_away();
  auto keeper = this->keeper();
  Issuers issuers(keeper.load().value());
  EXPECT_EQ(leaf_of(issuers.now()->current("default")), "unavailable");
  token_->bring_back();
  EXPECT_EQ(leaf_of(issuers.now()->current("default")), "ok");
}

TEST_F(TokenIssuance, IsRotatedToAnotherKeyOfTheTokenButNotWhileItIsAway) {
  CaRenewal renewal;
  renewal.plan.subject.common_name = "Token Issuing CA 2";
  renewal.plan.token_uri = "pkcs11:token=ca;object=issuing-2";
  renewal.plan.lifetime = kIssuingLifetime;
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  auto keeper = this->keeper();
  Issuers issuers(keeper.load().value());
  const std::string before = issuers.now()->current("default").id();
  const std::string before_ca = issuers.now()->current("default").ca();
  token_->take_away();
  EXPECT_EQ(keeper.rotate(issuers, "default").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(issuers.now()->current("default").id(), before);
  token_->bring_back();
  ASSERT_TRUE(keeper.rotate(issuers, "default"));
  const auto now = issuers.now();
  EXPECT_NE(now->current("default").id(), before);
  EXPECT_EQ(leaf_of(now->current("default")), "ok");
  EXPECT_TRUE(now->find(before_ca)->check_key()) << "it still signs CRLs";
}

}  // namespace
}  // namespace acmecore::pkcs11
