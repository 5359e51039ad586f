#include "base/config_issuance.h"

namespace base {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kDay = std::chrono::days(1);

}  // namespace

void read_issuance(ConfigReader& section, Config::Issuance& issuance) {
  // What a certificate needs to serve anybody, and the longest that browsers have ever taken.
  section.duration("certificate_lifetime", issuance.certificate_lifetime, 2h, 398 * kDay);
  section.duration("requested_lifetime_max", issuance.requested_lifetime_max, 0ms, 398 * kDay);
  section.duration("not_before_ahead_max", issuance.not_before_ahead_max, 0ms, 90 * kDay);
  if (issuance.requested_lifetime_max > std::chrono::seconds(0) &&
      issuance.requested_lifetime_max < issuance.certificate_lifetime) {
    section.mistake("requested_lifetime_max",
                    "a client can ask for no less than issuance.certificate_lifetime");
  }
}

}  // namespace base
