#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acmecore/extensions.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// Which names a CA may certify, and the CAs below it (RFC 5280 §4.2.1.10).
struct NameConstraints {
  struct Subtrees {
    // "corp.example" is that name and all below it, ".corp.example" all below it alone, "" every name. Lower-case.
    std::vector<std::string> dns_names;
    // An address and its mask: 8 or 32 octets.
    std::vector<base::Bytes> addresses;
    // Each GeneralName of another form (rfc822Name, directoryName …) in DER. No leaf of ours has such names.
    std::vector<base::Bytes> others;

    bool empty() const { return dns_names.empty() && addresses.empty() && others.empty(); }
    bool operator==(const Subtrees&) const = default;
  };

  Subtrees permitted;
  Subtrees excluded;

  bool empty() const { return permitted.empty() && excluded.empty(); }
  // Whether it has directoryNames, to which only an empty subject certainly keeps.
  bool on_subjects() const;
  bool operator==(const NameConstraints&) const = default;
};

// Reads the value of the extension. malformed: not in DER, no subtrees at all, a minimum or maximum, or an iPAddress
// that is no address and mask.
base::Result<NameConstraints> parse_name_constraints(base::BytesView value);

// The value of the extension. REQUIRES: !constraints.empty().
base::Bytes encode(const NameConstraints& constraints);

// "corp.example" or "10.0.0.0/8", as an operator writes it, beside those that are there. malformed: neither a name in
// the syntax of check_dns_name, but for a wildcard, nor a network.
base::Result<void> add_subtree(NameConstraints::Subtrees& subtrees, std::string_view text);

// As operators write them, which they can those of names and networks alone.
std::vector<std::string> texts_of(const NameConstraints::Subtrees& subtrees);

// rejected_identifier: some names of a leaf are not permitted or are excluded, with one suberror for each; or its
// subject is constrained, and `has_subject`. A wildcard is excluded with any of the names that it stands for.
base::Result<void> check_constraints(const NameConstraints& constraints, const SubjectAltName& names,
                                     bool has_subject);

}  // namespace acmecore
