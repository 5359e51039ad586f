#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace base::http {

// Counts connections, all and by client address, against two limits. Addresses of one IPv6 /64 count as one,
// because one client has them all.
class Admission {
 public:
  Admission(size_t connections_max, size_t per_address_max)
      : connections_max_(connections_max), per_address_max_(per_address_max) {}

  // True, and the connection is counted, unless that would exceed a limit.
  bool enter(std::string_view address);
  // REQUIRES: enter(address) was true, once for each call.
  void leave(std::string_view address);

 private:
  const size_t connections_max_;
  const size_t per_address_max_;
  size_t connections_ = 0;
  std::unordered_map<std::string, size_t> by_client_;
};

}  // namespace base::http
