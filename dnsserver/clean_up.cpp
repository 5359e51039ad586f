#include "dnsserver/clean_up.h"

#include "base/log.h"

namespace dnsserver {

base::Task<> run_clean_up(Publishing& publishing, Pause pause) {
  do {
    const auto removed = co_await publishing.clean_up();
    if (!removed) {
      base::log::error("dns.clean_up.failed", {{"detail", removed.error().detail}});
    } else if (*removed > 0) {
      base::log::debug("dns.challenges.expired", {{"count", *removed}});
    }
  } while (co_await pause(kCleanUpPeriod));
}

}  // namespace dnsserver
