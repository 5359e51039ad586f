#include "dnsserver/responder.h"

namespace dnsserver {

void Responder::refresh(Time now) {
  now_ = now;
  // In this order: see ZoneTableHolder.
  zones_.refresh(table_, generation_);
  // A reader that cannot move is parked. Each look-up then tries again, and what fails is answered SERVFAIL.
  (void)reader_->refresh();
}

}  // namespace dnsserver
