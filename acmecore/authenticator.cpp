#include "acmecore/authenticator.h"

#include <utility>

#include "acmecore/dns_name_syntax.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

Result<void> check_form(const Jws& jws, KeyForm form) {
  if (form == KeyForm::kid && !jws.kid) {
    return fail(ErrorKind::malformed, "this request must name its account by \"kid\"");
  }
  if (form == KeyForm::jwk && !jws.jwk) {
    return fail(ErrorKind::malformed, "this request must carry its key as \"jwk\"");
  }
  return {};
}

}  // namespace

Authenticator::Authenticator(Records& records, Nonces& nonces, std::string account_url_prefix,
                             std::string directory)
    : records_(records),
      nonces_(nonces),
      account_url_prefix_(std::move(account_url_prefix)),
      directory_(std::move(directory)) {}

Task<Result<SignedRequest>> Authenticator::authenticate(std::string body, std::string url, KeyForm form) {
  CO_TRY(Jws jws, parse_jws(body));
  CO_CHECK(check_form(jws, form));
  CO_CHECK(check_url(jws, url));
  SignedRequest request;
  if (jws.kid) {
    CO_TRY(request.account, co_await account_of(*jws.kid));
    CO_TRY(const AccountKeyPtr key, keys_.key_of(*request.account));
    CO_CHECK(verify_signature(jws, *key));
  } else {
    CO_CHECK(verify_signature(jws, *jws.jwk));
    request.jwk = std::move(jws.jwk);
  }
  // The nonce before the account's status, so that whoever has the key learns it, and nobody else.
  if (!jws.nonce) co_return fail(ErrorKind::bad_nonce, "the protected header has no \"nonce\"");
  CO_CHECK(nonces_.use(*jws.nonce));
  if (request.account) CO_CHECK(check_valid(*request.account));
  request.payload = std::move(jws.payload);
  co_return request;
}

Task<Result<Account>> Authenticator::account_of(std::string kid) {
  if (!kid.starts_with(account_url_prefix_)) {
    co_return fail(ErrorKind::malformed,
                   "the \"kid\" " + in_quotes(kid) + " is no account URL of this directory");
  }
  auto account = co_await records_.account(kid.substr(account_url_prefix_.size()));
  if (account && account->value.directory == directory_) co_return std::move(account->value);
  if (!account && account.error().kind != ErrorKind::not_found) co_return tl::unexpected(account.error());
  co_return fail(ErrorKind::account_does_not_exist, "there is no account " + in_quotes(kid));
}

}  // namespace acmecore
