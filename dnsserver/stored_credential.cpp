#include "dnsserver/stored_credential.h"

#include "assay/stored/v1/dns.pb.h"

namespace dnsserver {

namespace {

namespace stored = assay::stored::v1;
using base::ErrorKind;
using base::fail;

Time from_ms(int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

// What is read from the store was checked before it was written, or the store is broken.
template <class T>
Result<T> intact(Result<T> read) {
  if (read) return read;
  return fail(ErrorKind::internal, "a credential in the store is broken: " + read.error().detail);
}

void write_login(const Login& login, stored::Credential::Login& message) {
  message.set_name(login.name);
  if (login.password.kind == PasswordHash::Kind::sha256) message.set_password_sha256(login.password.hash);
  if (login.password.kind == PasswordHash::Kind::bcrypt) message.set_password_bcrypt(login.password.hash);
}

Login read_login(const stored::Credential::Login& message) {
  Login login;
  login.name = message.name();
  if (!message.password_sha256().empty()) {
    login.password = {PasswordHash::Kind::sha256, message.password_sha256()};
  } else if (!message.password_bcrypt().empty()) {
    login.password = {PasswordHash::Kind::bcrypt, message.password_bcrypt()};
  }
  return login;
}

Result<void> read_secrets(const stored::Credential& message, Credential& credential) {
  if (message.has_login()) credential.login = read_login(message.login());
  for (const auto& from : message.tsig_keys()) {
    TsigKey key;
    TRY(key.name, intact(Name::from_wire(from.name())));
    TRY(key.algorithm, intact(parse_tsig_algorithm(from.algorithm())));
    key.secret = from.secret();
    credential.tsig_keys.push_back(std::move(key));
  }
  return {};
}

}  // namespace

Bytes encode(const Credential& credential) {
  stored::Credential message;
  message.set_id(credential.id);
  message.set_comment(credential.comment);
  for (const Scope& scope : credential.scopes) {
    auto& to = *message.add_scopes();
    to.set_name(Bytes(scope.name.wire()));
    to.set_subtree(scope.reach == Scope::Reach::subtree);
    to.set_excluded(scope.excluded);
  }
  auto& limits = *message.mutable_limits();
  limits.set_values_per_name(credential.limits.values_per_name);
  limits.set_names(credential.limits.names);
  limits.set_writes_per_minute(credential.limits.writes_per_minute);
  limits.set_burst(credential.limits.burst);
  limits.set_lifetime_max_ms(credential.limits.lifetime_max.count());
  for (const base::IpNetwork& source : credential.sources)
    message.add_sources(source.text());
  if (credential.expires) message.set_expires_ms(credential.expires->time_since_epoch().count());
  message.set_disabled(credential.disabled);
  message.set_created_ms(credential.created.time_since_epoch().count());
  if (credential.login) write_login(*credential.login, *message.mutable_login());
  for (const TsigKey& key : credential.tsig_keys) {
    auto& to = *message.add_tsig_keys();
    to.set_name(Bytes(key.name.wire()));
    to.set_algorithm(std::string(name_of(key.algorithm)));
    to.set_secret(key.secret);
  }
  return message.SerializeAsString();
}

Result<Credential> decode_credential(base::BytesView value) {
  stored::Credential message;
  if (!message.ParseFromArray(value.data(), int(value.size())) || message.id().empty()) {
    return fail(ErrorKind::internal, "the store holds something else where a credential should be");
  }
  Credential credential;
  credential.id = message.id();
  credential.comment = message.comment();
  for (const auto& from : message.scopes()) {
    Scope scope;
    TRY(scope.name, intact(Name::from_wire(from.name())));
    scope.reach = from.subtree() ? Scope::Reach::subtree : Scope::Reach::name;
    scope.excluded = from.excluded();
    credential.scopes.push_back(std::move(scope));
  }
  const auto& limits = message.limits();
  credential.limits = {limits.values_per_name(), limits.names(), limits.writes_per_minute(), limits.burst(),
                       std::chrono::milliseconds(limits.lifetime_max_ms())};
  for (const std::string& source : message.sources()) {
    TRY(credential.sources.emplace_back(), intact(base::IpNetwork::parse(source)));
  }
  if (message.expires_ms() != 0) credential.expires = from_ms(message.expires_ms());
  credential.disabled = message.disabled();
  credential.created = from_ms(message.created_ms());
  CHECK(read_secrets(message, credential));
  return credential;
}

}  // namespace dnsserver
