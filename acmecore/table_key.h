#pragma once

#include "base/bytes.h"

namespace acmecore {

// The key of the store that is `rest` in one of its tables (storage/tables.h).
inline base::Bytes key_in(char table, base::BytesView rest) {
  base::Bytes key;
  key.reserve(1 + rest.size());
  key.push_back(table);
  key.append(rest);
  return key;
}

}  // namespace acmecore
