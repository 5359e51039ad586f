#pragma once

#include <string>

#include "acmecore/account.h"
#include "acmecore/authorization.h"
#include "acmecore/gcra.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/order.h"
#include "base/bytes.h"
#include "base/error.h"

// The messages of proto/assay/stored/v1/acme.proto. An id or serial is in the key and not in the value.
// Decoding fails with internal where the value is not what encode made.
namespace acmecore {

base::Bytes encode(const Account& account);
base::Bytes encode(const Order& order);
base::Bytes encode(const Authorization& authorization);
base::Bytes encode(const IssuedCertificate& certificate);
base::Bytes encode(RegainedAt regained);

base::Result<Account> decode_account(std::string id, base::BytesView value);
base::Result<Order> decode_order(std::string id, base::BytesView value);
base::Result<Authorization> decode_authorization(std::string id, base::BytesView value);
base::Result<RegainedAt> decode_regained_at(base::BytesView value);
base::Result<IssuedCertificate> decode_certificate(Serial serial, base::BytesView value);

}  // namespace acmecore
