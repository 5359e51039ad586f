#pragma once

#include "acmecore/audit_log.h"
#include "assay/v1/audit.pb.h"
#include "base/error.h"
#include "storage/ledger.h"

namespace acmecore::rpc {

// `payload`: with what is stored.
assay::v1::AuditEvent message_of(const AuditEntry& entry, bool payload);

assay::v1::AuditHead message_of(const storage::LedgerHead& head);
// malformed: its link is no SHA-256.
base::Result<storage::LedgerHead> head_of(const assay::v1::AuditHead& message);

// malformed: a time that is none.
base::Result<AuditFilter> filter_of(const assay::v1::ListAuditEventsRequest& request);

}  // namespace acmecore::rpc
