#include "dnsserver/kept_accounts.h"

#include <algorithm>

#include "dnsserver/keys.h"

namespace dnsserver {

using base::ErrorKind;
using base::fail;
using base::Task;

namespace {

// The domain in wire form, for its case, and then the document.
Bytes encode(const Name& domain, const std::string& document) {
  return char(domain.wire().size()) + Bytes(domain.wire()) + document;
}

Result<KeptAccount> decode(BytesView value) {
  const size_t size = value.empty() ? 0 : size_t(uint8_t(value[0]));
  const auto domain = Name::from_wire(value.substr(std::min<size_t>(1, value.size()), size));
  if (!domain)
    return fail(ErrorKind::internal, "the store holds something else where a kept account should be");
  return KeptAccount{*domain, std::string(value.substr(1 + size))};
}

}  // namespace

Task<Result<std::optional<std::string>>> KeptAccounts::find(std::string credential, Name domain) {
  std::optional<std::string> document;
  CO_TRY(const auto entry, co_await store_.get(kept_account_key(credential, domain)));
  if (entry) {
    CO_TRY(KeptAccount account, decode(entry->value));
    document = std::move(account.document);
  }
  co_return document;
}

Task<Result<std::vector<KeptAccount>>> KeptAccounts::list(std::string credential) {
  std::vector<KeptAccount> accounts;
  storage::Range range{.prefix = kept_accounts_prefix(credential), .after = {}, .limit = kKeptAccountsMax};
  CO_TRY(const auto entries, co_await store_.list(std::move(range)));
  for (const storage::Entry& entry : entries) {
    CO_TRY(accounts.emplace_back(), decode(entry.value));
  }
  co_return accounts;
}

Task<Result<void>> KeptAccounts::put(std::string credential, Name domain, std::string document) {
  if (document.size() > kKeptAccountSizeMax) {
    co_return fail(ErrorKind::too_large, "an account that is kept here has at most 4096 octets");
  }
  const Bytes key = kept_account_key(credential, domain);
  CO_TRY(const auto entry, co_await store_.get(key));
  CO_TRY(const auto others, co_await list(credential));
  if (!entry && others.size() >= kKeptAccountsMax) {
    co_return fail(ErrorKind::too_large, "credential " + credential + " keeps 1000 accounts here, its limit");
  }
  storage::Batch batch;
  batch.puts.push_back({key, encode(domain, document)});
  CO_CHECK(co_await store_.commit(std::move(batch)));
  co_return Result<void>();
}

}  // namespace dnsserver
