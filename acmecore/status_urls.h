#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acmecore/crl_shard.h"
#include "acmecore/leaf_content.h"
#include "acmecore/serial.h"

namespace acmecore {

// What the URLs of status_urls begin with, behind their origin.
inline constexpr std::string_view kCrlPath = "/crl/";        // CA "/" NUMBER ".crl"
inline constexpr std::string_view kOcspPath = "/ocsp";       // or "/ocsp/" BASE64
inline constexpr std::string_view kIssuerPath = "/issuer/";  // CA ".crt"

// Where the status of certificates is to be had.
struct StatusUrls {
  uint32_t crl_shards = 1;  // of certificates that are issued from now on
  std::string origin = {};  // "http://pki.corp.example"; empty: certificates say nothing of their status
  bool ocsp = false;

  // Which CRL a certificate of a CA (ca_id) with this serial is in, whether or not it names one.
  CrlShard shard(std::string ca, const Serial& serial) const {
    return {std::move(ca), shard_of(serial, crl_shards)};
  }

  // REQUIRES here and below: there is an origin.
  std::string crl(const CrlShard& shard) const;

  // Puts the URLs into what a certificate is to say that is in this CRL once it is revoked; of a short-lived one, which
  // tells nothing of its status (BR 1.6.1), that of the issuer's certificate alone. An OCSP responder or an issuer's
  // certificate that it names elsewhere stays.
  void add_to(LeafContent& content, const CrlShard& shard) const;
};

// The shard whose CRL a request is for: the reverse of StatusUrls::crl, without the origin. Nothing: it is for none.
std::optional<CrlShard> shard_in(std::string_view target);

}  // namespace acmecore
