#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "dnsserver/credential.h"

namespace dnsserver {

using SharedCredential = std::shared_ptr<const Credential>;

// All credentials in memory, so that authenticating reads no store. Thread-safe.
class CredentialView {
 public:
  // In the place of the one with its id.
  void put(SharedCredential credential);
  void remove(const std::string& id);

  // Each is null where there is none.
  SharedCredential find(const std::string& id) const;
  SharedCredential find_by_login(const std::string& user_name) const;
  SharedCredential find_by_tsig_key(const Name& key_name) const;
  // That whose password has this SHA-256.
  SharedCredential find_by_password(const Bytes& sha256) const;

  // By id, behind `after`.
  std::vector<SharedCredential> list(const std::string& after, size_t limit) const;
  size_t size() const;

 private:
  void forget(const std::string& id);

  // Readers are every publication on every thread, writers an administrator.
  mutable std::shared_mutex mutex_;
  std::map<std::string, SharedCredential> by_id_;
  std::unordered_map<std::string, SharedCredential> by_login_;
  std::unordered_map<Name, SharedCredential> by_tsig_key_;
  std::unordered_map<Bytes, SharedCredential> by_password_;
};

}  // namespace dnsserver
