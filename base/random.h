#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/time.h"

namespace base {

// `count` octets from OpenSSL's generator, which is seeded by the kernel. Never fails: a machine without
// randomness stops here.
Bytes random_bytes(size_t count);

// An unguessable token of 128 bits in base64url: 22 characters (RFC 8555 §11.3).
std::string random_token();

// An identifier that sorts by the time it was made and ends in 80 random bits: 26 characters of lower-case
// base32hex. Keys in such an order touch few pages of the store; the random part is what RFC 8555 §10.5 asks.
std::string time_ordered_id(Time now);

}  // namespace base
