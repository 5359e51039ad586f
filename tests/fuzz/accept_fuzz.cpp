// An Accept field as any client may send it.
#include <cstdint>
#include <cstdlib>

#include "acmecore/http/accept.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace acmecore::http;
  const std::string_view accept(reinterpret_cast<const char*>(data), size);
  const bool names_der = accept.find_first_of("pP") != std::string_view::npos;
  if (preferred_form(accept) == CertificateForm::der && !names_der) std::abort();
  return 0;
}
