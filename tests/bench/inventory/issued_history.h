#pragma once

#include <cstdint>
#include <string>

#include "acmecore/issued_certificate.h"
#include "base/bytes.h"
#include "base/time.h"

namespace bench {

// What a CA has issued: each name four times, its renewals a quarter of the whole apart; a thousand domains; of a
// thousand accounts the first has every second certificate; profiles "web", "mail" (one of ten) and "rare" (one of a
// thousand); one of a hundred revoked; from 180 days ago until now for 90 days each, so that half of them have ended.
class IssuedHistory {
 public:
  static constexpr uint64_t kDomains = 1000;
  static constexpr uint64_t kAccounts = 1000;

  // REQUIRES: `count` is a multiple of 4000.
  IssuedHistory(uint64_t count, base::Time now);

  uint64_t count() const { return count_; }
  const std::string& ca() const { return ca_; }

  // Number i, the oldest first. Serial, key and name stand in its DER, which is else a template's.
  acmecore::IssuedCertificate certificate(uint64_t i) const;
  std::string name(uint64_t i) const;
  base::Bytes spki(uint64_t i) const;
  static std::string domain(uint64_t number);
  static std::string account(uint64_t number);

 private:
  base::Time issued(uint64_t i) const;
  acmecore::Serial serial(uint64_t i) const;

  uint64_t count_;
  base::Time now_;
  std::string ca_;
  acmecore::Serial template_serial_;
  base::Bytes template_der_;
  base::Bytes template_spki_;
};

}  // namespace bench
