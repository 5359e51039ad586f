#pragma once

#include <string>
#include <string_view>

#include "acmecore/account_key.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/json.h"

// External account bindings (RFC 8555 §7.3.4): a JWS inside newAccount by which a MAC key vouches for the account's
// key.
namespace acmecore {

// RFC 7518 §3.2.
enum class MacAlgorithm { hs256, hs384, hs512 };

// One whose header and payload are as they have to be. Nothing in it is to be believed before is_mac_good.
struct ExternalAccountBinding {
  MacAlgorithm algorithm;
  std::string kid;
  base::Bytes mac;
  std::string signing_input;  // RFC 7515 §5.1
  base::Json object;          // what the account object shows of it
};

// Reads the member "externalAccountBinding" of a newAccount request that was sent to `url` and signed with
// `account_key`. malformed: it is no flattened JWS, its "alg" is none of the three MACs, it has a "nonce" or no "kid",
// its "url" is another, or its payload is not the account's key.
base::Result<ExternalAccountBinding> parse_external_account_binding(const base::Json& binding,
                                                                    std::string_view url,
                                                                    const AccountKey& account_key);

// Is the MAC by this key? Takes as long whatever octets it has.
bool is_mac_good(const ExternalAccountBinding& binding, base::BytesView mac_key);

}  // namespace acmecore
