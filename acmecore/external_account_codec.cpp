#include "acmecore/external_account_codec.h"

#include <utility>

#include "acmecore/stored_time.h"
#include "assay/stored/v1/acme.pb.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
namespace stored = assay::stored::v1;

namespace {

Result<ExternalAccountRestriction> restriction_of(const stored::ExternalAccountRestriction& message) {
  auto names = parse_patterns({message.names().begin(), message.names().end()});
  if (!names) return fail(ErrorKind::internal, "a stored pattern of names cannot be read");
  ExternalAccountRestriction restriction;
  restriction.names = *std::move(names);
  if (message.certificate_lifetime_max_s() != 0) {
    restriction.certificate_lifetime_max = std::chrono::seconds(message.certificate_lifetime_max_s());
  }
  restriction.profiles.assign(message.profiles().begin(), message.profiles().end());
  return restriction;
}

}  // namespace

void put(const ExternalAccountRestriction& restriction, stored::ExternalAccountRestriction& message) {
  for (const NamePattern& name : restriction.names)
    message.add_names(name.text());
  if (restriction.certificate_lifetime_max) {
    message.set_certificate_lifetime_max_s(restriction.certificate_lifetime_max->count());
  }
  for (const std::string& profile : restriction.profiles)
    message.add_profiles(profile);
}

void put(const ExternalAccount& external, stored::Account_ExternalAccount& message) {
  message.set_key_id(external.key_id);
  message.set_binding(external.binding);
  put(external.restriction, *message.mutable_restriction());
}

Result<ExternalAccount> external_account_of(const stored::Account_ExternalAccount& message) {
  TRY(auto restriction, restriction_of(message.restriction()));
  return ExternalAccount{message.key_id(), message.binding(), std::move(restriction)};
}

Bytes encode(const ExternalAccountKey& key) {
  stored::ExternalAccountKey message;
  message.set_mac_key(key.mac_key);
  message.set_directory(key.directory);
  message.set_comment(key.comment);
  put(key.restriction, *message.mutable_restriction());
  message.set_created_ms(milliseconds(key.created));
  message.set_expires_ms(milliseconds(key.expires));
  message.set_uses_max(key.uses_max);
  message.set_uses(key.uses);
  message.set_last_used_ms(milliseconds(key.last_used));
  message.set_disabled(key.disabled);
  return message.SerializeAsString();
}

Result<ExternalAccountKey> decode_external_account_key(std::string id, BytesView value) {
  stored::ExternalAccountKey message;
  const bool parsed = message.ParseFromArray(value.data(), int(value.size()));
  if (!parsed || message.mac_key().size() != kMacKeySize) {
    return fail(ErrorKind::internal, "a stored external account key cannot be read");
  }
  ExternalAccountKey key;
  key.id = std::move(id);
  key.mac_key = message.mac_key();
  key.directory = message.directory();
  key.comment = message.comment();
  TRY(key.restriction, restriction_of(message.restriction()));
  key.created = time_of(message.created_ms());
  key.expires = optional_time(message.expires_ms());
  key.uses_max = message.uses_max();
  key.uses = message.uses();
  key.last_used = optional_time(message.last_used_ms());
  key.disabled = message.disabled();
  return key;
}

}  // namespace acmecore
