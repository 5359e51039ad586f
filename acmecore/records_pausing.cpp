#include <utility>

#include "acmecore/records.h"
#include "acmecore/secret_key.h"
#include "storage/tables.h"

// Names that accounts fail to prove, and which of them are paused.
namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;
using base::Task;

namespace {

// The second octet of a key: what is known of a name, and that it is paused.
constexpr char kKnown = 'f';
constexpr char kPaused = 'p';

// Neither an account's id nor a name has a space.
constexpr char kSeparator = ' ';

Bytes prefix_of(char kind) { return Bytes{storage::table::kFailingName, kind}; }

Bytes key_of(char kind, BytesView account, BytesView name) {
  return prefix_of(kind) + Bytes(account) + kSeparator + Bytes(name);
}

}  // namespace

void Changes::update(const Stored<FailingName>& failing) {
  update(key_of(kKnown, failing->account, failing->name), failing.revision, encode(failing.value),
         failing->until);
  Bytes paused = key_of(kPaused, failing->account, failing->name);
  if (failing->paused) {
    batch_.puts.push_back({std::move(paused), {}, failing->until});
  } else {
    batch_.deletes.push_back(std::move(paused));
  }
}

void Changes::forget_failures(const std::string& account, const std::string& name) {
  batch_.deletes.push_back(key_of(kKnown, account, name));
  batch_.deletes.push_back(key_of(kPaused, account, name));
}

Task<Result<Stored<FailingName>>> Records::failing_name(std::string account, std::string name) {
  CO_TRY(const auto entry, co_await store_.get(key_of(kKnown, account, name)));
  if (!entry) {
    FailingName none;
    none.account = std::move(account);
    none.name = std::move(name);
    co_return Stored<FailingName>{std::move(none), storage::kAbsent};
  }
  CO_TRY(auto failing, decode_failing_name(std::move(account), std::move(name), entry->value));
  co_return Stored<FailingName>{std::move(failing), entry->revision};
}

Task<Result<std::vector<FailingName>>> Records::paused_names(std::string account, std::string after,
                                                             size_t limit) {
  const size_t prefix_size = prefix_of(kPaused).size();
  storage::Range range;
  range.prefix = prefix_of(kPaused);
  if (!account.empty()) range.prefix += account + kSeparator;
  range.after = prefix_of(kPaused) + after;
  range.limit = limit;
  CO_TRY(const auto entries, co_await store_.list(std::move(range)));
  std::vector<FailingName> names;
  for (const storage::Entry& entry : entries) {
    const std::string id = entry.key.substr(prefix_size);
    const size_t separator = id.find(kSeparator);
    CO_TRY(auto failing, co_await failing_name(id.substr(0, separator), id.substr(separator + 1)));
    names.push_back(std::move(failing.value));
  }
  co_return names;
}

Task<Result<Bytes>> Records::secret_key(std::string name) {
  return acmecore::secret_key(store_, std::move(name));
}

}  // namespace acmecore
