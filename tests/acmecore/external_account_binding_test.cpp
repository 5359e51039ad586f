#include "acmecore/external_account_binding.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "tests/acmecore/external_account_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Json;

class ExternalAccountBindingTest : public testing::Test {
 protected:
  static constexpr std::string_view kKid = "kid-1";

  BindingDraft draft() const { return binding_draft(key_, kKid, mac_key_); }
  base::Result<ExternalAccountBinding> parse(const Json& binding) const {
    return parse_external_account_binding(binding, kUrl, key_.account_key());
  }
  // What a refusal says; "accepted" where there is none.
  std::string refusal(const Json& binding) const {
    const auto parsed = parse(binding);
    if (parsed) return "accepted";
    EXPECT_EQ(parsed.error().kind, ErrorKind::malformed);
    return parsed.error().detail;
  }
  std::string refusal(const BindingDraft& draft) const { return refusal(binding(draft)); }

  const ClientKey key_;
  const base::Bytes mac_key_ = base::Bytes(32, 'k');
};

testing::AssertionResult says(const std::string& text, std::string_view part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << text;
}

TEST_F(ExternalAccountBindingTest, IsGoodWithEachMac) {
  for (const char* algorithm : {"HS256", "HS384", "HS512"}) {
    BindingDraft good = draft();
    set(good, "alg", algorithm);
    const auto parsed = parse(binding(good));
    ASSERT_TRUE(parsed) << parsed.error().detail;
    EXPECT_EQ(parsed->kid, kKid);
    EXPECT_EQ(parsed->object, binding(good));
    EXPECT_TRUE(is_mac_good(*parsed, mac_key_));
    EXPECT_FALSE(is_mac_good(*parsed, base::Bytes(32, 'l')));
    EXPECT_FALSE(is_mac_good(*parsed, ""));
  }
}

TEST_F(ExternalAccountBindingTest, ShowsNothingButTheThreeParts) {
  Json::Object members = *binding(draft()).object();
  members.emplace_back("comment", "x");
  EXPECT_EQ(parse(members)->object, binding(draft()));
}

TEST_F(ExternalAccountBindingTest, AMacThatIsOffIsNotGood) {
  const auto good = parse(binding(draft())).value();
  for (size_t bit = 0; bit < good.mac.size() * 8; ++bit) {
    ExternalAccountBinding off = good;
    off.mac[bit / 8] = char(off.mac[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(is_mac_good(off, mac_key_));
  }
  for (const size_t size : {size_t(0), size_t(1), size_t(16), size_t(31)}) {
    ExternalAccountBinding cut = good;
    cut.mac.resize(size);
    EXPECT_FALSE(is_mac_good(cut, mac_key_));
  }
  ExternalAccountBinding longer = good;
  longer.mac += '\0';
  EXPECT_FALSE(is_mac_good(longer, mac_key_));
  ExternalAccountBinding other = good;
  other.algorithm = MacAlgorithm::hs384;
  EXPECT_FALSE(is_mac_good(other, mac_key_));
}

TEST_F(ExternalAccountBindingTest, TakesNothingButAMac) {
  for (const char* algorithm : {"none", "RS256", "ES256", "EdDSA", "hs256", "HS1", ""}) {
    BindingDraft bad = draft();
    set(bad, "alg", algorithm);
    EXPECT_TRUE(says(refusal(bad), "none of HS256, HS384 and HS512")) << algorithm;
  }
  BindingDraft absent = draft();
  set(absent, "alg", Json());
  EXPECT_TRUE(says(refusal(absent), "must have \"alg\""));
}

TEST_F(ExternalAccountBindingTest, TheHeaderHasWhatItMustAndNothingElseThatMatters) {
  const std::pair<const char*, Json> surplus[] = {
      {"nonce", "AAAA"}, {"jwk", key_.jwk()}, {"crit", Json::Array{}}, {"b64", false}};
  for (const auto& [name, value] : surplus) {
    BindingDraft bad = draft();
    set(bad, name, value);
    EXPECT_TRUE(says(refusal(bad), std::string("must not have \"") + name)) << name;
  }
  for (const char* name : {"kid", "url"}) {
    BindingDraft bad = draft();
    set(bad, name, Json());
    EXPECT_TRUE(says(refusal(bad), std::string("must have \"") + name)) << name;
    set(bad, name, 1);
    EXPECT_TRUE(says(refusal(bad), std::string("must have \"") + name)) << name;
  }
  for (const std::string url :
       {"https://acme.test/acme/new-order", "https://acme.test/acme/new-account/",
        "http://acme.test/acme/new-account", "https://ACME.test/acme/new-account", ""}) {
    BindingDraft bad = draft();
    set(bad, "url", url);
    EXPECT_TRUE(says(refusal(bad), "not that of the request")) << url;
  }
  BindingDraft unknown = draft();
  set(unknown, "typ", "jwt");
  EXPECT_EQ(refusal(unknown), "accepted");
}

TEST_F(ExternalAccountBindingTest, ThePayloadIsTheAccountsKey) {
  const std::string payloads[] = {"",
                                  "x",
                                  "{}",
                                  "null",
                                  "[]",
                                  ClientKey().jwk().text(),
                                  "\"" + base::base64url(key_.jwk().text()) + "\""};
  for (const std::string& payload : payloads) {
    BindingDraft bad = draft();
    bad.payload = payload;
    EXPECT_TRUE(says(refusal(bad), "the payload is not the key")) << payload;
  }
  // The same key in other words.
  Json::Object jwk = *key_.jwk().object();
  std::swap(jwk.front(), jwk.back());
  jwk.emplace_back("use", "sig");
  BindingDraft reordered = draft();
  reordered.payload = Json(jwk).text();
  EXPECT_EQ(refusal(reordered), "accepted");
}

TEST_F(ExternalAccountBindingTest, IsAFlattenedJws) {
  const Json::Object good = *binding(draft()).object();
  for (const char* name : {"protected", "payload", "signature"}) {
    Json::Object without = good;
    std::erase_if(without, [&](const Json::Member& member) { return member.first == name; });
    EXPECT_TRUE(says(refusal(without), std::string("must have \"") + name)) << name;
    without.emplace_back(name, "=");
    EXPECT_TRUE(says(refusal(without), "base64url")) << name;
  }
  for (const char* name : {"signatures", "header"}) {
    Json::Object with = good;
    with.emplace_back(name, Json::Array{});
    EXPECT_NE(refusal(with), "accepted") << name;
  }
  for (const Json& other : {Json(), Json("x"), Json(1), Json(Json::Array{good})})
    EXPECT_TRUE(says(refusal(other), "flattened"));
}

}  // namespace
}  // namespace acmecore
