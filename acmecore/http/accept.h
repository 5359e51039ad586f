#pragma once

#include <optional>
#include <string_view>

namespace acmecore::http {

// What a certificate can be had as (RFC 8555 §7.4.2).
enum class CertificateForm {
  pem_chain,  // application/pem-certificate-chain: the leaf and its issuers
  der,        // application/pkix-cert: the leaf alone
};

// The form that an Accept field (RFC 9110 §12.5.1) prefers. The PEM chain where there is no field, where both are
// as welcome, and where neither is: it is RFC 8555's default, and a client that asks for something else can
// still use it (RFC 9110 §12.4.1 leaves that to the server).
CertificateForm preferred_form(std::optional<std::string_view> accept);

}  // namespace acmecore::http
