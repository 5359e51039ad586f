#include "tests/acmecore/external_account_fixture.h"

#include <openssl/hmac.h>

#include <algorithm>

#include "base/base64url.h"

namespace acmecore {

using base::Json;

namespace {

const EVP_MD* digest_of(const Json::Object& header) {
  const Json object = header;
  const Json* algorithm = object.find("alg");
  if (algorithm != nullptr && *algorithm == Json("HS384")) return EVP_sha384();
  if (algorithm != nullptr && *algorithm == Json("HS512")) return EVP_sha512();
  return EVP_sha256();
}

}  // namespace

BindingDraft binding_draft(const ClientKey& key, std::string_view kid, base::Bytes mac_key) {
  return {{{"alg", "HS256"}, {"kid", kid}, {"url", kUrl}}, key.jwk().text(), std::move(mac_key)};
}

void set(BindingDraft& draft, std::string_view name, Json value) {
  std::erase_if(draft.header, [&](const Json::Member& member) { return member.first == name; });
  if (!value.is_null()) draft.header.emplace_back(name, std::move(value));
}

Json binding(const BindingDraft& draft) {
  const std::string header = base::base64url(Json(draft.header).text());
  const std::string payload = base::base64url(draft.payload);
  const std::string input = header + '.' + payload;
  base::Bytes mac(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(digest_of(draft.header), draft.mac_key.data(), int(draft.mac_key.size()), base::octets(input),
       input.size(), reinterpret_cast<unsigned char*>(mac.data()), &size);
  mac.resize(size);
  return Json::Object{{"protected", header}, {"payload", payload}, {"signature", base::base64url(mac)}};
}

}  // namespace acmecore
