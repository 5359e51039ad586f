#pragma once

#include <map>
#include <set>
#include <string>

#include "base/task.h"
#include "dnsserver/credential.h"
#include "storage/store.h"

namespace dnsserver {

// True if how many names hold values of the credential has to be counted to keep its limit; else its scopes keep
// it.
bool counts_names(const Credential& credential);

// Which names hold challenge values of which credential, so that a limit on them costs no search. For one thread
// at a time.
class LiveNames {
 public:
  bool is_loaded() const { return is_loaded_; }
  // Reads every challenge value: about a microsecond each. On error it is not loaded.
  base::Task<Result<void>> load(storage::Store& store);
  // Forgets all: others have changed what the store holds.
  void unload();

  bool has(const std::string& credential, const Name& owner) const;
  size_t count(const std::string& credential) const;
  // Does nothing while it is not loaded.
  void set(const std::string& credential, const Name& owner, bool holds_value);

 private:
  bool is_loaded_ = false;
  std::map<std::string, std::set<Bytes>> names_;  // sort keys by credential
};

}  // namespace dnsserver
