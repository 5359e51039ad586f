#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// RFC 7468: one block with lines of 64 characters and a final newline.
std::string pem_block(std::string_view label, base::BytesView der);

// The only block of `text`, which must have `label`. malformed: no block, more than one, or another label.
base::Result<base::Bytes> parse_pem(std::string_view label, std::string_view text);

// Every block of `text`, in order. malformed: there is none, one is broken or has another label.
base::Result<std::vector<base::Bytes>> parse_pem_chain(std::string_view label, std::string_view text);

inline constexpr std::string_view kPemCertificate = "CERTIFICATE";

}  // namespace acmecore
