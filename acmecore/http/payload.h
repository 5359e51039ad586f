#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/authority.h"
#include "base/bytes.h"
#include "base/error.h"

// Reads the payloads of RFC 8555 §7. Members that are not known are ignored; a known one of the wrong type is
// malformed, as is a payload that is no JSON object.
namespace acmecore::http {

// §7.3.
base::Result<NewAccountRequest> parse_new_account(base::BytesView payload);

// What a POST to an account asks for (§7.3.2, §7.3.6). Everything else in it is ignored.
struct AccountUpdate {
  std::optional<std::vector<std::string>> contacts;
  bool deactivate = false;
};
base::Result<AccountUpdate> parse_account_update(base::BytesView payload);

// §7.4, RFC 9444 §4.3.
base::Result<NewOrderRequest> parse_new_order(base::BytesView payload);

// RFC 8739 §3.1.2: {"status": "canceled"}. malformed: another status, or none.
base::Result<void> parse_cancellation(base::BytesView payload);

// §7.4.1, RFC 9444 §4.2.
base::Result<RequestedIdentifier> parse_new_authz(base::BytesView payload);

// §7.5.2: {"status": "deactivated"}. malformed: another status, or none.
base::Result<void> parse_deactivation(base::BytesView payload);

// §7.5.1. An object, of which nothing is read.
base::Result<void> parse_challenge_response(base::BytesView payload);

// §7.4: the CSR in DER.
base::Result<base::Bytes> parse_finalize(base::BytesView payload);

struct RevocationRequest {
  base::Bytes certificate_der;
  std::optional<int64_t> reason;
};
// §7.6.
base::Result<RevocationRequest> parse_revocation(base::BytesView payload);

}  // namespace acmecore::http
