#pragma once

#include "acmecore/certificate.h"
#include "acmecore/ocsp_request.h"
#include "base/bytes.h"

namespace acmecore {

// How OCSP names a CA: by hashes of its subject and of its key (RFC 6960 §4.1.1). SHA-1, which everybody asks with,
// identifies here and proves nothing.
class OcspIssuer {
 public:
  explicit OcspIssuer(const Certificate& issuing);

  // Whether the request is about a certificate of this CA. False also where it names the CA by another hash.
  bool is_named_by(const OcspCertId& id) const;

  // The ResponderID byKey (RFC 6960 §4.2.1): SHA-1 of the key.
  const base::Bytes& responder_key_hash() const { return sha1_.key; }

 private:
  struct Hashes {
    base::Bytes name;
    base::Bytes key;
  };

  Hashes sha1_;
  Hashes sha256_;
};

}  // namespace acmecore
