#pragma once

#include <string_view>
#include <vector>

#include "base/endpoint.h"

namespace app {

// The resolvers that resolv.conf(5) names, at most the three that libc uses.
std::vector<base::Endpoint> resolvers_in(std::string_view resolv_conf);

// Those of /etc/resolv.conf; none where it cannot be read.
std::vector<base::Endpoint> system_resolvers();

}  // namespace app
