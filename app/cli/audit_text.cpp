#include "app/cli/audit_text.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/time_util.h>

#include <ostream>

namespace app {

namespace v1 = assay::v1;
using google::protobuf::util::TimeUtil;

namespace {

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : separator) + part;
  return text;
}

std::string time_of(const google::protobuf::Timestamp& time) { return TimeUtil::ToString(time); }

}  // namespace

std::string who(const v1::AuditEvent& event) {
  const v1::AuditEvent::Actor& actor = event.actor();
  std::string text;
  if (!actor.credential().empty()) {
    text = "credential " + actor.credential();
  } else if (!actor.account().empty()) {
    text = "account " + actor.account();
  }
  if (text.empty()) return actor.address().empty() ? "this server" : actor.address();
  return actor.address().empty() ? text : text + " from " + actor.address();
}

std::string detail_of(const v1::AuditEvent& event, const std::string& name) {
  for (const auto& detail : event.details()) {
    if (detail.name() == name) return detail.value();
  }
  return "";
}

void print_event(std::ostream& out, const v1::AuditEvent& event) {
  out << event.sequence() << " " << time_of(event.time()) << " " << event.kind();
  for (const std::string& identifier : event.identifiers())
    out << " " << identifier;
  out << "\n  by " << who(event) << "\n";
  if (!event.account().empty()) out << "  account " << event.account() << "\n";
  if (!event.order().empty()) out << "  order " << event.order() << "\n";
  for (const std::string& authorization : event.authorizations())
    out << "  authorization " << authorization << "\n";
  if (!event.serial().empty()) out << "  certificate " << event.serial() << "\n";
  if (!event.problem().empty()) out << "  problem " << event.problem() << "\n";
  if (!event.reason().empty()) out << "  " << event.reason() << "\n";
  if (event.count() > 1)
    out << "  " << event.count() << " times, the last " << time_of(event.last_time()) << "\n";
  for (const std::string& sentence : event.evidence())
    out << "  " << sentence << "\n";
  for (const auto& detail : event.details())
    out << "  " << detail.name() << " " << detail.value() << "\n";
}

std::string json_line(const v1::AuditEvent& event) {
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(event, &text);
  return (status.ok() ? text : "null") + "\n";  // null: a time that no calendar has
}

std::vector<std::string> csv_header() {
  return {"sequence", "time",  "kind",           "credential", "actor_account", "address",
          "account",  "order", "authorizations", "names",      "serial",        "problem",
          "reason",   "count", "last_time",      "evidence",   "details",       "link"};
}

std::vector<std::string> csv_fields(const v1::AuditEvent& event) {
  std::string details;
  for (const auto& detail : event.details())
    details += (details.empty() ? "" : "; ") + detail.name() + "=" + detail.value();
  const bool is_cut = event.kind().empty();  // what was removed has no time either
  return {std::to_string(event.sequence()),
          is_cut ? "" : time_of(event.time()),
          event.kind(),
          event.actor().credential(),
          event.actor().account(),
          event.actor().address(),
          event.account(),
          event.order(),
          joined(event.authorizations(), " "),
          joined(event.identifiers(), " "),
          event.serial(),
          event.problem(),
          event.reason(),
          is_cut ? "" : std::to_string(event.count() == 0 ? 1 : event.count()),
          event.has_last_time() ? time_of(event.last_time()) : "",
          joined(event.evidence(), "; "),
          details,
          event.link()};
}

}  // namespace app
