#include <utility>

#include "acmecore/authority.h"
#include "acmecore/external_account_binding.h"
#include "base/log.h"

// Accounts that somebody vouches for who is known elsewhere (RFC 8555 §7.3.4).
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// Ours are shorter; what else a client calls a key says nothing more with more of it.
constexpr size_t kLoggedKidMax = 64;

// Whoever guesses learns neither by words nor by time which keys there are: an unknown one has this MAC key.
Result<void> check_mac(const ExternalAccountBinding& binding, const ExternalAccountKey* key) {
  static const base::Bytes kOfNobody(kMacKeySize, '\0');
  const bool is_good = is_mac_good(binding, key == nullptr ? kOfNobody : base::BytesView(key->mac_key));
  if (is_good && key != nullptr) return {};
  return fail(ErrorKind::unauthorized,
              "\"externalAccountBinding\": there is no such key, or the MAC is not by this key");
}

}  // namespace

// Adds one use of the binding's key to `changes`, and what comes of it to `account`.
Task<Result<void>> Authority::bind_external_account(const Directory& directory, const AccountKey& key,
                                                    const NewAccountRequest& request, Account& account,
                                                    Changes& changes) {
  if (directory.external_account == ExternalAccountMode::off) co_return Result<void>();
  if (!request.external_account_binding) {
    if (directory.external_account == ExternalAccountMode::optional) co_return Result<void>();
    co_return fail(
        ErrorKind::external_account_required,
        "this directory makes accounts with an \"externalAccountBinding\" alone (RFC 8555 §7.3.4)");
  }
  CO_TRY(const ExternalAccountBinding binding,
         parse_external_account_binding(*request.external_account_binding, request.url, key));
  auto found = co_await records_.external_account_key(binding.kid);
  if (!found && found.error().kind != ErrorKind::not_found) co_return tl::unexpected(found.error());
  auto checked = check_mac(binding, found ? &found->value : nullptr);
  if (checked) checked = check_usable(found->value, directory.name, account.created);
  if (!checked) {
    base::log::info("acme.external_account.refused",
                    {{"directory", directory.name},
                     {"external_account_key", binding.kid.substr(0, kLoggedKidMax)},
                     {"detail", checked.error().detail}});
    co_return tl::unexpected(std::move(checked).error());
  }
  account.external_account =
      ExternalAccount{found->value.id, binding.object.text(), found->value.restriction};
  ++found->value.uses;
  found->value.last_used = account.created;
  changes.update(*found);
  co_return Result<void>();
}

}  // namespace acmecore
