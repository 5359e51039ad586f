#pragma once

#include <string>

#include "base/tls.h"

namespace support {

// A self-signed certificate for localhost whose CN is `name`, and its new P-256 key.
base::TlsIdentity self_signed(const std::string& name);

}  // namespace support
