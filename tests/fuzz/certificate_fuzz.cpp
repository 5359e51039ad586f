// A certificate as revokeCert gets it. What is read must be what stands there.
#include <cstdint>
#include <cstdlib>

#include "acmecore/certificate.h"
#include "acmecore/der.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto certificate = acmecore::parse_certificate(base::view({data, size}));
  if (!certificate) return 0;
  namespace der = acmecore::der;
  const auto written_again = der::sequence(
      {certificate->tbs_der, certificate->signature_algorithm_der, der::bit_string(certificate->signature)});
  if (written_again != certificate->der || !acmecore::serial_from_octets(certificate->serial.octets))
    std::abort();
  acmecore::is_issued_by(*certificate, *certificate);
  return 0;
}
