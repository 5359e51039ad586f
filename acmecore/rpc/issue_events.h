#pragma once

#include <string>

#include "acmecore/authorization.h"
#include "acmecore/certificate.h"
#include "acmecore/order.h"
#include "acmecore/rpc/delegation.h"
#include "assay/v1/certificate.pb.h"
#include "base/time.h"

// The events of CertificateService.Issue.
namespace acmecore::rpc {

assay::v1::IssueResponse order_created(const Order& order);
assay::v1::IssueResponse delegation_found(const Identifier& identifier, const Delegation& delegation);
assay::v1::IssueResponse txt_published(const base::Name& owner, const std::string& value, base::Time expires);
assay::v1::IssueResponse validated(const Authorization& authorization);
// REQUIRES: the order is_waiting.
assay::v1::IssueResponse approval_needed(const Order& order);
assay::v1::IssueResponse certificate_issued(const Certificate& leaf, std::string pem_chain);

}  // namespace acmecore::rpc
