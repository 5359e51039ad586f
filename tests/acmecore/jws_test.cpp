#include "acmecore/jws.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>

#include "base/base64url.h"
#include "tests/acmecore/jws_fixtures.h"

namespace acmecore {
namespace {

using base::base64url;
using base::Bytes;
using base::ErrorKind;
using base::Json;

const ClientKey& client() {
  static const ClientKey key;
  return key;
}

// What parsing, the URL and the signature by the JWS's own or the client's key say; internal: all is well.
ErrorKind refusal(std::string_view body) {
  const auto parsed = parse_jws(body);
  if (!parsed) return parsed.error().kind;
  if (const auto checked = check_url(*parsed, kUrl); !checked) return checked.error().kind;
  const AccountKey key = client().account_key();
  const auto verified = verify_signature(*parsed, parsed->jwk ? *parsed->jwk : key);
  return verified ? ErrorKind::internal : verified.error().kind;
}
constexpr ErrorKind kAccepted = ErrorKind::internal;

ErrorKind refusal_with(std::string_view name, Json value) {
  JwsDraft draft = jwk_draft(client());
  set(draft, name, std::move(value));
  return refusal(jws(draft));
}

ErrorKind refusal_without(std::string_view name) {
  JwsDraft draft = jwk_draft(client());
  unset(draft, name);
  return refusal(jws(draft));
}

// A JWS whose signature is something else.
ErrorKind refusal_signed(const JwsDraft& draft, const Bytes& signature) {
  return refusal(with_member(signed_members(draft), "signature", base64url(signature)));
}

std::string signing_input(const JwsDraft& draft) {
  const auto members = signed_members(draft);
  return *members[0].second.string() + '.' + *members[1].second.string();
}

TEST(Jws, AcceptsEveryAlgorithmWithItsKey) {
  for (std::string_view type : {"P-256", "P-384", "P-521", "Ed25519", "RSA"}) {
    const ClientKey key(type);
    EXPECT_EQ(refusal(jws(jwk_draft(key))), kAccepted) << type;
  }
  const ClientKey key("Ed25519");
  JwsDraft draft = jwk_draft(key);
  set(draft, "alg", "Ed25519");  // RFC 9864
  EXPECT_EQ(refusal(jws(draft)), kAccepted);
}

TEST(Jws, TakesTheRequestApart) {
  JwsDraft draft = kid_draft(client(), "https://acme.test/acme/account/1");
  draft.payload = R"({"a":1})";
  const auto parsed = parse_jws(jws(draft));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(parsed->algorithm, Algorithm::es256);
  EXPECT_EQ(parsed->url, kUrl);
  EXPECT_EQ(parsed->nonce, "bm9uY2U");
  EXPECT_EQ(parsed->kid, "https://acme.test/acme/account/1");
  EXPECT_FALSE(parsed->jwk);
  EXPECT_EQ(parsed->payload, draft.payload);
  EXPECT_TRUE(verify_signature(*parsed, client().account_key()));
}

TEST(Jws, AcceptsAPostAsGetWhosePayloadIsTheEmptyString) {
  JwsDraft draft = jwk_draft(client());
  draft.payload = "";
  EXPECT_EQ(refusal(jws(draft)), kAccepted);
  EXPECT_EQ(parse_jws(jws(draft))->payload, "");
}

TEST(Jws, IgnoresMembersThatItDoesNotKnow) {
  EXPECT_EQ(refusal(with_member(signed_members(jwk_draft(client())), "more", 7)), kAccepted);
  EXPECT_EQ(refusal_with("typ", "x"), kAccepted);
}

// J01–J03, T1
TEST(Jws, RefusesAlgNoneInEverySpelling) {
  for (std::string_view none : {"none", "None", "NONE", "nOnE"}) {
    EXPECT_EQ(refusal_with("alg", none), ErrorKind::bad_signature_algorithm) << none;
    JwsDraft draft = jwk_draft(client());
    set(draft, "alg", none);
    EXPECT_EQ(refusal_signed(draft, ""), ErrorKind::bad_signature_algorithm) << none;
  }
}

// J04–J08, T2
TEST(Jws, RefusesMacsKeyedWithThePublicKey) {
  const Bytes der = client().account_key().spki_der();
  const base::BioHandle pem(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(pem.get(), client().handle());
  char* text = nullptr;
  const long size = BIO_get_mem_data(pem.get(), &text);
  const std::vector<Bytes> secrets{der, Bytes(text, size_t(size)), der.substr(der.size() - 65),
                                   client().jwk().text(), ""};
  for (std::string_view algorithm : {"HS256", "HS384", "HS512"}) {
    for (const Bytes& secret : secrets) {
      JwsDraft draft = jwk_draft(client());
      set(draft, "alg", algorithm);
      const std::string input = signing_input(draft);
      Bytes mac(32, '\0');
      HMAC(EVP_sha256(), secret.data(), int(secret.size()), base::octets(input), input.size(),
           reinterpret_cast<unsigned char*>(mac.data()), nullptr);
      EXPECT_EQ(refusal_signed(draft, mac), ErrorKind::bad_signature_algorithm);
    }
  }
}

// J09
TEST(Jws, RefusesUnknownAlgorithmsAndListsTheKnown) {
  for (std::string_view name : {"ES256K", "PS256", "RS1", "RS384", "es256", "Ed448", ""}) {
    EXPECT_EQ(refusal_with("alg", name), ErrorKind::bad_signature_algorithm) << name;
  }
  const auto names = algorithm_names();
  EXPECT_EQ(std::vector<std::string_view>(names.begin(), names.end()),
            (std::vector<std::string_view>{"ES256", "ES384", "ES512", "EdDSA", "Ed25519", "RS256"}));
}

// J10
TEST(Jws, RefusesAMissingAlgAndOneThatIsNoString) {
  EXPECT_EQ(refusal_without("alg"), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("alg", 7), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("alg", Json::Array{"ES256"}), ErrorKind::malformed);
}

// J40, J41
TEST(Jws, RefusesASignatureWithAnyBitFlipped) {
  for (std::string_view type : {"P-256", "Ed25519", "RSA"}) {
    const ClientKey key(type);
    const JwsDraft draft = jwk_draft(key);
    const Bytes good = key.sign(signing_input(draft));
    for (size_t at = 0; at < good.size(); at += 7) {
      Bytes bad = good;
      bad[at] = char(bad[at] ^ (1 << (at % 8)));
      EXPECT_EQ(refusal_signed(draft, bad), ErrorKind::malformed) << type << " at " << at;
    }
  }
}

// J42–J44, T16
TEST(Jws, RefusesEcdsaSignaturesOfZerosInDerAndOfOtherSizes) {
  const JwsDraft draft = jwk_draft(client());
  const Bytes good = client().sign(signing_input(draft));
  EXPECT_EQ(refusal_signed(draft, Bytes(64, '\0')), ErrorKind::malformed);  // CVE-2022-21449
  EXPECT_EQ(refusal_signed(draft, Bytes(32, '\0') + good.substr(32)), ErrorKind::malformed);
  EXPECT_EQ(refusal_signed(draft, good.substr(0, 32) + Bytes(32, '\0')), ErrorKind::malformed);
  EXPECT_EQ(refusal_signed(draft, Bytes(64, '\xff')), ErrorKind::malformed);
  EXPECT_EQ(refusal_signed(draft, good + '\0'), ErrorKind::malformed);
  EXPECT_EQ(refusal_signed(draft, '\0' + good), ErrorKind::malformed);
  EXPECT_EQ(refusal_signed(draft, good.substr(0, 63)), ErrorKind::malformed);
  EXPECT_EQ(refusal_signed(draft, ""), ErrorKind::malformed);

  const base::MdContextHandle context(EVP_MD_CTX_new());
  const std::string input = signing_input(draft);
  size_t size = 80;
  Bytes der(size, '\0');
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, client().handle());
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, base::octets(input),
                 input.size());
  der.resize(size);
  EXPECT_EQ(refusal_signed(draft, der), ErrorKind::malformed);
}

TEST(Jws, RefusesRsaAndEddsaSignaturesOfOtherSizes) {
  for (std::string_view type : {"RSA", "Ed25519"}) {
    const ClientKey key(type);
    const JwsDraft draft = jwk_draft(key);
    const Bytes good = key.sign(signing_input(draft));
    EXPECT_EQ(refusal_signed(draft, good), kAccepted);
    EXPECT_EQ(refusal_signed(draft, good + '\0'), ErrorKind::malformed);
    EXPECT_EQ(refusal_signed(draft, good.substr(1)), ErrorKind::malformed);
    EXPECT_EQ(refusal_signed(draft, ""), ErrorKind::malformed);
    EXPECT_EQ(refusal_signed(draft, Bytes(good.size(), '\0')), ErrorKind::malformed);
  }
}

// J45
TEST(Jws, RefusesAPayloadOrHeaderThatWasExchanged) {
  const auto members = signed_members(jwk_draft(client()));
  EXPECT_EQ(refusal(with_member(members, "payload", base64url(R"({"a":1})"))), ErrorKind::malformed);
  EXPECT_EQ(refusal(with_member(members, "payload", "")), ErrorKind::malformed);
  JwsDraft other = jwk_draft(client());
  set(other, "nonce", "b3RoZXI");
  EXPECT_EQ(refusal(with_member(members, "protected", signed_members(other)[0].second)),
            ErrorKind::malformed);
}

// J46
TEST(Jws, RefusesTheSignatureOfAnotherKey) {
  const ClientKey other;
  JwsDraft draft = jwk_draft(client());
  draft.key = &other;
  EXPECT_EQ(refusal(jws(draft)), ErrorKind::malformed);
  JwsDraft by_kid = kid_draft(other, "https://acme.test/acme/account/1");
  EXPECT_EQ(refusal(jws(by_kid)), ErrorKind::malformed);
}

// J47
TEST(Jws, RefusesAPssSignatureUnderRs256) {
  const ClientKey key("RSA");
  const JwsDraft draft = jwk_draft(key);
  const std::string input = signing_input(draft);
  const base::MdContextHandle context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;
  EVP_DigestSignInit(context.get(), &padding, EVP_sha256(), nullptr, key.handle());
  EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING);
  size_t size = 256;
  Bytes signature(size, '\0');
  EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                 base::octets(input), input.size());
  EXPECT_EQ(refusal_signed(draft, signature), ErrorKind::malformed);
}

// J48, T3
TEST(Jws, RefusesAnAlgorithmOfAnotherTypeOfKey) {
  const std::vector<std::string_view> types{"P-256", "P-384", "P-521", "Ed25519", "RSA"};
  for (std::string_view type : types) {
    const ClientKey key(type);
    for (std::string_view other : types) {
      JwsDraft draft = jwk_draft(key);
      set(draft, "alg", ClientKey(other).algorithm());
      EXPECT_EQ(refusal(jws(draft)), type == other ? kAccepted : ErrorKind::malformed)
          << type << ' ' << other;
    }
  }
}

TEST(Jws, HoldsTheJwkToItsOwnAlg) {
  JwsDraft draft = jwk_draft(client());
  Json::Object key = *client().jwk().object();
  key.emplace_back("alg", "ES256");
  set(draft, "jwk", key);
  EXPECT_EQ(refusal(jws(draft)), kAccepted);
  key.back().second = "ES384";
  set(draft, "jwk", key);
  EXPECT_EQ(refusal(jws(draft)), ErrorKind::malformed);
}

// J49, J50, T4
TEST(Jws, WantsExactlyOneOfKidAndJwk) {
  EXPECT_EQ(refusal_with("kid", "https://acme.test/acme/account/1"), ErrorKind::malformed);
  EXPECT_EQ(refusal_without("jwk"), ErrorKind::malformed);
}

TEST(Jws, RefusesAKidThatIsNoString) {
  for (const Json& kid : {Json(7), Json(), Json(Json::Array{"x"}), Json(true)}) {
    JwsDraft draft = kid_draft(client(), "");
    set(draft, "kid", kid);
    EXPECT_EQ(refusal(jws(draft)), ErrorKind::malformed);
  }
}

TEST(Jws, RefusesAJwkThatIsNoGoodKey) {
  EXPECT_EQ(refusal_with("jwk", "text"), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("jwk", Json()), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("jwk", Json::Object{{"kty", "oct"}, {"k", "AAAA"}}), ErrorKind::bad_public_key);
}

// J57
TEST(Jws, RefusesAMissingUrlAndOneThatIsNoString) {
  EXPECT_EQ(refusal_without("url"), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("url", 7), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("url", Json()), ErrorKind::malformed);
}

// J58, J59, T7
TEST(Jws, RefusesAnyOtherUrlAsUnauthorized) {
  for (std::string_view url :
       {"https://acme.test/acme/new-order", "http://acme.test/acme/new-account",
        "https://acme.test/acme/new-account?a", "https://acme.test/acme/new-account/",
        "https://evil.test/acme/new-account", "/acme/new-account", "https://ACME.test/acme/new-account",
        "https://acme.test:443/acme/new-account", ""}) {
    EXPECT_EQ(refusal_with("url", url), ErrorKind::unauthorized) << url;
  }
}

// J60, J61, N09, T6
TEST(Jws, RefusesAnUnprotectedHeader) {
  auto members = signed_members(jwk_draft(client()));
  EXPECT_EQ(refusal(with_member(members, "header", Json::Object{})), ErrorKind::malformed);
  EXPECT_EQ(refusal(with_member(members, "header", Json())), ErrorKind::malformed);

  JwsDraft bare = jwk_draft(client());
  bare.header = {{"alg", "ES256"}};
  const Json::Object unprotected{{"jwk", client().jwk()}, {"nonce", "bm9uY2U"}, {"url", kUrl}};
  EXPECT_EQ(refusal(with_member(signed_members(bare), "header", unprotected)), ErrorKind::malformed);
}

// J62–J64
TEST(Jws, RefusesTheOtherSerializations) {
  const auto members = signed_members(jwk_draft(client()));
  const Json::Object signature{{"protected", members[0].second}, {"signature", members[2].second}};
  const Json::Object general{{"payload", members[1].second}, {"signatures", Json::Array{signature}}};
  EXPECT_EQ(refusal(Json(general).text()), ErrorKind::malformed);
  EXPECT_EQ(refusal(with_member(general, "signatures", Json::Array{signature, signature})),
            ErrorKind::malformed);
  EXPECT_EQ(refusal(with_member(members, "signatures", Json::Array{signature})), ErrorKind::malformed);
  EXPECT_EQ(refusal(with_member(members, "signatures", Json::Array{})), ErrorKind::malformed);

  const std::string compact =
      *members[0].second.string() + '.' + *members[1].second.string() + '.' + *members[2].second.string();
  EXPECT_EQ(refusal(compact), ErrorKind::malformed);
  EXPECT_EQ(refusal(Json(compact).text()), ErrorKind::malformed);
}

TEST(Jws, RefusesCriticalAndUnencodedExtensions) {
  EXPECT_EQ(refusal_with("crit", Json::Array{"b64"}), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("crit", Json::Array{}), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("b64", false), ErrorKind::malformed);
  EXPECT_EQ(refusal_with("b64", true), ErrorKind::malformed);
}

// N06–N08: whether a nonce must be there is said where the nonce is used.
TEST(Jws, RefusesANonceThatIsNotBase64url) {
  EXPECT_EQ(refusal_without("nonce"), kAccepted);
  EXPECT_FALSE([] {
    JwsDraft draft = jwk_draft(client());
    unset(draft, "nonce");
    return parse_jws(jws(draft))->nonce.has_value();
  }());
  for (const Json& nonce : {Json("a=="), Json("a b"), Json("+/+/"), Json("A"), Json(7),
                            Json(Json::Array{"bm9uY2U"}), Json(), Json(Json::Object{})}) {
    EXPECT_EQ(refusal_with("nonce", nonce), ErrorKind::malformed) << nonce.text();
  }
}

// T30–T44
TEST(Jws, RefusesBodiesThatAreNoJws) {
  const std::string good = jws(jwk_draft(client()));
  const std::vector<std::string> bodies{"",
                                        "rubbish",
                                        good.substr(0, good.size() / 2),
                                        "[" + good + "]",
                                        "\"text\"",
                                        "null",
                                        "{}",
                                        good + '\0',
                                        "\x00\x01\xfe\xff",
                                        "{\"protected\":\"\xff\",\"payload\":\"\",\"signature\":\"\"}",
                                        R"({"protected":1,"payload":2,"signature":3})",
                                        R"({"protected":null,"payload":null,"signature":null})",
                                        R"({"protected":{},"payload":{},"signature":{}})",
                                        good.substr(0, good.size() - 1) + ",}",
                                        good + good,
                                        R"({"protected":"","payload":"","signature":""})",
                                        "7"};
  for (const std::string& body : bodies)
    EXPECT_EQ(refusal(body), ErrorKind::malformed) << body;
}

TEST(Jws, RefusesEachMissingPart) {
  const auto members = signed_members(jwk_draft(client()));
  for (std::string_view name : {"protected", "payload", "signature"}) {
    EXPECT_EQ(refusal(with_member(members, name, std::nullopt)), ErrorKind::malformed) << name;
    EXPECT_EQ(refusal(with_member(members, name, 7)), ErrorKind::malformed) << name;
  }
}

TEST(Jws, RefusesMembersTwice) {
  const std::string good = jws(jwk_draft(client()));
  EXPECT_EQ(refusal(good.substr(0, good.size() - 1) + R"(,"payload":""})"), ErrorKind::malformed);
  const std::string header = R"({"alg":"none","alg":"ES256"})";
  EXPECT_EQ(refusal(with_member(signed_members(jwk_draft(client())), "protected", base64url(header))),
            ErrorKind::malformed);
}

// T15
TEST(Jws, RefusesPaddingAndTheStandardAlphabetInEachPart) {
  const auto members = signed_members(jwk_draft(client()));
  for (std::string_view name : {"protected", "payload", "signature"}) {
    const std::string text = *Json(members).find(name)->string();
    for (const std::string& bad :
         {text + "=", text + "==", "+/+/" + text, text + "\n", " " + text, text + "A"}) {
      EXPECT_EQ(refusal(with_member(members, name, bad)), ErrorKind::malformed) << name << ' ' << bad;
    }
  }
}

TEST(Jws, RefusesAProtectedHeaderThatIsNoObject) {
  for (std::string_view header : {"[]", "\"x\"", "null", "7", "", "{", "\xff"}) {
    EXPECT_EQ(refusal(with_member(signed_members(jwk_draft(client())), "protected", base64url(header))),
              ErrorKind::malformed)
        << header;
  }
}

TEST(Jws, IsBoundedInSize) {
  JwsDraft draft = jwk_draft(client());
  draft.payload = std::string(40'000, 'x');
  EXPECT_EQ(refusal(jws(draft)), kAccepted);
  draft.payload = std::string(kJwsSizeMax, 'x');
  EXPECT_EQ(refusal(jws(draft)), ErrorKind::too_large);
  EXPECT_EQ(refusal_with("nonce", std::string(200'000, 'A')), ErrorKind::too_large);  // N12
  EXPECT_EQ(refusal(std::string(50'000, '[')), ErrorKind::too_large);
}

}  // namespace
}  // namespace acmecore
