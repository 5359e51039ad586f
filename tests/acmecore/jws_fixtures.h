#pragma once

#include <openssl/evp.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "acmecore/account_key.h"
#include "base/bytes.h"
#include "base/json.h"

namespace acmecore {

// A client's key pair, on P-256 unless said otherwise: "P-256", "P-384", "P-521", "Ed25519", "RSA".
class ClientKey {
 public:
  explicit ClientKey(std::string_view type = "P-256");

  base::Json jwk() const;
  AccountKey account_key() const { return AccountKey::from_jwk(jwk()).value(); }

  // The "alg" that belongs to the key.
  std::string algorithm() const;

  // In JWS form (RFC 7518 §3.4, RFC 8037 §3.1), whatever "alg" says.
  base::Bytes sign(base::BytesView message) const;
  EVP_PKEY* handle() const { return key_.get(); }

 private:
  std::string type_;
  std::shared_ptr<EVP_PKEY> key_;
};

// What a test's JWS is made of. The defaults make a good newAccount request.
struct JwsDraft {
  const ClientKey* key;
  base::Json::Object header;  // protected
  std::string payload = "{}";
};

inline constexpr std::string_view kUrl = "https://acme.test/acme/new-account";

// alg, jwk, nonce and url, all good.
JwsDraft jwk_draft(const ClientKey& key);
// alg, kid, nonce and url, all good.
JwsDraft kid_draft(const ClientKey& key, std::string_view kid);

// Sets a member of the header, or takes it away.
void set(JwsDraft& draft, std::string_view name, base::Json value);
void unset(JwsDraft& draft, std::string_view name);

// The three members of the flattened serialization, before they become text.
base::Json::Object signed_members(const JwsDraft& draft);
std::string jws(const JwsDraft& draft);

// The text of an object in which one member was replaced, added, or (nullopt) taken away.
std::string with_member(base::Json::Object object, std::string_view name, std::optional<base::Json> value);

}  // namespace acmecore
