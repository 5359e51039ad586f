#pragma once

#include "acmecore/certificate.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/public_key.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// Compares a signed leaf with what was asked for, field by field, with nothing that its writing used: names
// and addresses, SPKI, serial, validity, issuer octets, the subject, the profile's extensions with their
// criticality and values and no other, the signature's algorithm, and the signature by the issuer's key.
//
// internal: names the first difference.
// REQUIRES: `issuer_key` is the key that `issuer` certifies, read once instead of for every leaf.
base::Result<void> verify_issued(base::BytesView leaf_der, const LeafRequest& request,
                                 const Certificate& issuer, const PublicKey& issuer_key);

}  // namespace acmecore
