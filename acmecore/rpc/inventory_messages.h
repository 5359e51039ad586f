#pragma once

#include "acmecore/inventory.h"
#include "assay/v1/inventory.pb.h"
#include "base/error.h"

namespace acmecore::rpc {

// malformed: a status, a time or a digest that is none.
base::Result<InventoryFilter> filter_of(const assay::v1::ListCertificatesRequest& request);

// Without details.
assay::v1::Certificate message_of(const CertificateView& view);
assay::v1::Certificate detailed_message_of(const CertificateView& view);

}  // namespace acmecore::rpc
