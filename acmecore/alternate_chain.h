#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

inline constexpr size_t kAlternateChainCertificatesMax = 10;

// A file that an operator has named.
struct ChainFile {
  std::string name;  // for errors
  std::string pem;
};

// Another way from the issuing CA's leaves up (RFC 8555 §7.4.2): a certificate that another CA made for the issuing CA,
// and what is above it.
struct AlternateChain {
  std::vector<Certificate> certificates;  // one at least, each signed by the next; the root may be left out
  std::string pem;                        // all of it, each block as pem_block writes it

  const base::Bytes& issuing_der() const { return certificates.front().der; }
};

// unavailable: the file is no chain of at most kAlternateChainCertificatesMax certificates, each signed by the next and
// each of a CA and valid at `now`, whose first one has the subject, the key and the key identifier of `issuing` and is
// another certificate; the detail names the file.
base::Result<AlternateChain> read_alternate_chain(const ChainFile& file, const Certificate& issuing,
                                                  base::Time now);

}  // namespace acmecore
