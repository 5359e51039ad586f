#pragma once

#include <string>

#include "base/bytes.h"

// The values of extensions that say where more is to be had.
namespace acmecore {

// cRLDistributionPoints (RFC 5280 §4.2.1.13): one point, whose only field is its full name of one URL.
base::Bytes crl_distribution_points(const std::string& url);

// authorityInfoAccess (RFC 5280 §4.2.2.1): an OCSP responder, then the issuer's certificate; each where there is one.
// REQUIRES: there is.
base::Bytes authority_info_access(const std::string& ocsp_url, const std::string& ca_issuers_url);

}  // namespace acmecore
