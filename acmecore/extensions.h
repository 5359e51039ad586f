#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// One of a certificate or of an extensionRequest (RFC 5280 §4.1.2.9).
struct Extension {
  base::Bytes oid;  // content octets
  bool critical;
  base::Bytes value;  // what the OCTET STRING holds

  bool operator==(const Extension&) const = default;
};

// A list of no more than so many takes memory once.
inline constexpr size_t kUsualExtensions = 10;

// Reads an Extensions SEQUENCE. malformed: not in DER, empty, or one extension twice (RFC 5280 §4.2).
base::Result<std::vector<Extension>> parse_extensions(base::BytesView der);

// The extension with this OID; null where there is none.
const Extension* find_extension(const std::vector<Extension>& extensions, base::BytesView oid);

// Names in the order they stand in, as they are written.
struct SubjectAltName {
  std::vector<std::string> dns_names;
  std::vector<base::Bytes> ip_addresses;  // 4 or 16 octets

  bool operator==(const SubjectAltName&) const = default;
};

// Reads the value of a subjectAltName (RFC 5280 §4.2.1.6). malformed: not in DER, empty, a type of name other
// than dNSName and iPAddress (the detail names it), an address of another size.
base::Result<SubjectAltName> parse_subject_alt_name(base::BytesView value);

}  // namespace acmecore
