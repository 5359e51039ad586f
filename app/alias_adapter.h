#pragma once

#include "acmecore/validation.h"
#include "dnsserver/http/lego_storage.h"

namespace app {

// What publishing by HTTP needs of a resolver: the validator's in this process.
class AliasAdapter final : public dnsserver::http::AliasCheck {
 public:
  // `validation` outlives the adapter.
  explicit AliasAdapter(acmecore::Validation& validation) : validation_(validation) {}

  base::Task<bool> leads_to(base::Name identifier, base::Name target) override;

 private:
  acmecore::Validation& validation_;
};

}  // namespace app
