#include "acmecore/rpc/external_account_messages.h"

#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// Longer than any certificate lives.
constexpr int64_t kLifetimeSecondsMax = 100LL * 366 * 24 * 3600;

Result<std::chrono::seconds> lifetime_of(const google::protobuf::Duration& duration) {
  if (duration.nanos() != 0 || duration.seconds() < 0 || duration.seconds() > kLifetimeSecondsMax) {
    return fail(ErrorKind::malformed,
                "certificate_lifetime_max: not a number of whole seconds, up to a century");
  }
  return std::chrono::seconds(duration.seconds());
}

}  // namespace

Result<NewExternalAccountKey> read_external_account_key(const api::ExternalAccountKey& message) {
  NewExternalAccountKey wanted;
  wanted.directory = message.directory();
  wanted.comment = message.comment();
  TRY(wanted.restriction.names,
      parse_patterns({message.allowed_names().begin(), message.allowed_names().end()}));
  if (message.has_certificate_lifetime_max()) {
    TRY(wanted.restriction.certificate_lifetime_max, lifetime_of(message.certificate_lifetime_max()));
  }
  wanted.restriction.profiles.assign(message.profiles().begin(), message.profiles().end());
  if (message.has_expire_time()) {
    TRY(wanted.expires, proto::from_timestamp(message.expire_time()));
  }
  if (message.uses_max() != 0) wanted.uses_max = message.uses_max();
  return wanted;
}

api::ExternalAccountKey message_of(const ExternalAccountKey& key) {
  api::ExternalAccountKey message;
  message.set_id(key.id);
  message.set_directory(key.directory);
  message.set_comment(key.comment);
  for (const NamePattern& name : key.restriction.names)
    message.add_allowed_names(name.text());
  if (key.restriction.certificate_lifetime_max) {
    *message.mutable_certificate_lifetime_max() =
        proto::to_duration(*key.restriction.certificate_lifetime_max);
  }
  for (const std::string& profile : key.restriction.profiles)
    message.add_profiles(profile);
  if (key.expires) *message.mutable_expire_time() = proto::to_timestamp(*key.expires);
  message.set_uses_max(key.uses_max);
  message.set_uses(key.uses);
  message.set_disabled(key.disabled);
  *message.mutable_create_time() = proto::to_timestamp(key.created);
  if (key.last_used) *message.mutable_last_use_time() = proto::to_timestamp(*key.last_used);
  return message;
}

}  // namespace acmecore::rpc
