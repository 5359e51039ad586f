#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// The dNSNames that the attributes of a certification request ask for: `attributes` is the content of its SET
// OF Attribute (RFC 2986 §4.1), of which only extensionRequest (RFC 2985 §5.4.2) matters. As they are
// written, in their order; empty where no subjectAltName is asked for.
//
// malformed, with a sentence: not in DER, extensionRequest twice or with other than one value, or a request
// for something that the certificate will not have and that no client sends by habit (see parse_csr).
base::Result<std::vector<std::string>> requested_dns_names(base::BytesView attributes);

}  // namespace acmecore
