#include "dnsserver/credential.h"

#include <gtest/gtest.h>

#include "dnsserver/stored_credential.h"
#include "dnsserver/uuid.h"

namespace dnsserver {
namespace {

using base::ErrorKind;
using base::IpAddress;
using base::IpNetwork;
using namespace std::chrono_literals;

constexpr Time kNow = Time(1'790'000'000s);

Name name(std::string_view text) { return Name::parse(text).value(); }
Scope at(std::string_view text) { return {.name = name(text)}; }
Scope below(std::string_view text) { return {.name = name(text), .reach = Scope::Reach::subtree}; }
Scope not_below(std::string_view text) {
  return {.name = name(text), .reach = Scope::Reach::subtree, .excluded = true};
}

Credential credential(std::vector<Scope> scopes) {
  Credential made;
  made.id = "c1";
  made.scopes = std::move(scopes);
  return made;
}

bool may_write(const Credential& credential, std::string_view owner) {
  return permits(credential, name(owner), std::nullopt, kNow).has_value();
}

TEST(Permits, AnExactScopeAtItsNameAlone) {
  const Credential one = credential({at("b.corp.test")});
  EXPECT_TRUE(may_write(one, "b.corp.test"));
  EXPECT_TRUE(may_write(one, "B.Corp.TEST.")) << "names have no case (RFC 4343)";
  for (const char* other : {"a.corp.test", "sub.b.corp.test", "corp.test", "xb.corp.test",
                            "b.corp.test.evil.test", R"(b\.corp.test)", R"(x\.b.corp.test)", "."}) {
    EXPECT_FALSE(may_write(one, other)) << other;
  }
}

TEST(Permits, ASubtreeAtItsNameAndBelow) {
  const Credential tree = credential({below("corp.test")});
  EXPECT_TRUE(may_write(tree, "corp.test"));
  EXPECT_TRUE(may_write(tree, "_acme-challenge.www.corp.test"));
  EXPECT_FALSE(may_write(tree, "notcorp.test"));
  EXPECT_FALSE(may_write(tree, R"(x\.corp.test)")) << "a dot inside a label ends none";
}

// CVE-2026-33489: the access list of a subzone was chosen by the order of strings.
TEST(Permits, WhatTheLongestScopeInLabelsSays) {
  for (const auto& scopes :
       {std::vector{below("example.org"), not_below("a.example.org"), below("z.a.example.org")},
        std::vector{below("z.a.example.org"), not_below("a.example.org"), below("example.org")}}) {
    const Credential open = credential(scopes);
    EXPECT_TRUE(may_write(open, "www.example.org"));
    EXPECT_TRUE(may_write(open, "zzzzzzzzzzzzzzzzzzzzzzzz.example.org"));
    EXPECT_FALSE(may_write(open, "a.example.org"));
    EXPECT_FALSE(may_write(open, "x.a.example.org"));
    EXPECT_TRUE(may_write(open, "y.z.a.example.org"));
  }
}

TEST(Permits, OfOneNameWhatIsSaidOfItAloneBeforeWhatIsSaidOfItsTree) {
  Scope only_the_name = at("a.example.org");
  only_the_name.excluded = true;
  const Credential one = credential({below("a.example.org"), only_the_name});
  EXPECT_FALSE(may_write(one, "a.example.org"));
  EXPECT_TRUE(may_write(one, "b.a.example.org"));
}

TEST(Permits, NothingOnceItIsDisabledOrHasExpired) {
  Credential one = credential({at("b.corp.test")});
  one.expires = kNow + 1ms;
  EXPECT_TRUE(may_write(one, "b.corp.test"));
  one.expires = kNow;
  EXPECT_FALSE(may_write(one, "b.corp.test"));
  one.expires.reset();
  one.disabled = true;
  const auto refused = permits(one, name("b.corp.test"), std::nullopt, kNow);
  EXPECT_EQ(refused.error(), (base::Error{ErrorKind::unauthorized, "credential c1 is disabled", {}}));
}

TEST(Permits, OnlyFromItsSources) {
  Credential one = credential({at("b.corp.test")});
  one.sources = {IpNetwork::parse("192.0.2.0/24").value(), IpNetwork::parse("2001:db8::/32").value()};
  const auto from = [&](const char* address) {
    return permits(one, name("b.corp.test"), IpAddress::parse(address).value(), kNow).has_value();
  };
  EXPECT_TRUE(from("192.0.2.7"));
  EXPECT_TRUE(from("2001:db8::7"));
  EXPECT_FALSE(from("192.0.3.7"));
  EXPECT_FALSE(permits(one, name("b.corp.test"), std::nullopt, kNow)) << "an unknown source is none of them";
}

TEST(CheckCredential, NamesWhatIsWrong) {
  EXPECT_TRUE(check_credential(credential({at("b.corp.test")})));
  EXPECT_EQ(check_credential(credential({})).error().kind, ErrorKind::malformed);
  EXPECT_FALSE(check_credential(credential({at("*.corp.test")})));
  EXPECT_FALSE(check_credential(credential({at("a.test"), at("A.test")})));
  EXPECT_TRUE(check_credential(credential({at("a.test"), below("a.test")})));
  Credential one = credential({at("b.corp.test")});
  one.limits.values_per_name = 0;
  EXPECT_FALSE(check_credential(one));
  one.limits.values_per_name = kChallengesPerNameMax;
  EXPECT_TRUE(check_credential(one));
  one.limits.values_per_name = kChallengesPerNameMax + 1;
  EXPECT_FALSE(check_credential(one));
  one.limits = {};
  one.limits.lifetime_max = kChallengeLifetimeMax + 1ms;
  EXPECT_FALSE(check_credential(one));
  one.limits = {};
  one.login = Login{"a:b", {}};
  EXPECT_FALSE(check_credential(one)) << "Basic could not carry it (RFC 7617 §2)";
  one.login.reset();
  one.tsig_keys = {{name("key."), TsigAlgorithm::hmac_sha256, Bytes(kTsigSecretSizeMin - 1, 'x')}};
  EXPECT_FALSE(check_credential(one));
  one.tsig_keys[0].secret = Bytes(kTsigSecretSizeMin, 'x');
  EXPECT_TRUE(check_credential(one));
  one.tsig_keys.push_back(one.tsig_keys[0]);
  EXPECT_FALSE(check_credential(one));
}

TEST(CheckCredential, KeepsToItsBounds) {
  Credential many = credential({});
  for (size_t i = 0; i < kScopesMax; ++i)
    many.scopes.push_back(at("n" + std::to_string(i) + ".test"));
  EXPECT_TRUE(check_credential(many));
  many.scopes.push_back(at("one-more.test"));
  EXPECT_EQ(check_credential(many).error().kind, ErrorKind::too_large);
  Credential one = credential({at("b.corp.test")});
  one.sources.assign(kSourcesMax + 1, IpNetwork::parse("192.0.2.0/24").value());
  EXPECT_EQ(check_credential(one).error().kind, ErrorKind::too_large);
  one.sources.clear();
  one.comment = std::string(kCommentSizeMax + 1, 'x');
  EXPECT_EQ(check_credential(one).error().kind, ErrorKind::too_large);
  one.comment.clear();
  one.login = Login{std::string(kLoginSizeMax, 'u'), {}};
  EXPECT_TRUE(check_credential(one));
  one.login->name += 'u';
  EXPECT_FALSE(check_credential(one));
  one.login.reset();
  for (size_t i = 0; i < kTsigKeysMax; ++i)
    one.tsig_keys.push_back(make_tsig_key(name("k" + std::to_string(i)), TsigAlgorithm::hmac_sha256));
  EXPECT_TRUE(check_credential(one));
  one.tsig_keys[0].secret = Bytes(kTsigSecretSizeMax, 'x');
  EXPECT_TRUE(check_credential(one));
  one.tsig_keys[0].secret += 'x';
  EXPECT_FALSE(check_credential(one));
  one.tsig_keys[0].secret.pop_back();
  one.tsig_keys.push_back(make_tsig_key(name("one-more"), TsigAlgorithm::hmac_sha256));
  EXPECT_EQ(check_credential(one).error().kind, ErrorKind::too_large);
}

TEST(StoredCredential, ComesBackAsItWas) {
  Credential one = credential({at("b.corp.test"), not_below("c.test")});
  one.comment = "the build farm";
  one.limits = {1, 2, 3, 4, 5s};
  one.sources = {IpNetwork::parse("192.0.2.0/24").value()};
  one.expires = kNow;
  one.disabled = true;
  one.created = kNow - 1h;
  one.login = Login{"user", hash_of_password("secret")};
  one.tsig_keys = {make_tsig_key(name("key.test"), TsigAlgorithm::hmac_sha384)};
  EXPECT_EQ(decode_credential(encode(one)), one);
  one.login->password =
      imported_bcrypt("$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy").value();
  EXPECT_EQ(decode_credential(encode(one)), one);
}

TEST(StoredCredential, IsAnInternalErrorWhereItIsSomethingElse) {
  for (const Bytes& octets : {Bytes("\xff\xff\xff"), Bytes()}) {
    EXPECT_EQ(decode_credential(octets).error().kind, ErrorKind::internal);
  }
}

TEST(Password, IsVerifiedByItsHash) {
  const std::string password = make_password();
  EXPECT_EQ(password.size(), kPasswordSize);
  EXPECT_NE(password, make_password());
  EXPECT_TRUE(verify_password(hash_of_password(password), password));
  EXPECT_FALSE(verify_password(hash_of_password(password), password + "x"));
  EXPECT_FALSE(verify_password(hash_of_password(""), std::string(kPasswordSizeMax + 1, 'x')));
  EXPECT_FALSE(verify_password(PasswordHash(), "")) << "no password is not the empty one";
}

// The test vector that every bcrypt has.
TEST(Password, IsVerifiedByAnImportedHash) {
  const auto hash = imported_bcrypt("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(verify_password(*hash, "U*U"));
  EXPECT_FALSE(verify_password(*hash, "U*V"));
  EXPECT_FALSE(verify_password(*hash, std::string("U*U\0", 4)));
}

TEST(Password, IsNotImportedFromWhatWouldCostTooMuchOrIsNoBcrypt) {
  EXPECT_TRUE(imported_bcrypt("$2a$14$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"));
  for (const char* text :
       {"", "$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC:E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$5$rounds=1$x$y"}) {
    EXPECT_EQ(imported_bcrypt(text).error().kind, ErrorKind::malformed) << text;
  }
}

TEST(TsigAlgorithms, AreKnownByTheirNames) {
  EXPECT_EQ(parse_tsig_algorithm("HMAC-SHA256."), TsigAlgorithm::hmac_sha256);
  EXPECT_EQ(parse_tsig_algorithm("hmac-md5.sig-alg.reg.int."), TsigAlgorithm::hmac_md5);
  EXPECT_EQ(parse_tsig_algorithm("hmac-md5"), TsigAlgorithm::hmac_md5);
  EXPECT_FALSE(parse_tsig_algorithm("hmac-sha255"));
  EXPECT_EQ(name_of(TsigAlgorithm::hmac_sha384), "hmac-sha384");
  EXPECT_EQ(make_tsig_key(name("k."), TsigAlgorithm::hmac_sha512).secret.size(), 64u);
}

TEST(RandomUuid, HasTheFormOfVersion4AndIsNeverTheSame) {
  const std::string uuid = random_uuid();
  EXPECT_EQ(uuid.size(), 36u);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
  EXPECT_NE(uuid, random_uuid());
}

}  // namespace
}  // namespace dnsserver
