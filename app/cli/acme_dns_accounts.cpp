#include "app/cli/acme_dns_accounts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/ip_network.h"
#include "base/json.h"
#include "dnsserver/challenge.h"
#include "dnsserver/password.h"
#include "proto/time.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Name;
using base::Result;
using base::Time;

namespace {

// As acme-dns writes it: an array of networks, or nothing.
Result<std::vector<std::string>> networks_of(const std::string& allow_from) {
  std::vector<std::string> networks;
  if (allow_from.empty()) return networks;
  TRY(const base::Json json, base::parse_json(allow_from));
  if (json.is_null()) return networks;
  if (json.array() == nullptr) return fail(ErrorKind::malformed, "AllowFrom is no list");
  for (const base::Json& item : *json.array()) {
    if (item.string() == nullptr)
      return fail(ErrorKind::malformed, "AllowFrom holds something else than networks");
    CHECK(base::IpNetwork::parse(*item.string()));
    networks.push_back(*item.string());
  }
  return networks;
}

Result<assay::v1::ForeignAccount> account_of(const AcmeDnsAccount& row, const Name& domain) {
  assay::v1::ForeignAccount account;
  if (row.user_name.empty()) return fail(ErrorKind::malformed, "it has no user name");
  CHECK(dnsserver::imported_bcrypt(row.password_hash));
  TRY(const Name name, domain.prepend(row.subdomain));
  TRY(const auto networks, networks_of(row.allow_from));
  account.set_user_name(row.user_name);
  account.set_password_hash(row.password_hash);
  account.set_name(name.text());
  account.mutable_sources()->Assign(networks.begin(), networks.end());
  return account;
}

}  // namespace

AcmeDnsAccounts accounts_of(const AcmeDnsDatabase& database, const Name& domain, Time now) {
  AcmeDnsAccounts all;
  const int64_t now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  std::map<std::string, std::optional<size_t>> by_subdomain;  // index; nullopt: left out
  for (const AcmeDnsAccount& row : database.accounts) {
    auto account = account_of(row, domain);
    by_subdomain[row.subdomain] = account ? std::optional(all.accounts.size()) : std::nullopt;
    if (account) {
      all.accounts.push_back(*std::move(account));
    } else {
      all.left_out.push_back(
          {"account " + row.user_name + " (" + row.subdomain + ")", account.error().detail});
    }
  }
  for (const AcmeDnsValue& row : database.values) {
    if (row.value.empty()) continue;
    // A clock that went wrong there does not count here.
    const std::chrono::seconds posted(std::clamp<int64_t>(row.last_update, 0, now_s));
    const Time expires = Time(posted) + kForeignLifetime;
    const auto owner = by_subdomain.find(row.subdomain);
    if (owner == by_subdomain.end()) {
      all.left_out.push_back({"a value of " + row.subdomain, "there is no such account"});
    } else if (expires <= now || row.value.size() > dnsserver::kChallengeValueSizeMax) {
      ++all.old_value_count;
    } else if (owner->second) {
      assay::v1::ForeignValue& value = *all.accounts[*owner->second].add_values();
      value.set_value(row.value);
      *value.mutable_expire_time() = proto::to_timestamp(expires);
    }
  }
  return all;
}

}  // namespace app
