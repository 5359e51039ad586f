// What an OCSP client sends, as DER and as the path of a URL. What is accepted keeps to its limits and is answered.
#include <cstdint>
#include <cstdlib>

#include "acmecore/der.h"
#include "acmecore/ocsp_lint.h"
#include "acmecore/ocsp_request.h"
#include "acmecore/ocsp_response.h"
#include "acmecore/software_key.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace acmecore;
  const base::BytesView input = base::view({data, size});
  static const SoftwareKey key = SoftwareKey::generate();
  if (const auto octets = ocsp_request_of_path(input)) {
    const auto in_path = parse_ocsp_request(*octets);
    if (!in_path && in_path.error().kind != base::ErrorKind::malformed) std::abort();
  }
  const auto request = parse_ocsp_request(input);
  if (!request) {
    if (request.error().kind != base::ErrorKind::malformed || request.error().detail.empty()) std::abort();
    return 0;
  }
  if (request->certificates.empty() || request->certificates.size() > kOcspCertificatesMax) std::abort();
  if (request->nonce && (request->nonce->empty() || request->nonce->size() > kOcspNonceSizeMax)) std::abort();
  OcspFields fields{base::Bytes(20, 'k'), {}, {}, {}, {}, request->nonce};
  for (const OcspCertId& id : request->certificates) {
    if (input.find(id.der) == input.npos) std::abort();
    fields.certificates.push_back({id.der, std::nullopt});
  }
  const base::Bytes data_der = ocsp_data(fields);
  if (!parse_ocsp_data(data_der)) std::abort();
  const auto response = sign_ocsp_data(data_der, key);
  if (!response || !der::only(der::kSequence, *response)) std::abort();
  return 0;
}
