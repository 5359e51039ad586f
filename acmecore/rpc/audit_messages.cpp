#include "acmecore/rpc/audit_messages.h"

#include <string>

#include "acmecore/serial.h"
#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::Result;

namespace {

std::string hexadecimal(const base::Bytes& octets) { return text_of(Serial{octets}); }

// Nothing: it is not hexadecimal of kLinkSize octets.
std::optional<base::Bytes> link_of(const std::string& text) {
  if (text.size() != 2 * storage::kLinkSize) return std::nullopt;
  base::Bytes link;
  for (size_t i = 0; i < text.size(); i += 2) {
    int octet = 0;
    for (const char c : text.substr(i, 2)) {
      const bool is_digit = c >= '0' && c <= '9';
      if (!is_digit && (c < 'a' || c > 'f')) return std::nullopt;
      octet = octet * 16 + (is_digit ? c - '0' : c - 'a' + 10);
    }
    link += char(octet);
  }
  return link;
}

}  // namespace

api::AuditEvent message_of(const AuditEntry& entry, bool payload) {
  const AuditEvent& event = entry.event;
  api::AuditEvent message;
  message.set_sequence(entry.entry.head.sequence);
  message.set_link(hexadecimal(entry.entry.head.link));
  if (payload) message.set_payload(entry.entry.payload);
  *message.mutable_time() = proto::to_timestamp(event.time);
  message.set_kind(event.kind);
  if (event.actor != Actor{}) {
    message.mutable_actor()->set_credential(event.actor.credential);
    message.mutable_actor()->set_account(event.actor.account);
    message.mutable_actor()->set_address(event.actor.address);
  }
  message.set_account(event.account);
  message.set_order(event.order);
  message.mutable_authorizations()->Assign(event.authorizations.begin(), event.authorizations.end());
  message.mutable_identifiers()->Assign(event.identifiers.begin(), event.identifiers.end());
  if (event.serial) message.set_serial(text_of(*event.serial));
  message.set_problem(event.problem);
  message.set_reason(event.reason);
  message.mutable_evidence()->Assign(event.evidence.begin(), event.evidence.end());
  if (event.count != 1) message.set_count(event.count);
  if (event.last) *message.mutable_last_time() = proto::to_timestamp(*event.last);
  for (const AuditDetail& detail : event.details) {
    auto& added = *message.add_details();
    added.set_name(detail.name);
    added.set_value(detail.value);
  }
  return message;
}

api::AuditHead message_of(const storage::LedgerHead& head) {
  api::AuditHead message;
  message.set_sequence(head.sequence);
  if (head.sequence != 0) message.set_link(hexadecimal(head.link));
  return message;
}

Result<storage::LedgerHead> head_of(const api::AuditHead& message) {
  auto link = link_of(message.link());
  if (message.sequence() == 0 || !link) {
    return base::fail(base::ErrorKind::malformed,
                      "expected: a head is a number from 1 on, and 64 digits of lower-case hexadecimal");
  }
  return storage::LedgerHead{message.sequence(), *std::move(link)};
}

Result<AuditFilter> filter_of(const api::ListAuditEventsRequest& request) {
  AuditFilter filter;
  if (request.has_since()) {
    TRY(filter.since, proto::from_timestamp(request.since()));
  }
  if (request.has_until()) {
    TRY(filter.until, proto::from_timestamp(request.until()));
  }
  filter.kinds.assign(request.kinds().begin(), request.kinds().end());
  filter.actor = request.actor();
  filter.account = request.account();
  filter.identifier = request.identifier();
  filter.serial = request.serial();
  return filter;
}

}  // namespace acmecore::rpc
