#pragma once

#include <optional>
#include <string>
#include <vector>

#include "acmecore/issuer.h"
#include "acmecore/validity.h"
#include "base/config.h"
#include "base/error.h"
#include "base/http/tls.h"
#include "base/time.h"

namespace app {

// Chain and key in files. Nothing where no files are named. unavailable, malformed: they cannot be read, or do
// not belong together; the detail names them.
base::Result<std::optional<base::http::TlsIdentity>> load_identity(const base::TlsFiles& files);

// Where the certificates of our listeners come from: files, or our own CA, which makes a new one each time.
// For one thread at a time.
class Identities {
 public:
  // `issuer` outlives this; null where there is no CA, and then all come from files.
  Identities(const base::Config& config, const acmecore::Issuer* issuer, const base::Clock& clock);

  // For ACME, for gRPC and for publishing by HTTP. The errors of load_identity and acmecore::new_server_identity.
  base::Result<base::http::TlsIdentity> acme();
  base::Result<base::http::TlsIdentity> grpc();
  base::Result<base::http::TlsIdentity> publish();

  // Should one that our CA made be replaced?
  bool due_for_renewal() const;

 private:
  base::Result<base::http::TlsIdentity> identity(const base::TlsFiles& files);

  const base::TlsFiles acme_files_;
  const base::TlsFiles grpc_files_;
  const base::TlsFiles publish_files_;
  const acmecore::Issuer* const issuer_;
  const base::Clock& clock_;
  std::vector<std::string> hosts_;              // what clients may call us, beside localhost
  std::optional<acmecore::Validity> validity_;  // of the newest that our CA made
};

}  // namespace app
