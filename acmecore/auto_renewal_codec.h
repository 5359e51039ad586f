#pragma once

#include "acmecore/auto_renewal.h"
#include "assay/stored/v1/acme.pb.h"

namespace acmecore {

// Between an order's AutoRenewal and the message of it in the store.
void put(const AutoRenewal& renewal, assay::stored::v1::Order::AutoRenewal& message);
AutoRenewal auto_renewal_of(const assay::stored::v1::Order::AutoRenewal& message);

}  // namespace acmecore
