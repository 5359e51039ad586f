#pragma once

#include <functional>
#include <string>
#include <vector>

#include "acmecore/issuer_certificates.h"
#include "acmecore/records.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"
#include "storage/store.h"

// What a server is and becomes, for the audit log: its start, and what is read again or rotated while it runs. What a
// server was told to be last stays in the store, so that each change is told once, whenever it is found. What is
// given by reference outlives the calls.
namespace acmecore {

// What a server is that begins to serve.
struct ServerStart {
  std::string version;
  std::string configuration_sha256;  // of the configuration's text, in hexadecimal; empty: there is none
  std::vector<IssuerCertificate> issuers;  // empty: it is no CA
};

// Records that the server starts and, where the configuration or a certificate of an issuer is another than was told
// last, that it has changed. Where none was told yet, of certificates only those are changes that have a ceremony.
base::Task<base::Result<void>> note_start(Records& records, ServerStart start, base::Time now);

// The issuers as they are at the time of the call. Thread-safe.
using IssuersNow = std::function<std::vector<IssuerCertificate>()>;

// What became of a server that has read its files again.
struct ServerReload {
  std::vector<base::Error> refused;  // of each part that stays as it was
  IssuersNow issuers;
};

// Records what was refused or, if nothing was, that it took effect, and how the issuers have changed. Here and below,
// where both run at once, each change is told by one of them. unavailable: others tell changes without pause.
base::Task<base::Result<void>> note_reload(storage::Store& store, ServerReload reload, base::Time now);

// Records a rotation, with how the issuers have changed by it.
base::Task<base::Result<void>> note_rotation(storage::Store& store, AuditEvent rotated, IssuersNow issuers);

}  // namespace acmecore
