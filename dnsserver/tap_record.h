#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "dnsserver/client.h"
#include "dnsserver/response.h"

namespace dnsserver {

// One message that came in and what was made of it, as the query log and dnstap tell it.
struct TapRecord {
  struct Head {
    int64_t time = 0;  // when it was answered: nanoseconds of UTC since 1970
    Client client;
    Transport transport = Transport::udp;
    Rcode rcode = Rcode::noerror;
    uint32_t query_size = 0;
    uint32_t response_size = 0;  // 0: there was none
  };

  Head head;
  BytesView query;
  BytesView response;
};

}  // namespace dnsserver
