#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "dnsserver/credential.h"

namespace dnsserver {

// The value of the key 'd' (proto/assay/stored/v1/dns.proto).
Bytes encode(const Credential& credential);

// internal: the store holds something else.
Result<Credential> decode_credential(base::BytesView value);

}  // namespace dnsserver
