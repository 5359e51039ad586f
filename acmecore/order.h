#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/approval.h"
#include "acmecore/authorization.h"
#include "acmecore/auto_renewal.h"
#include "acmecore/identifier.h"
#include "acmecore/serial.h"
#include "acmecore/validity.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// RFC 8555 §7.1.6 and RFC 8739 §3.1.2.
enum class OrderStatus { pending, ready, processing, valid, invalid, canceled };
std::string_view name_of(OrderStatus status);

// What we have decided to sign, recorded before it is signed.
struct Intent {
  Serial serial;
  base::Bytes csr_digest;  // SHA-256 of the CSR
  base::Bytes spki_der;    // the key to certify
  base::Time begun;

  bool operator==(const Intent&) const = default;
};

// A request for one certificate (RFC 8555 §7.1.3). Its status is computed, not kept: see status_of.
struct Order {
  std::string id;
  std::string account;
  std::vector<Identifier> identifiers;
  std::vector<std::string> authorizations;  // ids
  RequestedValidity validity;               // what it asks for
  std::string replaces;                     // the CertificateId of what it renews; empty: nothing
  bool renews_when_suggested = false;       // that, for no other names and not too soon (RFC 9773 §4.2)
  base::Time created;
  base::Time expires;
  std::optional<Intent> intent;       // finalize was accepted
  std::vector<Serial> abandoned;      // of intents that came to nothing, never to be used again
  std::optional<Serial> certificate;  // it was issued
  std::optional<base::Error> error;   // it was not issued, or rejected, withdrawn or not approved in time
  std::optional<std::chrono::seconds> certificate_lifetime_max;  // of the account's restriction
  std::string profile = {};                 // its name; empty: there was a single one, without a name
  std::optional<AutoRenewal> auto_renewal;  // its certificate renews itself
  std::optional<Approval> approval;         // finalize was accepted, and a person is asked

  bool operator==(const Order&) const = default;
};

// The status at `now` of an order with these authorizations, which are all of its own (RFC 8555 §7.1.6): a
// certificate makes it valid for ever, an accepted finalize processing; otherwise it is invalid once it has
// failed or expired or one of its authorizations can no longer be valid, ready when all are valid, and
// pending else. Where it is ready but waits for a person it is processing, until Approval::until. One that renews
// itself can also be canceled, or fail, after it was valid.
OrderStatus status_of(const Order& order, std::span<const Authorization> authorizations, base::Time now);

// Finalize was accepted, and what follows from it is not finished.
bool is_processing(const Order& order);

// Finalize was accepted, and a person has not decided yet. It may be invalid by now all the same.
bool is_waiting(const Order& order);

// True if status_of does not depend on the authorizations.
bool is_settled(const Order& order);

// Why the order is invalid: its error, or one suberror for each authorization that can no longer be valid. Nothing
// where it is not invalid, or only too old.
std::optional<base::Error> problem_of(const Order& order, std::span<const Authorization> authorizations,
                                      base::Time now);

// An order as it was at the time of the request.
struct OrderView {
  Order order;
  OrderStatus status;
  std::optional<base::Error> error;  // problem_of it
  base::Time time = {};
};

// It waits, and a person can approve or reject it.
bool can_be_decided(const OrderView& view);

}  // namespace acmecore
