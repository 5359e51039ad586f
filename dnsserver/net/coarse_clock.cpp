#include "dnsserver/net/coarse_clock.h"

#include <ctime>

namespace dnsserver::net {

base::Time coarse_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return base::Time(std::chrono::floor<std::chrono::milliseconds>(std::chrono::seconds(now.tv_sec) +
                                                                  std::chrono::nanoseconds(now.tv_nsec)));
}

}  // namespace dnsserver::net
