#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "acmecore/validity.h"
#include "base/error.h"
#include "base/time.h"

// Short-term certificates that the CA renews by itself (STAR, RFC 8739).
namespace acmecore {

// What a directory offers (§3.2).
struct AutoRenewalRule {
  std::chrono::seconds max_duration{0};  // from the first to the end; 0: there are none
  std::chrono::seconds min_lifetime = std::chrono::days(1);
  bool allow_certificate_get = false;

  bool is_off() const { return max_duration == std::chrono::seconds(0); }
};

// What an order asks for (§3.1.1), in seconds where it is a number.
struct RequestedAutoRenewal {
  std::optional<base::Time> start_date = {};
  base::Time end_date = {};
  int64_t lifetime = 0;
  int64_t lifetime_adjust = 0;
  bool allow_certificate_get = false;
};

// An order's sequence of certificates: what it gets, and how far it has come.
struct AutoRenewal {
  std::optional<base::Time> start_date = {};  // none is valid before
  base::Time end_date = {};                   // none is valid after
  std::chrono::seconds lifetime{0};           // T of §3.5
  std::chrono::seconds lifetime_adjust{
      0};                              // so long before its nominal renewal date each begins, and is there
  bool allow_certificate_get = false;  // to anybody (§3.4)

  base::Time first = {};                    // nrd[0] of §3.5, from begin() on
  uint64_t period = 0;                      // i of the certificate that was issued last
  base::Time valid_until = {};              // the notAfter of that one
  base::Time next_look = {};                // when there may be something to do
  std::optional<base::Time> canceled = {};  // the client ended it (§3.1.2)
  std::optional<base::Error> failure = {};  // why it ended before its time, with its last certificate

  bool operator==(const AutoRenewal&) const = default;
};

// What an order that asks for it at `now` gets. lifetime_adjust is what the server needs to have each certificate
// there, and valid, before half of the one before it has passed (§3.3), or what the client asks for if that is more,
// but never more than the lifetime.
//
// malformed: the directory offers none, or the dates or the lifetime are not as `rule` and `validity` have them,
// which the detail says.
base::Result<AutoRenewal> accept_auto_renewal(const RequestedAutoRenewal& requested,
                                              const AutoRenewalRule& rule, const ValidityRule& validity,
                                              base::Time now);

// Its first certificate is about to be issued. Nothing is issued beyond `proved_until`, when what proves its names, or
// who signs, ends. malformed: the sequence ends too soon for any certificate.
base::Result<void> begin(AutoRenewal& renewal, base::Time proved_until, base::Time now);

// The period that is due at `now`: the last one that is, so that nothing is made up for that a server which was down
// has missed. Nothing: the certificate of `renewal.period` is still the one, or there are no others.
std::optional<uint64_t> due_period(const AutoRenewal& renewal, base::Time now);

// When the one after `renewal.period` is due. Nothing: that is the last.
std::optional<base::Time> next_due(const AutoRenewal& renewal);

// The validity of the certificate of `renewal.period` when it is issued at `now` (§3.5), in whole seconds. It begins
// no earlier than start_date, nor kBackdateMax ago, nor than its issuer.
Validity validity_of(const AutoRenewal& renewal, base::Time now, const Validity& issuer);

// Between two attempts to renew where something stood against the first: a part of the lifetime, so that there are
// several before the last certificate ends.
std::chrono::seconds retry_interval(const AutoRenewal& renewal);

}  // namespace acmecore
