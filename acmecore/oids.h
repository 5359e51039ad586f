#pragma once

#include "base/bytes.h"

// Content octets of the object identifiers that certificates and certification requests are made of.
namespace acmecore::oids {

using namespace std::string_view_literals;

// RFC 5280 §4.2.1, appendix A.
inline constexpr base::BytesView kCommonName = "\x55\x04\x03"sv;
inline constexpr base::BytesView kCountryName = "\x55\x04\x06"sv;
inline constexpr base::BytesView kOrganizationName = "\x55\x04\x0a"sv;
inline constexpr base::BytesView kSubjectDirectoryAttributes = "\x55\x1d\x09"sv;
inline constexpr base::BytesView kSubjectKeyIdentifier = "\x55\x1d\x0e"sv;
inline constexpr base::BytesView kKeyUsage = "\x55\x1d\x0f"sv;
inline constexpr base::BytesView kSubjectAltName = "\x55\x1d\x11"sv;
inline constexpr base::BytesView kIssuerAltName = "\x55\x1d\x12"sv;
inline constexpr base::BytesView kBasicConstraints = "\x55\x1d\x13"sv;
inline constexpr base::BytesView kCrlNumber = "\x55\x1d\x14"sv;
inline constexpr base::BytesView kReasonCode = "\x55\x1d\x15"sv;
inline constexpr base::BytesView kIssuingDistributionPoint = "\x55\x1d\x1c"sv;
inline constexpr base::BytesView kNameConstraints = "\x55\x1d\x1e"sv;
inline constexpr base::BytesView kCrlDistributionPoints = "\x55\x1d\x1f"sv;
inline constexpr base::BytesView kCertificatePolicies = "\x55\x1d\x20"sv;
inline constexpr base::BytesView kAnyPolicy = "\x55\x1d\x20\x00"sv;
inline constexpr base::BytesView kPolicyMappings = "\x55\x1d\x21"sv;
inline constexpr base::BytesView kAuthorityKeyIdentifier = "\x55\x1d\x23"sv;
inline constexpr base::BytesView kPolicyConstraints = "\x55\x1d\x24"sv;
inline constexpr base::BytesView kExtendedKeyUsage = "\x55\x1d\x25"sv;
inline constexpr base::BytesView kAnyExtendedKeyUsage = "\x55\x1d\x25\x00"sv;
inline constexpr base::BytesView kFreshestCrl = "\x55\x1d\x2e"sv;
inline constexpr base::BytesView kInhibitAnyPolicy = "\x55\x1d\x36"sv;
inline constexpr base::BytesView kAuthorityInfoAccess = "\x2b\x06\x01\x05\x05\x07\x01\x01"sv;
inline constexpr base::BytesView kSubjectInfoAccess = "\x2b\x06\x01\x05\x05\x07\x01\x0b"sv;
inline constexpr base::BytesView kOcsp = "\x2b\x06\x01\x05\x05\x07\x30\x01"sv;
inline constexpr base::BytesView kCaIssuers = "\x2b\x06\x01\x05\x05\x07\x30\x02"sv;
inline constexpr base::BytesView kServerAuth = "\x2b\x06\x01\x05\x05\x07\x03\x01"sv;
inline constexpr base::BytesView kClientAuth = "\x2b\x06\x01\x05\x05\x07\x03\x02"sv;

// RFC 6960 §4.2.1 and §4.4.1.
inline constexpr base::BytesView kOcspBasic = "\x2b\x06\x01\x05\x05\x07\x30\x01\x01"sv;
inline constexpr base::BytesView kOcspNonce = "\x2b\x06\x01\x05\x05\x07\x30\x01\x02"sv;

// RFC 3279 §2.2.1 and RFC 4055 §2.1: hashes.
inline constexpr base::BytesView kSha1 = "\x2b\x0e\x03\x02\x1a"sv;
inline constexpr base::BytesView kSha256 = "\x60\x86\x48\x01\x65\x03\x04\x02\x01"sv;

// RFC 7633: "must staple".
inline constexpr base::BytesView kTlsFeature = "\x2b\x06\x01\x05\x05\x07\x01\x18"sv;

// RFC 2985 §5.4.2: extensionRequest.
inline constexpr base::BytesView kExtensionRequest = "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e"sv;

// BR 7.1.6.1: domain, organization and individual validated, and extended validation.
inline constexpr base::BytesView kDomainValidated = "\x67\x81\x0c\x01\x02\x01"sv;  // 2.23.140.1.2.1
inline constexpr base::BytesView kOrganizationValidated = "\x67\x81\x0c\x01\x02\x02"sv;
inline constexpr base::BytesView kIndividualValidated = "\x67\x81\x0c\x01\x02\x03"sv;
inline constexpr base::BytesView kExtendedValidation = "\x67\x81\x0c\x01\x01"sv;

}  // namespace acmecore::oids
