#pragma once

#include <cstddef>
#include <string>

#include "acmecore/certificate.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// What a CA's own certificates have to be. `what` is how sentences call the certificate: "the issuing certificate".
// unavailable: the detail says what is wrong with which.
namespace acmecore {

// Of a CA, and valid at `now`.
base::Result<void> check_ca_certificate(const std::string& what, const Certificate& certificate,
                                        base::Time now);

// What leaves that verify need of their issuer (RFC 5280 §6.1.4, BR 7.1.2.6): keyCertSign, serverAuth where it has
// purposes, a subjectKeyIdentifier and a subject.
base::Result<void> check_issuing_certificate(const std::string& what, const Certificate& issuing);

// What is asked of a CA above it: keyCertSign, and serverAuth or any purpose where it has purposes.
base::Result<void> check_upper_certificate(const std::string& what, const Certificate& upper);

// Whether leaves for clients may be below it: it has no purposes, or clientAuth or any among them.
bool certifies_clients(const Certificate& ca);

// That its pathLenConstraint, if it has one, lets `below` CAs stand between it and the leaf (RFC 5280 §4.2.1.9).
base::Result<void> check_path_length(const std::string& what, const Certificate& certificate, size_t below);
// What CRLs and OCSP responses that verify need of whose key signs them: keyUsage cRLSign (RFC 5280 §6.3.3 (f)), and
// digitalSignature (BR 7.1.2.10.7).
base::Result<void> check_crl_issuer(const std::string& what, const Certificate& issuing);
base::Result<void> check_ocsp_signer(const std::string& what, const Certificate& issuing);

// The value of the extension authorityKeyIdentifier in what it signs: its subjectKeyIdentifier, without issuer and
// serial. REQUIRES: check_issuing_certificate.
base::Bytes authority_key_identifier(const Certificate& issuing);

}  // namespace acmecore
