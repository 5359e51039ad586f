#include "acmecore/account_key.h"

#include <gtest/gtest.h>

#include "acmecore/account_keys.h"
#include "base/base64url.h"
#include "tests/acmecore/jws_fixtures.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Json;

// RFC 7638 §3.1.
constexpr std::string_view kRsaModulus =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
    "BJECPebWKRXjBZCiFV4n3oknj"
    "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
    "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
    "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
    "kEgU8awapJzK"
    "nqDKgw";

Json jwk(std::string_view text) { return base::parse_json(text).value(); }

Json rsa(std::string_view n, std::string_view e) { return Json::Object{{"kty", "RSA"}, {"n", n}, {"e", e}}; }

ErrorKind refusal(const Json& key) {
  const auto parsed = AccountKey::from_jwk(key);
  return parsed ? ErrorKind::internal : parsed.error().kind;
}

Json without(Json::Object object, std::string_view name) {
  std::erase_if(object, [name](const Json::Member& member) { return member.first == name; });
  return object;
}

Json with(Json::Object object, std::string_view name, Json value) {
  Json::Object changed = *without(std::move(object), name).object();
  changed.emplace_back(name, std::move(value));
  return changed;
}

// A number of `octets` octets whose first is `first` and whose others are odd rubbish.
std::string number(size_t octets, char first, char last = '\x0f') {
  std::string text(octets, '\x5b');
  text.front() = first;
  text.back() = last;
  return base::base64url(text);
}

TEST(AccountKey, HasTheThumbprintsOfTheRfcs) {
  const auto rsa_key = AccountKey::from_jwk(with(*rsa(kRsaModulus, "AQAB").object(), "kid", "2011-04-29"));
  ASSERT_TRUE(rsa_key) << rsa_key.error().detail;
  EXPECT_EQ(rsa_key->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");  // RFC 7638 §3.1

  const auto okp = AccountKey::from_jwk(
      jwk(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"));
  ASSERT_TRUE(okp) << okp.error().detail;
  EXPECT_EQ(okp->thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");  // RFC 8037 §A.3
}

TEST(AccountKey, TellsTheTypes) {
  EXPECT_EQ(ClientKey("P-256").account_key().type(), AccountKeyType::p256);
  EXPECT_EQ(ClientKey("P-384").account_key().type(), AccountKeyType::p384);
  EXPECT_EQ(ClientKey("P-521").account_key().type(), AccountKeyType::p521);
  EXPECT_EQ(ClientKey("Ed25519").account_key().type(), AccountKeyType::ed25519);
  EXPECT_EQ(ClientKey("RSA").account_key().type(), AccountKeyType::rsa);
}

TEST(AccountKey, IgnoresTheOrderOfMembersAndTheOnesItDoesNotKnow) {
  const Json key = ClientKey().jwk();
  Json::Object reordered(key.object()->rbegin(), key.object()->rend());
  reordered.emplace_back("use", "sig");
  reordered.emplace_back("x5t", 7);
  const auto one = AccountKey::from_jwk(key);
  const auto other = AccountKey::from_jwk(reordered);
  ASSERT_TRUE(one && other);
  EXPECT_EQ(one->thumbprint(), other->thumbprint());
  EXPECT_EQ(one->spki_der(), other->spki_der());
}

TEST(AccountKey, IsReadBackAsItWasStored) {
  for (std::string_view type : {"P-256", "P-384", "P-521", "Ed25519", "RSA"}) {
    const AccountKey key = ClientKey(type).account_key();
    const auto stored = AccountKey::from_stored(key.spki_der(), key.thumbprint());
    ASSERT_TRUE(stored) << type;
    EXPECT_EQ(stored->type(), key.type());
    EXPECT_EQ(stored->spki_der(), key.spki_der());
    EXPECT_EQ(stored->thumbprint(), key.thumbprint());
    EXPECT_EQ(EVP_PKEY_eq(stored->handle(), key.handle()), 1);
  }
  EXPECT_EQ(AccountKey::from_stored("rubbish", "x").error().kind, ErrorKind::internal);
}

TEST(AccountKey, EncodesItsSpkiAsOpensslDoes) {
  for (std::string_view type : {"P-256", "P-384", "P-521", "Ed25519", "RSA"}) {
    const ClientKey key(type);
    base::Bytes der(size_t(i2d_PUBKEY(key.handle(), nullptr)), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_PUBKEY(key.handle(), &at);
    EXPECT_EQ(key.account_key().spki_der(), der) << type;
  }
}

TEST(AccountKey, RefusesWhatIsNoJwk) {
  for (std::string_view text : {"[]", "\"EC\"", "null", "{}", R"({"kty":7})", R"({"kty":"EC"})",
                                R"({"kty":"RSA"})", R"({"kty":"OKP"})", R"({"kty":"EC","crv":7})"}) {
    EXPECT_EQ(refusal(jwk(text)), ErrorKind::malformed) << text;
  }
  const Json::Object ec = *ClientKey().jwk().object();
  EXPECT_EQ(refusal(without(ec, "x")), ErrorKind::malformed);
  EXPECT_EQ(refusal(without(ec, "y")), ErrorKind::malformed);
  EXPECT_EQ(refusal(with(ec, "x", 5)), ErrorKind::malformed);
  EXPECT_EQ(refusal(with(ec, "x", *Json(ec).find("x")->string() + "=")), ErrorKind::malformed);
  EXPECT_EQ(refusal(with(ec, "x", number(31, 1))), ErrorKind::malformed);
  EXPECT_EQ(refusal(with(ec, "x", number(33, 0))), ErrorKind::malformed);
  EXPECT_EQ(refusal(rsa(kRsaModulus, "")), ErrorKind::malformed);
  EXPECT_EQ(refusal(rsa(kRsaModulus, "AAEAAQ")), ErrorKind::malformed);  // a zero octet in front
}

TEST(AccountKey, RefusesOtherTypesAndCurves) {
  EXPECT_EQ(refusal(jwk(R"({"kty":"oct","x":"AAAA"})")), ErrorKind::bad_public_key);
  EXPECT_EQ(refusal(jwk(R"({"kty":"ec"})")), ErrorKind::bad_public_key);
  EXPECT_EQ(refusal(with(*ClientKey().jwk().object(), "crv", "secp256k1")), ErrorKind::bad_public_key);
  EXPECT_EQ(refusal(with(*ClientKey("Ed25519").jwk().object(), "crv", "Ed448")), ErrorKind::bad_public_key);
  EXPECT_EQ(refusal(with(*ClientKey("Ed25519").jwk().object(), "crv", "X25519")), ErrorKind::bad_public_key);
}

TEST(AccountKey, RefusesPrivateKeys) {
  for (std::string_view name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    EXPECT_EQ(refusal(with(*ClientKey().jwk().object(), name, "AAAA")), ErrorKind::bad_public_key) << name;
  }
}

TEST(AccountKey, RefusesPointsThatAreNotOnTheirCurve) {
  const Json::Object ec = *ClientKey().jwk().object();
  EXPECT_EQ(refusal(with(ec, "y", *Json(ec).find("x")->string())), ErrorKind::bad_public_key);
  EXPECT_EQ(refusal(with(ec, "x", number(32, '\xff', '\xff'))), ErrorKind::bad_public_key);
  const std::string zero = base::base64url(std::string(32, '\0'));
  EXPECT_EQ(refusal(with(*with(ec, "x", zero).object(), "y", zero)), ErrorKind::bad_public_key);
}

TEST(AccountKey, RefusesWeakRsaKeys) {
  EXPECT_EQ(refusal(rsa(number(128, '\xc3'), "AQAB")), ErrorKind::bad_public_key);   // 1024 bits
  EXPECT_EQ(refusal(rsa(number(255, '\xc3'), "AQAB")), ErrorKind::bad_public_key);   // 2040
  EXPECT_EQ(refusal(rsa(number(1025, '\xc3'), "AQAB")), ErrorKind::bad_public_key);  // 8200
  EXPECT_EQ(refusal(rsa(number(256, '\xc3', '\x10'), "AQAB")), ErrorKind::bad_public_key);
  for (std::string_view e : {"AQ", "Aw", "AQAA", "Eg"}) {  // 1, 3, 65536, 18
    EXPECT_EQ(refusal(rsa(kRsaModulus, e)), ErrorKind::bad_public_key) << e;
  }
}

TEST(AccountKeys, GivesTheSameKeyAgainAndForgetsTheOneUnusedLongest) {
  AccountKeys keys(/*keys_max=*/2);
  const auto account = [](const ClientKey& key) {
    Account made;
    made.key_spki = key.account_key().spki_der();
    made.key_thumbprint = key.account_key().thumbprint();
    return made;
  };
  const Account a = account(ClientKey());
  const Account b = account(ClientKey());
  const Account c = account(ClientKey());
  const AccountKeyPtr first = keys.key_of(a).value();
  EXPECT_EQ(keys.key_of(a).value(), first);
  keys.key_of(b).value();
  keys.key_of(a).value();
  keys.key_of(c).value();  // b goes
  EXPECT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys.key_of(a).value(), first);
  keys.key_of(b).value();  // c goes
  keys.key_of(c).value();  // a goes
  EXPECT_EQ(keys.size(), 2u);
  EXPECT_NE(keys.key_of(a).value(), first);
  EXPECT_EQ(first->thumbprint(), a.key_thumbprint);  // whoever holds it may go on
}

}  // namespace
}  // namespace acmecore
