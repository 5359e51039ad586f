// What parses names a key and shows three members. A MAC that is good is so no more with a bit of it changed.
#include <cstdint>
#include <cstdlib>

#include "acmecore/external_account_binding.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // RFC 7515 appendix A.3.
  static const auto key =
      acmecore::AccountKey::from_jwk(base::Json::Object{{"kty", "EC"},
                                                        {"crv", "P-256"},
                                                        {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                                                        {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}})
          .value();
  const std::string mac_key(32, '\0');
  const auto json = base::parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  auto binding = acmecore::parse_external_account_binding(*json, "https://acme.test/acme/new-account", key);
  if (!binding) return 0;
  if (binding->object.object()->size() != 3) std::abort();
  if (!is_mac_good(*binding, mac_key)) return 0;
  binding->mac.back() = char(binding->mac.back() ^ 1);
  if (is_mac_good(*binding, mac_key)) std::abort();
  return 0;
}
