#pragma once

#include <boost/container/static_vector.hpp>

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore::lint {

// More than any certificate of ours has. Nothing is allocated for a view, because each certificate is looked at.
inline constexpr size_t kExtensionsMax = 16;
inline constexpr size_t kAttributesMax = 16;
inline constexpr size_t kNamesMax = 128;

// An Extension (RFC 5280 §4.1).
struct ExtensionView {
  base::BytesView oid;       // content octets
  base::BytesView critical;  // the BOOLEAN, whole; empty: there is none
  base::BytesView value;     // what the OCTET STRING holds

  bool is_critical() const { return !critical.empty() && critical.back() != '\0'; }
};

// An AttributeTypeAndValue of a Name (RFC 5280 §4.1.2.4).
struct AttributeView {
  base::BytesView type;  // content octets of the OID
  uint8_t string_type;   // the value's tag
  base::BytesView value;
  size_t rdn;  // the place of its RelativeDistinguishedName
};

// A GeneralName (RFC 5280 §4.2.1.6).
struct NameView {
  uint8_t tag;
  base::BytesView value;
};

// A TBSCertificate (RFC 5280 §4.1) taken apart and not judged: it shows what breaks the rules as it stands there, which
// parse_tbs_certificate would refuse. Views into the octets, which outlive it.
struct TbsView {
  base::BytesView version;                          // content of [0]; empty: there is none
  base::BytesView serial;                           // content octets of the INTEGER
  base::BytesView signature_algorithm;              // AlgorithmIdentifier, whole
  base::BytesView issuer;                           // Name, whole
  std::optional<base::Time> not_before, not_after;  // nothing: not encoded as RFC 5280 §4.1.2.5 asks
  base::BytesView subject;                          // Name, whole
  boost::container::static_vector<AttributeView, kAttributesMax> subject_attributes;
  base::BytesView spki;         // SubjectPublicKeyInfo, whole
  bool has_unique_ids = false;  // issuerUniqueID or subjectUniqueID
  boost::container::static_vector<ExtensionView, kExtensionsMax> extensions;
  boost::container::static_vector<NameView, kNamesMax> names;  // of the subjectAltName

  // The first extension with this OID; null: there is none.
  const ExtensionView* find(base::BytesView oid) const;

  bool has_empty_subject() const { return subject_attributes.empty(); }
};

// malformed: not built of elements in DER as RFC 5280 §4.1 says, or more of something than there is room for.
base::Result<TbsView> view_tbs(base::BytesView tbs_der);

}  // namespace acmecore::lint
