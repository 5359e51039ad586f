// A response is read within its bounds (ASan sees to it), names in RDATA are whole, and what is told of it is short.
#include <cstdint>
#include <cstdlib>

#include "validator/prober.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto response = validator::parse_response({reinterpret_cast<const char*>(data), size});
  if (!response) return 0;
  for (const auto* section : {&response->answer, &response->authority, &response->additional}) {
    for (const validator::Record& record : *section) {
      if (record.rdata.empty()) continue;
      if (record.type == validator::kNs && !base::Name::from_wire(record.rdata)) std::abort();
      if (record.type == validator::kSoa && !validator::parse_soa(record.rdata)) std::abort();
      if (record.type == validator::kA) (void)validator::endpoint_of(record.rdata, 53);
    }
  }
  validator::Reply reply;
  reply.response = *std::move(response);
  if (validator::said(reply).size() > 100) std::abort();
  return 0;
}
