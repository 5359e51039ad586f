#pragma once

#include <string>

namespace base::http {

// Why a request gets no further than the listener.
struct Refused {
  unsigned status;
  std::string detail;
  std::string target = {};  // of the request; empty: it was not read so far

  bool operator==(const Refused&) const = default;
};

}  // namespace base::http
