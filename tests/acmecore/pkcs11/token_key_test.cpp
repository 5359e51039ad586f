#include "acmecore/pkcs11/token_key.h"

#include <gmock/gmock.h>
#include <signal.h>

#include <optional>

#include "tests/acmecore/pkcs11/token.h"
#include "tests/acmecore/signing_key_contract.h"

namespace acmecore {

namespace {

using pkcs11::is_softhsm_installed;
using pkcs11::kPin;
using pkcs11::SoftToken;
using pkcs11::TokenKey;
using pkcs11::TokenModule;

// One token with a key of each kind for all cases of the contract.
std::unique_ptr<const SigningKey> contract_key(const std::string& label) {
  static const auto token = [] {
    auto made = std::make_unique<SoftToken>();
    made->generate("EC:prime256v1", "p256", "01");
    made->generate("EC:secp384r1", "p384", "02");
    made->generate("rsa:2048", "rsa2048", "03");
    made->generate("rsa:4096", "rsa4096", "04");
    made->generate("EC:edwards25519", "ed25519", "05");
    return made;
  }();
  ::setenv("SOFTHSM2_CONF", token->configuration().c_str(), 1);
  const auto module = std::make_shared<TokenModule>(SoftToken::library());
  auto key = TokenKey::open(module, {"pkcs11:token=ca;object=" + label, kPin}, {});
  EXPECT_TRUE(key) << key.error().detail;
  return *std::move(key);
}

std::vector<SigningKeyCase> every_kind() {
  if (!is_softhsm_installed()) return {};
  const auto in_token = [](const std::string& label) { return [label] { return contract_key(label); }; };
  return {{"P256", KeyType::p256, "ecdsa-with-SHA256", in_token("p256")},
          {"P384", KeyType::p384, "ecdsa-with-SHA384", in_token("p384")},
          {"Rsa2048", KeyType::rsa, "sha256WithRSAEncryption", in_token("rsa2048")},
          {"Rsa4096", KeyType::rsa, "sha384WithRSAEncryption", in_token("rsa4096")},
          {"Ed25519", KeyType::ed25519, "ED25519", in_token("ed25519")}};
}

INSTANTIATE_TEST_SUITE_P(TokenKey, SigningKeyContract, testing::ValuesIn(every_kind()),
                         [](const auto& info) { return info.param.name; });

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SigningKeyContract);

namespace pkcs11 {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

class TokenKeyTest : public testing::Test {
 protected:
  TokenKeyTest() {
    ::signal(SIGPIPE, SIG_IGN);  // as a server does
    if (is_softhsm_installed()) token_.emplace();
  }

  void SetUp() override {
    if (!token_) GTEST_SKIP() << "softhsm2, opensc or p11-kit-modules is not installed";
    token_->generate("EC:prime256v1", "issuing", "01");
  }

  base::Result<std::unique_ptr<const SigningKey>> open(const std::string& uri, base::BytesView spki_der = {},
                                                       const std::string& pin = kPin) {
    return TokenKey::open(module_, {uri, pin}, spki_der);
  }
  std::string refusal(const std::string& uri, const std::string& pin = kPin) {
    const auto key = open(uri, {}, pin);
    return key ? "" : key.error().detail;
  }

  std::optional<SoftToken> token_;
  std::shared_ptr<TokenModule> module_ = std::make_shared<TokenModule>(SoftToken::library());
};

TEST_F(TokenKeyTest, IsNamedByItsLabelOrItsId) {
  const auto by_label = open("pkcs11:token=ca;object=issuing").value();
  const auto by_id = open("pkcs11:token=ca;id=%01;type=private").value();
  EXPECT_EQ(by_label->spki_der(), by_id->spki_der());
  EXPECT_TRUE(by_id->sign("message"));
}

TEST_F(TokenKeyTest, IsRefusedWithWhatIsWrongWithItsName) {
  token_->generate("EC:prime256v1", "issuing", "02");
  EXPECT_THAT(refusal("pkcs11:token=ca;object=other"), HasSubstr("no such private key"));
  EXPECT_THAT(refusal("pkcs11:token=ca;object=issuing"), HasSubstr("several such private keys"));
  EXPECT_EQ(refusal("pkcs11:token=ca;object=issuing;id=%02"), "");
  EXPECT_THAT(refusal("pkcs11:token=other;object=issuing"), HasSubstr("no such token"));
  EXPECT_THAT(refusal("pkcs11:token=ca"), HasSubstr("names no key"));
  EXPECT_THAT(refusal("pkcs11:token=ca;object=issuing?pin-value=1234"), HasSubstr("has a query"));
  EXPECT_THAT(refusal("pkcs11:unknown=ca;object=issuing"), HasSubstr("is no PKCS#11 URI"));
  EXPECT_THAT(refusal("file:issuing"), HasSubstr("is no PKCS#11 URI"));
}

TEST_F(TokenKeyTest, OfAKindThatNoCaSignsWithIsRefused) {
  token_->generate("EC:secp521r1", "p521", "02");
  token_->generate("EC:secp256k1", "k1", "03");
  EXPECT_THAT(refusal("pkcs11:token=ca;object=p521"), HasSubstr("a CA signs with a key on P-256"));
  EXPECT_THAT(refusal("pkcs11:token=ca;object=k1"), HasSubstr("the key must be"));
}

TEST_F(TokenKeyTest, WithoutALibraryThereIsNone) {
  module_ = std::make_shared<TokenModule>("/nowhere/libtoken.so");
  EXPECT_THAT(refusal("pkcs11:token=ca;object=issuing"), HasSubstr("cannot load /nowhere/libtoken.so"));
}

// Tokens lock themselves after a few wrong ones.
TEST_F(TokenKeyTest, AWrongPinIsShownToTheTokenOnce) {
  EXPECT_THAT(refusal("pkcs11:token=ca;object=issuing", "9999"), HasSubstr("C_Login"));
  for (int i = 0; i < 20; ++i)
    EXPECT_THAT(refusal("pkcs11:token=ca;object=issuing", "9999"), HasSubstr("has refused the PIN"));
  module_ = std::make_shared<TokenModule>(SoftToken::library());
  EXPECT_EQ(refusal("pkcs11:token=ca;object=issuing"), "");
}

TEST_F(TokenKeyTest, AWrongPinIsNotShownAgainForAnotherKeyOfTheToken) {
  token_->generate("EC:prime256v1", "next", "02");
  EXPECT_THAT(refusal("pkcs11:token=ca;object=issuing", "9999"), HasSubstr("C_Login"));
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(refusal("pkcs11:token=ca;object=next", "9999"), HasSubstr("has refused the PIN"));
}

// A PIN may be in the query, and what a signature is refused with is told to subscribers.
TEST_F(TokenKeyTest, WithABadNameIsRefusedWhenItIsOpenedAndItsQueryIsNotTold) {
  const base::Bytes spki = open("pkcs11:token=ca;object=issuing").value()->spki_der();
  const auto opened = open("pkcs11:token=ca;object=issuing?pin-value=1234", spki);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::malformed);
  EXPECT_THAT(opened.error().detail, testing::Not(HasSubstr("1234")));
}

// Whose certificate is known is opened without it.
TEST_F(TokenKeyTest, MayBeAwayWhenItIsOpenedAndWhenItSigns) {
  const base::Bytes spki = open("pkcs11:token=ca;object=issuing").value()->spki_der();
  module_ = std::make_shared<TokenModule>(SoftToken::library());
  token_->take_away();
  const auto key = open("pkcs11:token=ca;object=issuing", spki).value();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(key->sign("message").error().kind, ErrorKind::unavailable);
  token_->bring_back();
  EXPECT_TRUE(key->sign("message"));
  token_->take_away();
  EXPECT_EQ(key->sign("message").error().kind, ErrorKind::unavailable);
  token_->bring_back();
  EXPECT_TRUE(key->sign("message"));
}

TEST_F(TokenKeyTest, ThatIsNotTheOneOfItsCertificateSignsNothing) {
  token_->generate("EC:prime256v1", "other", "02");
  const base::Bytes spki = open("pkcs11:token=ca;object=other").value()->spki_der();
  const auto key = open("pkcs11:token=ca;object=issuing", spki).value();
  EXPECT_THAT(key->sign("message").error().detail, HasSubstr("not by the key that the certificate has"));
}

TEST_F(TokenKeyTest, SurvivesThatTheMachineWithTheTokenIsKilledAndComesBack) {
  TokenServer server(*token_);
  module_ = std::make_shared<TokenModule>(TokenServer::library());
  const auto first = open("pkcs11:token=ca;object=issuing").value();
  const auto second = open("pkcs11:token=ca;id=%01").value();  // another key of the same library
  EXPECT_TRUE(first->sign("message"));
  EXPECT_TRUE(second->sign("message"));
  server.kill();
  EXPECT_EQ(first->sign("message").error().kind, ErrorKind::unavailable);
  EXPECT_EQ(second->sign("message").error().kind, ErrorKind::unavailable);
  server.start();
  EXPECT_TRUE(second->sign("message"));
  EXPECT_TRUE(first->sign("message"));
  // So quickly that nobody noticed.
  server.kill();
  server.start();
  EXPECT_TRUE(first->sign("message"));
}

TEST_F(TokenKeyTest, ThreadsGoOnWhileItComesAndGoes) {
  TokenServer server(*token_);
  module_ = std::make_shared<TokenModule>(TokenServer::library());
  const auto key = open("pkcs11:token=ca;object=issuing").value();
  std::atomic<bool> done = false;
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!done) {
        const auto signature = key->sign("message");
        if (signature) {
          ++made;
        } else {
          EXPECT_EQ(signature.error().kind, ErrorKind::unavailable);
        }
      }
    });
  }
  for (int round = 0; round < 5; ++round) {
    for (const int before = made; made < before + 20;)
      std::this_thread::yield();
    server.kill();
    server.start();
  }
  done = true;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_TRUE(key->sign("message"));
}

}  // namespace
}  // namespace pkcs11
}  // namespace acmecore
