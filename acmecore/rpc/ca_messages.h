#pragma once

#include "acmecore/ca_directory.h"
#include "acmecore/issuers.h"
#include "assay/v1/ca.pb.h"
#include "base/error.h"

namespace acmecore::rpc {

assay::v1::Issuer message_of(const NamedIssuer& issuer);

// The same of what an issuer's files hold. The errors of read_ca_chain.
base::Result<assay::v1::Issuer> message_of(const std::string& name, const CaDirectory& directory);

}  // namespace acmecore::rpc
