#pragma once

#include "dnsserver/credential_view.h"

namespace dnsserver {

// Whose TSIG keys there are. find_by_tsig_key() is null where no credential has one of that name.
class TsigKeys {
 public:
  virtual ~TsigKeys() = default;
  virtual SharedCredential find_by_tsig_key(const Name& key_name) const = 0;
};

}  // namespace dnsserver
