#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/records.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {

// A certificate to be recorded as if it had been issued.
struct InventoryDraft {
  std::vector<std::string> names = {"corp.test"};
  std::string account = "account-1";
  std::string profile = {};
  std::string ca = {};  // of the CRL that it names; empty: it names none
  std::chrono::seconds life = std::chrono::days(90);
  EVP_PKEY* key = nullptr;  // one for all where it is null
  std::optional<Revocation> revocation = {};
};

// Adds the certificate with its places to `changes`. Serials rise from call to call. `der`: another's, to go without a
// signature.
IssuedCertificate add_certificate(const InventoryDraft& draft, base::Time issued, Changes& changes,
                                  const base::Bytes& der = {});

}  // namespace acmecore
