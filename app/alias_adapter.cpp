#include "app/alias_adapter.h"

#include <algorithm>

namespace app {

base::Task<bool> AliasAdapter::leads_to(base::Name identifier, base::Name target) {
  const auto path = co_await validation_.challenge_path(std::move(identifier));
  co_return path&& std::ranges::find(path->names, target) != path->names.end();
}

}  // namespace app
