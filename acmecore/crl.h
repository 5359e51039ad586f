#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/extensions.h"
#include "acmecore/revocation.h"
#include "acmecore/serial.h"
#include "acmecore/signing_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// Certificate revocation lists (RFC 5280 §5), written and read back.
namespace acmecore {

// BR 4.9.7, from thisUpdate to nextUpdate, both included.
inline constexpr std::chrono::hours kCrlLifetimeMax{10 * 24};

// One of revokedCertificates.
struct RevokedCertificate {
  Serial serial;
  Revocation revocation;

  bool operator==(const RevokedCertificate&) const = default;
};

// What a CRL holds, but for its entries and what all CRLs of one CA have in common.
struct CrlFields {
  std::vector<std::string>
      distribution_points;  // URIs: those that certificates name, or have named; none: of a root, which has one CRL
  uint64_t number = 0;     // CRLNumber
  base::Time this_update;  // here and below, in whole seconds
  base::Time next_update;
};

// Writes one entry behind others. Its reasonCode is not critical (RFC 5280 §5.3.1), and there is none where the reason
// is unspecified (BR 7.2.2).
void append_entry(base::Bytes& entries, const RevokedCertificate& revoked);

// The TBSCertList of `issuer` with these fields, as `key` is to sign it. `entries` are append_entry's; where there are
// none, there is no revokedCertificates at all (RFC 5280 §5.1.2.6). Its extensions: authorityKeyIdentifier, cRLNumber,
// and, critical, issuingDistributionPoint with fullName and onlyContainsUserCerts where there are distribution points.
base::Bytes tbs_cert_list(const CrlFields& fields, base::BytesView entries, const Certificate& issuer,
                          const SigningKey& key);

// The CRL that it becomes when `key` signs it. internal: OpenSSL failed.
base::Result<base::Bytes> sign_tbs_cert_list(base::BytesView tbs_der, const SigningKey& key);

// A CRL, every field as it stands there. What is a view aliases the octets that were read. Nothing is said about
// whether it is good.
struct Crl {
  base::BytesView tbs_der;                  // what the signature is over
  base::BytesView signature_algorithm_der;  // AlgorithmIdentifier; inner and outer are equal
  base::BytesView issuer_der;               // Name
  base::Time this_update;
  std::optional<base::Time> next_update;
  std::optional<base::BytesView> entries;  // the content of revokedCertificates; absent: there is none
  std::vector<Extension> extensions;       // in their order
  base::BytesView signature;
};

// One entry as it stands there.
struct CrlEntry {
  base::BytesView serial;  // the content octets of an INTEGER
  base::Time time;
  std::vector<Extension> extensions;
};

// Reads one CRL of version 2 in strict DER with nothing behind it, but not yet its entries. malformed: anything else,
// an extension twice, inner and outer algorithm different.
base::Result<Crl> parse_crl(base::BytesView der);

// The same of a TBSCertList that is not signed yet: `signature` is empty.
base::Result<Crl> parse_tbs_cert_list(base::BytesView tbs_der);

// Gives each entry to `take`, which returns whether to go on. malformed: what is there is not made of entries.
base::Result<void> for_each_entry(base::BytesView entries, const std::function<bool(const CrlEntry&)>& take);

// The serials that are in `before` and not in `now`, in order. Both are entries in the order of their serials, each
// once, as ours are. malformed: one of them is not made of entries.
base::Result<std::vector<base::Bytes>> missing_serials(base::BytesView before, base::BytesView now);

// The cRLNumber. malformed: there is none, or one that is negative or of more than 8 octets, as ours never are.
base::Result<uint64_t> crl_number(const Crl& crl);

// An entry as we write them. malformed: it has another form.
base::Result<RevokedCertificate> revoked_certificate(const CrlEntry& entry);

// The issuingDistributionPoint (RFC 5280 §5.2.5), if it is critical and has a fullName of URIs alone.
struct DistributionPoint {
  std::vector<std::string> uris;
  std::vector<uint8_t> flags;  // the tags of the BOOLEANs behind it, which are TRUE
};
std::optional<DistributionPoint> distribution_point(const Crl& crl);

// An issuingDistributionPoint whose fullName are these URIs, with onlyContainsUserCerts.
base::Bytes issuing_distribution_point(const std::vector<std::string>& uris);

}  // namespace acmecore
