#pragma once

#include <filesystem>

#include "base/error.h"
#include "dnsserver/cookie.h"

namespace app {

// Reads the secrets of DNS Cookies from a file: 32 hexadecimal digits on its first line, and on a second, if there
// is one, those of the other secret that is accepted.
//
// unavailable: it cannot be read, or every user of the machine may read it. malformed: it holds something else.
base::Result<dnsserver::CookieSecrets> read_cookie_secrets(const std::filesystem::path& path);

}  // namespace app
