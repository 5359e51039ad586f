#pragma once

#include <vector>

#include "acmecore/ca_profile.h"
#include "acmecore/certificate.h"
#include "acmecore/extensions.h"
#include "base/bytes.h"
#include "base/error.h"

// What a certificate of an issuing CA has from the one before it.
namespace acmecore {

// The subject `old` with the common name, organization and country of `changes` in the place of its own; where they are
// empty there, its own stay. unavailable: one that is to go stands beside others in one RDN. The errors of name_of.
base::Result<base::Bytes> renewed_subject(base::BytesView old, const CaSubject& changes);

// The extensions of a certificate that `root` makes in the place of `old`, of an issuing CA: each that `old` has, in
// its order and octet for octet, whatever it holds the CA to, but
//
//   keyUsage: digitalSignature, keyCertSign and cRLSign beside what it has
//   extendedKeyUsage: serverAuth and perhaps clientAuth, where `renewed` says which
//   cRLDistributionPoints: of its URL, where it has one; so the caIssuers of authorityInfoAccess, beside what that says
//     by other methods
//   subjectKeyIdentifier: of the key, where that is another
//   authorityKeyIdentifier: of the root; also where it has none
//   nameConstraints: the permitted names and networks of `renewed` in the place of those of `old`, where there are any;
//     so with the excluded ones
//
// unavailable: there are others (the detail has their OIDs), which may be about the one certificate alone, such as
// privateKeyUsagePeriod or SCTs. malformed: one cannot be read. REQUIRES: `root` has a subjectKeyIdentifier.
base::Result<std::vector<Extension>> renewed_extensions(const Certificate& old, const IssuingCa& renewed,
                                                        const Certificate& root);

}  // namespace acmecore
