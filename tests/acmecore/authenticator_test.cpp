#include "acmecore/authenticator.h"

#include "acmecore/key_change.h"
#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Json;

constexpr std::string_view kAccounts = "https://acme.test/acme/account/";

class AuthenticatorTest : public AuthorityTest {
 protected:
  AuthenticatorTest()
      : nonces_(run(Nonces::open(store_, clock_)).value()),
        authenticator_(records_, *nonces_, std::string(kAccounts)),
        account_(new_account(key_)) {}

  base::Result<SignedRequest> send(const std::string& body, KeyForm form) {
    return run(authenticator_.authenticate(body, std::string(kUrl), form));
  }
  ErrorKind refusal(const std::string& body, KeyForm form = KeyForm::kid) {
    const auto request = send(body, form);
    return request ? kNone : request.error().kind;
  }

  JwsDraft by_kid(const ClientKey& key, const std::string& kid) {
    JwsDraft draft = kid_draft(key, kid);
    set(draft, "nonce", nonces_->fresh());
    return draft;
  }
  JwsDraft by_kid() { return by_kid(key_, authenticator_.account_url(account_)); }
  JwsDraft by_jwk(const ClientKey& key) {
    JwsDraft draft = jwk_draft(key);
    set(draft, "nonce", nonces_->fresh());
    return draft;
  }

  ClientKey key_;
  std::unique_ptr<Nonces> nonces_;
  Authenticator authenticator_;
  Account account_;
};

TEST_F(AuthenticatorTest, KnowsAnAccountByItsUrl) {
  JwsDraft draft = by_kid();
  draft.payload = R"({"a":1})";
  const auto request = send(jws(draft), KeyForm::kid);
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->account, account_);
  EXPECT_FALSE(request->jwk);
  EXPECT_EQ(request->payload, draft.payload);
  EXPECT_FALSE(request->is_post_as_get());
  EXPECT_EQ(authenticator_.account_url(account_), std::string(kAccounts) + account_.id);

  JwsDraft get = by_kid();
  get.payload = "";
  EXPECT_TRUE(send(jws(get), KeyForm::kid)->is_post_as_get());
}

TEST_F(AuthenticatorTest, TakesTheKeyOfANewAccountFromTheRequest) {
  const ClientKey key;
  const auto request = send(jws(by_jwk(key)), KeyForm::jwk);
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_FALSE(request->account);
  EXPECT_EQ(request->jwk->thumbprint(), key.account_key().thumbprint());
}

// J51–J53, T5
TEST_F(AuthenticatorTest, WantsTheFormOfKeyThatTheResourceAsksFor) {
  EXPECT_EQ(refusal(jws(by_kid()), KeyForm::jwk), ErrorKind::malformed);
  EXPECT_EQ(refusal(jws(by_jwk(key_)), KeyForm::kid), ErrorKind::malformed);
  EXPECT_EQ(refusal(jws(by_kid()), KeyForm::either), kNone);
  EXPECT_EQ(refusal(jws(by_jwk(key_)), KeyForm::either), kNone);
}

// J54
TEST_F(AuthenticatorTest, SaysThatAnAccountDoesNotExist) {
  EXPECT_EQ(refusal(jws(by_kid(key_, std::string(kAccounts) + "00000000000000000000000000"))),
            ErrorKind::account_does_not_exist);
  EXPECT_EQ(refusal(jws(by_kid(key_, std::string(kAccounts)))), ErrorKind::account_does_not_exist);
  EXPECT_EQ(refusal(jws(by_kid(key_, authenticator_.account_url(account_) + "?a"))),
            ErrorKind::account_does_not_exist);
  EXPECT_EQ(refusal(jws(by_kid(key_, std::string(kAccounts) + std::string(30'000, 'x')))),  // J56
            ErrorKind::account_does_not_exist);
}

// J55
TEST_F(AuthenticatorTest, RefusesAKidThatIsNoAccountUrlOfOurs) {
  for (const std::string& kid :
       {"https://evil.test/acme/account/" + account_.id, "http://acme.test/acme/account/" + account_.id,
        "/acme/account/" + account_.id, account_.id, std::string(),
        std::string("https://acme.test/acme/order/1")}) {
    EXPECT_EQ(refusal(jws(by_kid(key_, kid))), ErrorKind::malformed) << kid;
  }
}

// J46
TEST_F(AuthenticatorTest, RefusesTheKeyOfAnotherAccount) {
  const ClientKey other;
  new_account(other);
  EXPECT_EQ(refusal(jws(by_kid(other, authenticator_.account_url(account_)))), ErrorKind::malformed);
}

TEST_F(AuthenticatorTest, RefusesAnotherUrlBeforeItLooksForTheAccount) {
  JwsDraft draft = by_kid(key_, std::string(kAccounts) + "absent");
  set(draft, "url", "https://acme.test/acme/new-order");
  EXPECT_EQ(refusal(jws(draft)), ErrorKind::unauthorized);
}

// N04–N08, T9, T10
TEST_F(AuthenticatorTest, WantsAFreshNonce) {
  const std::string body = jws(by_kid());
  EXPECT_EQ(refusal(body), kNone);
  EXPECT_EQ(refusal(body), ErrorKind::bad_nonce);
  JwsDraft draft = by_kid();
  unset(draft, "nonce");
  EXPECT_EQ(refusal(jws(draft)), ErrorKind::bad_nonce);
  set(draft, "nonce", "AAAA");
  EXPECT_EQ(refusal(jws(draft)), ErrorKind::bad_nonce);
  set(draft, "nonce", "a=");
  EXPECT_EQ(refusal(jws(draft)), ErrorKind::malformed);
}

// A stranger who has seen a nonce cannot burn it.
TEST_F(AuthenticatorTest, UsesTheNonceLast) {
  const std::string nonce = nonces_->fresh();
  const auto with_nonce = [&](JwsDraft draft) {
    set(draft, "nonce", nonce);
    return draft;
  };
  const ClientKey stranger;
  EXPECT_EQ(refusal(jws(with_nonce(by_kid(stranger, authenticator_.account_url(account_))))),
            ErrorKind::malformed);
  EXPECT_EQ(refusal(jws(with_nonce(by_kid(key_, std::string(kAccounts) + "absent")))),
            ErrorKind::account_does_not_exist);
  JwsDraft elsewhere = with_nonce(by_kid());
  set(elsewhere, "url", "https://acme.test/elsewhere");
  EXPECT_EQ(refusal(jws(elsewhere)), ErrorKind::unauthorized);
  EXPECT_EQ(refusal(jws(with_nonce(by_jwk(key_))), KeyForm::kid), ErrorKind::malformed);
  EXPECT_EQ(refusal(jws(with_nonce(by_kid()))), kNone);
}

// T20
TEST_F(AuthenticatorTest, TellsTheOwnerOfADeadAccountAndNobodyElse) {
  run(authority_->deactivate_account(account_)).value();
  EXPECT_EQ(refusal(jws(by_kid())), ErrorKind::account_not_valid);
  const ClientKey stranger;
  EXPECT_EQ(refusal(jws(by_kid(stranger, authenticator_.account_url(account_)))), ErrorKind::malformed);
}

// T29
TEST_F(AuthenticatorTest, ForgetsAKeyThatWasChanged) {
  EXPECT_EQ(refusal(jws(by_kid())), kNone);
  const ClientKey new_key;
  ASSERT_TRUE(run(authority_->change_key(account_, new_key.account_key()))->changed);
  EXPECT_EQ(refusal(jws(by_kid())), ErrorKind::malformed);
  EXPECT_EQ(refusal(jws(by_kid(new_key, authenticator_.account_url(account_)))), kNone);
}

class KeyChangeTest : public AuthenticatorTest {
 protected:
  KeyChangeTest() : account_url_(authenticator_.account_url(account_)) {
    change_ = {{"account", account_url_}, {"oldKey", key_.jwk()}};
  }

  // The inner JWS by `signer`, whose header carries the new key.
  JwsDraft inner() {
    JwsDraft draft = jwk_draft(new_key_);
    unset(draft, "nonce");
    draft.payload = Json(change_).text();
    return draft;
  }
  base::Result<AccountKey> parse(const std::string& payload) {
    return parse_key_change(payload, kUrl, account_url_, account_);
  }
  ErrorKind refusal_of(const JwsDraft& draft) { return refusal_of(jws(draft)); }
  ErrorKind refusal_of(const std::string& payload) {
    const auto parsed = parse(payload);
    return parsed ? kNone : parsed.error().kind;
  }
  ErrorKind refusal_of_payload(std::string payload) {
    JwsDraft draft = inner();
    draft.payload = std::move(payload);
    return refusal_of(draft);
  }

  ClientKey new_key_;
  std::string account_url_;
  Json::Object change_;
};

TEST_F(KeyChangeTest, IsAJwsByTheNewKeyOverTheAccountAndItsOldKey) {
  const auto parsed = parse(jws(inner()));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(parsed->thumbprint(), new_key_.account_key().thumbprint());
}

// K01, K02
TEST_F(KeyChangeTest, IsRefusedWhenAnotherKeySigned) {
  const ClientKey other;
  JwsDraft draft = inner();
  draft.key = &other;
  EXPECT_EQ(refusal_of(draft), ErrorKind::malformed);
  draft.key = &key_;
  EXPECT_EQ(refusal_of(draft), ErrorKind::malformed);
}

// K03
TEST_F(KeyChangeTest, IsRefusedWithAlgNone) {
  JwsDraft draft = inner();
  set(draft, "alg", "none");
  EXPECT_EQ(refusal_of(draft), ErrorKind::bad_signature_algorithm);
}

// K04–K07
TEST_F(KeyChangeTest, IsRefusedWithAnotherHeader) {
  JwsDraft by_kid = inner();
  unset(by_kid, "jwk");
  set(by_kid, "kid", account_url_);
  EXPECT_EQ(refusal_of(by_kid), ErrorKind::malformed);
  JwsDraft elsewhere = inner();
  set(elsewhere, "url", "https://acme.test/acme/new-order");
  EXPECT_EQ(refusal_of(elsewhere), ErrorKind::malformed);
  unset(elsewhere, "url");
  EXPECT_EQ(refusal_of(elsewhere), ErrorKind::malformed);
  JwsDraft with_nonce = inner();
  set(with_nonce, "nonce", "bm9uY2U");
  EXPECT_EQ(refusal_of(with_nonce), ErrorKind::malformed);
}

// K08–K11
TEST_F(KeyChangeTest, IsRefusedForAnotherAccountOrAnotherOldKey) {
  const auto with = [this](std::string_view name, std::optional<Json> value) {
    return refusal_of_payload(with_member(change_, name, std::move(value)));
  };
  EXPECT_EQ(with("account", std::string(kAccounts) + "other"), ErrorKind::malformed);
  EXPECT_EQ(with("account", account_.id), ErrorKind::malformed);
  EXPECT_EQ(with("account", 7), ErrorKind::malformed);
  EXPECT_EQ(with("account", std::nullopt), ErrorKind::malformed);
  EXPECT_EQ(with("oldKey", ClientKey().jwk()), ErrorKind::malformed);
  EXPECT_EQ(with("oldKey", new_key_.jwk()), ErrorKind::malformed);
  EXPECT_EQ(with("oldKey", "text"), ErrorKind::malformed);
  EXPECT_EQ(with("oldKey", std::nullopt), ErrorKind::malformed);
}

// K12
TEST_F(KeyChangeTest, IsRefusedWithAnotherPayload) {
  for (const char* payload : {"", "rubbish", "[]", "null", "{}"}) {
    EXPECT_EQ(refusal_of_payload(payload), ErrorKind::malformed) << payload;
  }
  for (const char* outer : {"", "{}", "[]", "rubbish"}) {
    EXPECT_EQ(refusal_of(std::string(outer)), ErrorKind::malformed) << outer;
  }
}

// T28
TEST_F(KeyChangeTest, IsRefusedForTheSameKey) {
  new_key_ = key_;
  EXPECT_EQ(refusal_of(inner()), ErrorKind::malformed);
}

}  // namespace
}  // namespace acmecore
