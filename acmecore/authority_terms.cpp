#include <openssl/crypto.h>

#include <utility>

#include "acmecore/authority.h"
#include "acmecore/optimism.h"
#include "base/log.h"
#include "base/random.h"

// Terms of service that have changed (RFC 8555 §7.3.3).
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// Lower-case, as all that our URLs are made of.
std::string new_token() {
  constexpr size_t kTokenSize = 16;
  return text_of(Serial{base::random_bytes(kTokenSize)});
}

bool is_equal(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Result<void> Authority::check_terms(const Directory& directory, const Account& account) {
  if (!directory.must_agree_again || directory.terms_of_service.empty()) return {};
  if (!account.principal.empty() || account.terms_of_service == directory.terms_of_service) return {};
  return fail(ErrorKind::user_action_required,
              "the terms of service have changed to " + directory.terms_of_service +
                  "; a person has to agree to them at the URL in \"instance\"");
}

Task<Result<std::string>> Authority::agreement_token(const Directory& directory, Account account) {
  const std::string& terms = directory.terms_of_service;
  const auto is_asked = [&terms](const Account& asked) {
    return asked.agreement && asked.agreement->terms_of_service == terms;
  };
  if (is_asked(account)) co_return account.agreement->token;
  auto ask = [&](Account& changed) {
    if (!is_asked(changed)) changed.agreement = Agreement{terms, new_token()};
  };
  const Actor nobody;  // to be asked is no event
  CO_TRY(const auto stored, co_await change_account(std::move(account.id), ask, std::string_view(), nobody));
  co_return stored->agreement->token;
}

Task<Result<std::string>> Authority::terms_to_agree_to(const Directory& directory, std::string account,
                                                       std::string token) {
  const auto none =
      fail(ErrorKind::not_found, "there is nothing to agree to at this URL, or it was agreed to already");
  const auto stored = co_await records_.account(std::move(account));
  if (!stored && stored.error().kind != ErrorKind::not_found) co_return tl::unexpected(stored.error());
  if (!stored || (*stored)->directory != directory.name) co_return none;
  const auto& agreement = (*stored)->agreement;
  if (!agreement || !is_equal(agreement->token, token)) co_return none;
  if (agreement->terms_of_service != directory.terms_of_service) co_return none;
  co_return agreement->terms_of_service;
}

Task<Result<void>> Authority::agree(const Directory& directory, std::string account, std::string token,
                                    std::string address) {
  CO_TRY(const std::string terms, co_await terms_to_agree_to(directory, account, std::move(token)));
  auto set = [&terms](Account& changed) {
    changed.terms_of_service_agreed = true;
    changed.terms_of_service = terms;
    changed.agreement.reset();
  };
  Actor anybody;
  anybody.address = std::move(address);
  CO_CHECK(co_await change_account(account, set, audit_kind::kAccountAgreed, std::move(anybody)));
  base::log::info("acme.account.agreed", {{"account", account}, {"terms", terms}});
  co_return Result<void>();
}

}  // namespace acmecore
