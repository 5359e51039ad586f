#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/config.h"
#include "base/config_reader.h"

// What values of several sections of a configuration have in common.
namespace base {

inline constexpr std::pair<std::string_view, CertifiedKey> kCertifiedKeys[] = {{"rsa", CertifiedKey::rsa},
                                                                               {"p256", CertifiedKey::p256},
                                                                               {"p384", CertifiedKey::p384},
                                                                               {"p521", CertifiedKey::p521}};

// Each is a ConfigReader::Check: it fails with malformed, and a detail that says why, where the text is not what the
// name of the function says.
Result<void> anything(const std::string& text);
Result<void> not_empty(const std::string& text);
Result<void> empty_or_web_url(const std::string& text);
// Letters, digits, hyphens and inner dots, as RFC 8659 §4.2 has an issuer-domain-name, and RFC 5280 §4.2.1.6 a dNSName.
Result<void> plain_domain_name(const std::string& text);

// The keys `prefix`certificate and `prefix`key.
void read_tls(ConfigReader& section, TlsFiles& tls, const std::string& prefix = "tls_");

}  // namespace base
