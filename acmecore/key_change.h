#pragma once

#include <string_view>

#include "acmecore/account.h"
#include "acmecore/account_key.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// Reads the payload of a keyChange request (RFC 8555 §7.3.5): a JWS by the new key, over the account's URL and its
// old key. `url` is that of the outer JWS, `account_url` its kid.
//
// malformed: not that; a nonce, another url, no jwk, another account, another old key, or the same key again. The
// other errors are those of parse_jws. Whether another account has the new key is for the caller to find out.
base::Result<AccountKey> parse_key_change(base::BytesView payload, std::string_view url,
                                          std::string_view account_url, const Account& account);

}  // namespace acmecore
