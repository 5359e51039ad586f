#pragma once

#include "acmecore/account.h"
#include "acmecore/authorization.h"
#include "acmecore/http/urls.h"
#include "acmecore/order.h"
#include "base/json.h"

// The resources of RFC 8555 §7.1 as JSON.
namespace acmecore::http {

// §7.1.2.
base::Json to_json(const Account& account, const Urls& urls);

// §7.1.3.
base::Json to_json(const OrderView& view, const Urls& urls);

// §7.1.4.
base::Json to_json(const AuthorizationView& view, const Urls& urls);

// §7.1.5, §8.
base::Json to_json(const Challenge& challenge, const std::string& authorization, const Urls& urls);

}  // namespace acmecore::http
