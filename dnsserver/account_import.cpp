#include "dnsserver/account_import.h"

#include <optional>
#include <utility>

#include "dnsserver/credential.h"
#include "dnsserver/password.h"

namespace dnsserver {

using base::ErrorKind;
using base::fail;
using base::Task;

namespace {

Result<Credential> credential_of(const ForeignAccount& account) {
  Credential credential;
  credential.scopes.push_back({.name = account.name});
  credential.sources = account.sources;
  TRY(PasswordHash password, imported_bcrypt(account.password_hash));
  credential.login = Login{account.user_name, std::move(password)};
  return credential;
}

bool is_of(const Credential& credential, const Name& name) {
  return credential.scopes.size() == 1 && credential.scopes.front() == Scope{.name = name};
}

}  // namespace

Task<Result<AccountImported>> import_account(Credentials& credentials, Publishing& publishing,
                                             const base::Clock& clock, ForeignAccount account, bool dry_run,
                                             Administrator by) {
  CO_CHECK(publishing.zone_of(account.name));
  AccountImported imported;
  SharedCredential credential = credentials.find_by_login(account.user_name);
  if (credential && !is_of(*credential, account.name)) {
    co_return fail(ErrorKind::conflict, "the user name " + account.user_name + " is another credential's");
  }
  if (!credential) {
    imported.is_new = true;
    CO_TRY(Credential made, credential_of(account));
    CO_CHECK(check_credential(made));
    if (!dry_run) {
      std::optional<Name> handed_out = account.name;
      CO_TRY(credential, co_await credentials.create(std::move(made), std::move(by), std::move(handed_out)));
    }
  }
  for (ForeignValue& value : account.values) {
    if (value.expires <= clock.now()) continue;
    ++imported.value_count;
    if (dry_run) continue;
    // It was published there, so neither its limits nor its sources are asked here.
    Writer writer = Writer::of_configuration(credential->id);
    CO_CHECK(
        co_await publishing.present(std::move(writer), account.name, std::move(value.value), value.expires));
  }
  co_return imported;
}

}  // namespace dnsserver
