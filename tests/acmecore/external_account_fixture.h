#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/json.h"
#include "tests/acmecore/jws_fixtures.h"

namespace acmecore {

// What a test's binding is made of. The defaults make a good one.
struct BindingDraft {
  base::Json::Object header;  // protected
  std::string payload;
  base::Bytes mac_key;
};

// HS256, kid and url (kUrl), all good, and the public half of `key` as payload.
BindingDraft binding_draft(const ClientKey& key, std::string_view kid, base::Bytes mac_key);

// Sets a member of the header; null takes it away.
void set(BindingDraft& draft, std::string_view name, base::Json value);

// With the MAC that the header's "alg" names; HS256 where that is none.
base::Json binding(const BindingDraft& draft);

}  // namespace acmecore
