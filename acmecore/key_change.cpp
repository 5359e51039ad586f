#include "acmecore/key_change.h"

#include "acmecore/jws.h"
#include "base/json.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// The errors that a wrong inner JWS has of its own accord are malformed here, save what is said about its
// key.
Result<void> check_inner(const Jws& inner, std::string_view url) {
  if (inner.nonce) return fail(ErrorKind::malformed, "the inner JWS must have no \"nonce\"");
  if (!inner.jwk) return fail(ErrorKind::malformed, "the inner JWS must carry the new key as \"jwk\"");
  if (inner.url != url)
    return fail(ErrorKind::malformed, "the inner JWS must have the \"url\" of the outer one");
  return verify_signature(inner, *inner.jwk);
}

}  // namespace

Result<AccountKey> parse_key_change(base::BytesView payload, std::string_view url,
                                    std::string_view account_url, const Account& account) {
  TRY(Jws inner, parse_jws(payload));
  CHECK(check_inner(inner, url));
  TRY(const base::Json change, base::parse_json(inner.payload));
  const base::Json* named = change.find("account");
  if (named == nullptr || *named != base::Json(account_url)) {
    return fail(ErrorKind::malformed, "\"account\" must be the URL of the account that asks");
  }
  const base::Json* old_key = change.find("oldKey");
  if (old_key == nullptr) return fail(ErrorKind::malformed, "the key change must have an \"oldKey\"");
  const auto old = AccountKey::from_jwk(*old_key);
  if (!old || old->spki_der() != account.key_spki) {
    return fail(ErrorKind::malformed, "\"oldKey\" is not the account's key");
  }
  if (inner.jwk->spki_der() == account.key_spki) {
    return fail(ErrorKind::malformed, "the new key is the account's key already");
  }
  return *std::move(inner.jwk);
}

}  // namespace acmecore
