#pragma once

#include <string>

#include "base/config.h"
#include "base/config_reader.h"

namespace base {

// The keys of [issuance].
void read_issuance(ConfigReader& section, Config::Issuance& issuance);

// What the directories say of profiles and what profiles there are, together. malformed: one offers a profile that is
// not there, or one twice, or its default is none that it offers.
Result<void> check_offers(const Config::Acme& acme, const Config::Issuance& issuance);

// malformed: there are certificates that are good only with a stapled OCSP response, and there is no responder.
Result<void> check_stapling(const Config::Issuance& issuance, const Config::Revocation& revocation);

}  // namespace base
