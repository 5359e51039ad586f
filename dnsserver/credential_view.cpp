#include "dnsserver/credential_view.h"

#include <mutex>

namespace dnsserver {

namespace {

SharedCredential found_in(const auto& map, const auto& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

bool has_sha256(const Credential& credential) {
  return credential.login && credential.login->password.kind == PasswordHash::Kind::sha256;
}

}  // namespace

void CredentialView::put(SharedCredential credential) {
  const std::unique_lock lock(mutex_);
  forget(credential->id);
  by_id_[credential->id] = credential;
  if (credential->login) by_login_[credential->login->name] = credential;
  if (has_sha256(*credential)) by_password_[credential->login->password.hash] = credential;
  for (const TsigKey& key : credential->tsig_keys)
    by_tsig_key_[key.name] = credential;
}

void CredentialView::remove(const std::string& id) {
  const std::unique_lock lock(mutex_);
  forget(id);
}

void CredentialView::forget(const std::string& id) {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return;
  const SharedCredential credential = known->second;
  if (credential->login) by_login_.erase(credential->login->name);
  if (has_sha256(*credential)) by_password_.erase(credential->login->password.hash);
  for (const TsigKey& key : credential->tsig_keys)
    by_tsig_key_.erase(key.name);
  by_id_.erase(known);
}

SharedCredential CredentialView::find(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  return found_in(by_id_, id);
}

SharedCredential CredentialView::find_by_login(const std::string& user_name) const {
  const std::shared_lock lock(mutex_);
  return found_in(by_login_, user_name);
}

SharedCredential CredentialView::find_by_tsig_key(const Name& key_name) const {
  const std::shared_lock lock(mutex_);
  return found_in(by_tsig_key_, key_name);
}

SharedCredential CredentialView::find_by_password(const Bytes& sha256) const {
  const std::shared_lock lock(mutex_);
  return found_in(by_password_, sha256);
}

std::vector<SharedCredential> CredentialView::list(const std::string& after, size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<SharedCredential> page;
  for (auto at = by_id_.upper_bound(after); at != by_id_.end() && page.size() < limit; ++at)
    page.push_back(at->second);
  return page;
}

size_t CredentialView::size() const {
  const std::shared_lock lock(mutex_);
  return by_id_.size();
}

}  // namespace dnsserver
