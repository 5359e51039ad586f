#include "acmecore/external_account_key.h"

#include <algorithm>

namespace acmecore {

using base::ErrorKind;
using base::fail;

namespace {

bool is_used_up(const ExternalAccountKey& key) { return key.uses >= key.uses_max; }

}  // namespace

base::Result<void> check_usable(const ExternalAccountKey& key, std::string_view directory, base::Time now) {
  const std::string name = "the external account key " + key.id;
  if (key.directory != directory) return fail(ErrorKind::unauthorized, name + " is one of another directory");
  if (key.disabled) return fail(ErrorKind::unauthorized, name + " is disabled");
  if (key.expires && now >= *key.expires) {
    return fail(ErrorKind::unauthorized, name + " expired at " + base::rfc3339(*key.expires));
  }
  if (is_used_up(key)) {
    return fail(ErrorKind::unauthorized, name + " is used up: it makes " + std::to_string(key.uses_max) +
                                             (key.uses_max == 1 ? " account" : " accounts"));
  }
  return {};
}

std::optional<base::Time> removal_time(const ExternalAccountKey& key) {
  std::optional<base::Time> over = key.expires;
  if (is_used_up(key) && key.last_used) over = over ? std::min(*over, *key.last_used) : *key.last_used;
  if (!over) return std::nullopt;
  return *over + kExternalAccountKeyRetention;
}

}  // namespace acmecore
