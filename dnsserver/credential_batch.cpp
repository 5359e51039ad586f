#include "dnsserver/credential_batch.h"

#include <set>

#include "dnsserver/keys.h"
#include "dnsserver/stored_credential.h"

namespace dnsserver {

namespace {

std::set<Bytes> index_keys(const Credential* credential) {
  std::set<Bytes> keys;
  if (credential == nullptr) return keys;
  if (credential->login) keys.insert(login_key(credential->login->name));
  for (const TsigKey& key : credential->tsig_keys)
    keys.insert(tsig_key_key(key.name));
  return keys;
}

}  // namespace

storage::Batch credential_batch(const Credential* before, const Credential* after) {
  storage::Batch batch;
  const std::set<Bytes> was = index_keys(before);
  const std::set<Bytes> is = index_keys(after);
  for (const Bytes& key : was) {
    if (!is.contains(key)) batch.deletes.push_back(key);
  }
  for (const Bytes& key : is) {
    if (was.contains(key)) continue;
    batch.expected.push_back({key, storage::kAbsent});
    batch.puts.push_back({key, after->id});
  }
  if (after != nullptr) {
    batch.puts.push_back({credential_key(after->id), encode(*after)});
  } else if (before != nullptr) {
    batch.deletes.push_back(credential_key(before->id));
  }
  return batch;
}

}  // namespace dnsserver
