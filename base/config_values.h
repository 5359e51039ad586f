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

// ConfigReader::Check, each: malformed says why it is none.
Result<void> anything(const std::string& text);
Result<void> not_empty(const std::string& text);
Result<void> empty_or_web_url(const std::string& text);
Result<void> plain_domain_name(const std::string& text);  // letters, digits, hyphens and inner dots

// The keys `prefix`certificate and `prefix`key.
void read_tls(ConfigReader& section, TlsFiles& tls, const std::string& prefix = "tls_");

}  // namespace base
