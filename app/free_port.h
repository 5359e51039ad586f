#pragma once

#include <cstdint>

#include "base/error.h"

namespace app {

enum class Use { tcp, tcp_and_udp };

// Ports that are tried before none is free.
inline constexpr unsigned kPortsTried = 100;

// The first port from `from` on at which nobody listens on 127.0.0.1. Somebody else may take it before the
// caller does. unavailable: kPortsTried ports are taken.
base::Result<uint16_t> first_free_port(uint16_t from, Use use);

}  // namespace app
