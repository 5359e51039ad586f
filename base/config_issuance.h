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

}  // namespace base
