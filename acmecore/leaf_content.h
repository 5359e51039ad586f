#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"

namespace acmecore {

// By whose rules a certificate is made: the operator's own, or the Baseline Requirements for publicly trusted TLS
// server certificates ("BR"), which let a short-lived one (BR 1.6.1) be silent about revocation.
enum class ProfileRules { private_trust, public_trust, short_lived };

// What a profile puts into each of its certificates, beside names, key and dates. Everything that is off or empty is
// not in the certificate at all.
struct LeafContent {
  ProfileRules rules = ProfileRules::private_trust;
  bool client_auth = false;                // beside serverAuth
  bool key_encipherment = false;           // beside digitalSignature; RSA keys only
  bool subject_key_identifier = false;     // of the method in key_identifier.h
  std::vector<base::Bytes> policies = {};  // content octets of their OIDs, in their order
  std::string ca_issuers_url = {};
  std::string ocsp_url = {};
  std::string crl_distribution_point = {};  // a URL
  bool must_staple = false;                 // TLS feature status_request (RFC 7633)
  std::string country = {};                 // two upper-case letters
  std::string organization = {};            // at most 64 characters of UTF-8

  bool operator==(const LeafContent&) const = default;
};

}  // namespace acmecore
