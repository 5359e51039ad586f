#pragma once

#include "acmecore/account.h"
#include "acmecore/administration.h"
#include "acmecore/authorization.h"
#include "acmecore/order.h"
#include "assay/v1/account.pb.h"
#include "assay/v1/authorization.pb.h"
#include "assay/v1/order.pb.h"

namespace acmecore::rpc {

assay::v1::Account message_of(const Account& account);

// Without authorizations.
assay::v1::Order message_of(const OrderView& view);
assay::v1::Order message_of(const OrderDetails& details);

// Evidence is what makes an authorization large.
enum class Evidence { shown, left_out };
assay::v1::Authorization message_of(const AuthorizationView& view, Evidence evidence);

}  // namespace acmecore::rpc
