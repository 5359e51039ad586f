#include "dnsserver/rpc/credential_messages.h"

#include <algorithm>

#include "base/base64url.h"
#include "dnsserver/rpc/fields.h"
#include "proto/time.h"

namespace dnsserver::rpc {

namespace {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;

Result<std::vector<Scope>> read_scopes(const google::protobuf::RepeatedPtrField<api::Scope>& messages) {
  std::vector<Scope> scopes;
  for (const api::Scope& message : messages) {
    Scope scope;
    TRY(scope.name, parse_name("scopes", message.name()));
    scope.reach = message.subtree() ? Scope::Reach::subtree : Scope::Reach::name;
    scope.excluded = message.excluded();
    scopes.push_back(std::move(scope));
  }
  return scopes;
}

Result<std::vector<base::IpNetwork>> read_sources(
    const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<base::IpNetwork> sources;
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    const auto source = base::IpNetwork::parse(text);
    if (!source) return fail(ErrorKind::malformed, "sources: " + source.error().detail);
    sources.push_back(*source);
  }
  return sources;
}

Result<void> read_limits(const api::WriteLimits& message, WriteLimits& limits) {
  const auto set = [](uint32_t given, uint32_t& into) {
    if (given != 0) into = given;
  };
  set(message.values_per_name(), limits.values_per_name);
  set(message.names(), limits.names);
  set(message.writes_per_minute(), limits.writes_per_minute);
  set(message.burst(), limits.burst);
  if (!message.has_lifetime_max()) return {};
  TRY(limits.lifetime_max, parse_duration("limits.lifetime_max", message.lifetime_max()));
  return {};
}

Result<Time> read_expire_time(const google::protobuf::Timestamp& timestamp) {
  const auto time = proto::from_timestamp(timestamp);
  if (!time) return fail(ErrorKind::malformed, "expire_time: " + time.error().detail);
  return time;
}

Result<TsigKey> read_tsig_key(const api::TsigKey& message) {
  TRY(const Name name, parse_name("tsig_keys", message.name()));
  TsigAlgorithm algorithm = TsigAlgorithm::hmac_sha256;
  if (!message.algorithm().empty()) {
    const auto parsed = parse_tsig_algorithm(message.algorithm());
    if (!parsed) return fail(ErrorKind::malformed, "tsig_keys: " + parsed.error().detail);
    algorithm = *parsed;
  }
  TsigKey key = make_tsig_key(name, algorithm);
  if (message.secret().empty()) return key;
  auto secret = parse_base64(message.secret());
  if (!secret) return fail(ErrorKind::malformed, "tsig_keys: the secret is no base64");
  key.secret = *std::move(secret);
  return key;
}

}  // namespace

Result<Credential> read_credential(const api::Credential& message) {
  Credential credential;
  credential.comment = message.comment();
  TRY(credential.scopes, read_scopes(message.scopes()));
  CHECK(read_limits(message.limits(), credential.limits));
  TRY(credential.sources, read_sources(message.sources()));
  if (message.has_expire_time()) {
    TRY(credential.expires, read_expire_time(message.expire_time()));
  }
  credential.disabled = message.disabled();
  for (const api::TsigKey& key : message.tsig_keys()) {
    TRY(credential.tsig_keys.emplace_back(), read_tsig_key(key));
  }
  return credential;
}

Result<void> read_update(const api::UpdateCredentialRequest& request, Credential& credential) {
  if (request.has_comment()) credential.comment = request.comment();
  if (!request.scopes().empty()) {
    TRY(credential.scopes, read_scopes(request.scopes()));
  }
  CHECK(read_limits(request.limits(), credential.limits));
  if (!request.sources().empty()) {
    TRY(credential.sources, read_sources(request.sources()));
  }
  if (request.has_expire_time()) {
    TRY(credential.expires, read_expire_time(request.expire_time()));
  }
  if (request.clear_expire_time()) credential.expires.reset();
  if (request.has_disabled()) credential.disabled = request.disabled();
  for (const std::string& text : request.remove_tsig_keys()) {
    TRY(const Name name, parse_name("remove_tsig_keys", text));
    const auto has_name = [&](const TsigKey& key) { return key.name == name; };
    if (std::erase_if(credential.tsig_keys, has_name) == 0) {
      return fail(ErrorKind::not_found, "credential " + credential.id + " has no TSIG key " + name.text());
    }
  }
  for (const api::TsigKey& key : request.add_tsig_keys()) {
    TRY(credential.tsig_keys.emplace_back(), read_tsig_key(key));
  }
  return {};
}

void write_credential(const Credential& credential, Secrets secrets, api::Credential& message) {
  message.set_id(credential.id);
  message.set_comment(credential.comment);
  for (const Scope& scope : credential.scopes) {
    api::Scope& to = *message.add_scopes();
    to.set_name(scope.name.text());
    to.set_subtree(scope.reach == Scope::Reach::subtree);
    to.set_excluded(scope.excluded);
  }
  api::WriteLimits& limits = *message.mutable_limits();
  limits.set_values_per_name(credential.limits.values_per_name);
  limits.set_names(credential.limits.names);
  limits.set_writes_per_minute(credential.limits.writes_per_minute);
  limits.set_burst(credential.limits.burst);
  *limits.mutable_lifetime_max() = proto::to_duration(credential.limits.lifetime_max);
  for (const base::IpNetwork& source : credential.sources)
    message.add_sources(source.text());
  if (credential.expires) *message.mutable_expire_time() = proto::to_timestamp(*credential.expires);
  message.set_disabled(credential.disabled);
  *message.mutable_create_time() = proto::to_timestamp(credential.created);
  if (credential.login) message.set_user_name(credential.login->name);
  for (const TsigKey& key : credential.tsig_keys) {
    api::TsigKey& to = *message.add_tsig_keys();
    to.set_name(key.name.text());
    to.set_algorithm(std::string(name_of(key.algorithm)));
    if (secrets == Secrets::shown) to.set_secret(base64(key.secret));
  }
}

std::string base64(base::BytesView octets) {
  std::string text = base::base64url(octets);
  for (char& c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  text.resize((text.size() + 3) / 4 * 4, '=');
  return text;
}

std::optional<Bytes> parse_base64(std::string text) {
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  while (text.ends_with('='))
    text.pop_back();
  return base::parse_base64url(text);
}

}  // namespace dnsserver::rpc
