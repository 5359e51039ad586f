#pragma once

#include "acmecore/requester.h"

namespace acmecore {

// Operators.
inline const Actor kAnna{"anna", "", ""};
inline const Actor kBert{"bert", "", ""};

}  // namespace acmecore
