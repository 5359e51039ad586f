#pragma once

#include "base/bytes.h"

namespace acmecore {

// The key of the store that is `rest` in one of its tables (storage/tables.h).
inline base::Bytes key_in(char table, base::BytesView rest) {
  return base::Bytes(1, table) + base::Bytes(rest);
}

}  // namespace acmecore
