#pragma once

#include "acmecore/certificate.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/signature_verifier.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// Compares what is about to be signed, read back, with what was asked for, field by field, with nothing that its
// writing used: names and addresses, SPKI, serial, validity, issuer octets, the subject, and the extensions of
// leaf_fields in their order, with their criticality and their values, and no other.
//
// internal: names the first difference.
base::Result<void> verify_tbs(const Certificate& tbs, const LeafRequest& request, const Certificate& issuer);

// The same of a signed leaf, and that its signature has the right algorithm and is by the issuer's key.
// REQUIRES: `issuer_key` is the key that `issuer` certifies.
base::Result<void> verify_issued(base::BytesView leaf_der, const LeafRequest& request,
                                 const Certificate& issuer, const SignatureVerifier& issuer_key);

}  // namespace acmecore
