// The target of a request for a CRL. What is taken for one is the URL of its shard, octet for octet.
#include <cstdint>
#include <cstdlib>

#include "acmecore/status_urls.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::BytesView target = base::view({data, size});
  const auto shard = acmecore::shard_in(target);
  if (!shard) return 0;
  if (acmecore::StatusUrls().crl(*shard) != target) std::abort();
  if (shard->ca.find('/') != std::string::npos) std::abort();
  return 0;
}
