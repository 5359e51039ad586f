#include "acmecore/auto_renewal_codec.h"

#include "acmecore/stored_time.h"

namespace acmecore {

using std::chrono::seconds;
namespace stored = assay::stored::v1;

void put(const AutoRenewal& renewal, stored::Order::AutoRenewal& message) {
  message.set_start_ms(milliseconds(renewal.start_date));
  message.set_end_ms(milliseconds(renewal.end_date));
  message.set_lifetime_s(renewal.lifetime.count());
  message.set_lifetime_adjust_s(renewal.lifetime_adjust.count());
  message.set_allow_certificate_get(renewal.allow_certificate_get);
  message.set_first_ms(milliseconds(renewal.first));
  message.set_period(renewal.period);
  message.set_valid_until_ms(milliseconds(renewal.valid_until));
  message.set_next_look_ms(milliseconds(renewal.next_look));
  message.set_canceled_ms(milliseconds(renewal.canceled));
}

AutoRenewal auto_renewal_of(const stored::Order::AutoRenewal& message) {
  AutoRenewal renewal;
  renewal.start_date = optional_time(message.start_ms());
  renewal.end_date = time_of(message.end_ms());
  renewal.lifetime = seconds(message.lifetime_s());
  renewal.lifetime_adjust = seconds(message.lifetime_adjust_s());
  renewal.allow_certificate_get = message.allow_certificate_get();
  renewal.first = time_of(message.first_ms());
  renewal.period = message.period();
  renewal.valid_until = time_of(message.valid_until_ms());
  renewal.next_look = time_of(message.next_look_ms());
  renewal.canceled = optional_time(message.canceled_ms());
  return renewal;
}

}  // namespace acmecore
