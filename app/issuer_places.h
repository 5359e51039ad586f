#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/issuer_keeper.h"
#include "base/config.h"
#include "base/error.h"

namespace app {

// The issuers that the configuration has, of which there is always one.
std::vector<base::CertificateIssuer> configured_issuers(const base::Config& config);

// The name of who signs for a directory, and for our own listeners. REQUIRES: `config` is one of parse_config.
std::string issuer_of(const base::AcmeDirectory& directory, const base::Config& config);

// Where an issuer keeps its keys and certificates.
std::filesystem::path directory_of(const base::CertificateIssuer& issuer, const base::Config& config);

// Where each of them is, what it has to be fit for, and what opens its keys: passphrases and PINs are read now,
// alternate chains each time. unavailable: a secret cannot be read, or is too long; the detail says which.
base::Result<std::vector<acmecore::IssuerPlace>> issuer_places(const base::Config& config);

// One of them. not_found: there is none with this name.
base::Result<acmecore::IssuerPlace> issuer_place(const base::Config& config, std::string_view name);

}  // namespace app
