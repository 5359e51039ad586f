#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

struct RequestedExtensions {
  std::vector<std::string>
      dns_names;             // as they are written, in their order; none: no subjectAltName is asked for
  bool must_staple = false;  // TLS feature status_request (RFC 7633)
};

// What the attributes of a certification request ask for: `attributes` is the content of its SET OF Attribute (RFC 2986
// §4.1), of which only extensionRequest (RFC 2985 §5.4.2) matters.
//
// malformed, with a sentence: not in DER, extensionRequest twice or with other than one value, or a request
// for something that the certificate will not have and that no client sends by habit (see parse_csr).
base::Result<RequestedExtensions> requested_extensions(base::BytesView attributes);

}  // namespace acmecore
