#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "storage/store.h"

namespace acmecore {

inline constexpr size_t kSecretKeySize = 32;

// The server's own secret key of this name, which is kept in the store and made there at the first call. `store`
// outlives the call. internal: what is stored is no such key.
base::Task<base::Result<base::Bytes>> secret_key(storage::Store& store, std::string name);

}  // namespace acmecore
