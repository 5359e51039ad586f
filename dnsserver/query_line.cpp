#include "dnsserver/query_line.h"

#include <utility>

#include "base/json.h"
#include "base/name.h"
#include "base/time.h"
#include "dnsserver/header.h"
#include "dnsserver/query.h"
#include "dnsserver/rcode_text.h"
#include "dnsserver/rdata.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr std::string_view kNothing = "-";
constexpr std::string_view kTransports[] = {"udp", "tcp", "tls"};  // as Transport

struct Question {
  std::string name{kNothing};
  std::string type{kNothing};
};

Question question_of(BytesView message) {
  Question question;
  LoweredName name;
  if (message.size() < kHeaderSize || u16_at(message, 4) == 0) return question;
  const size_t end = name.read(message, kHeaderSize);
  if (end == 0 || message.size() < end + 2) return question;
  const auto asked = base::Name::from_wire(message.substr(kHeaderSize, end - kHeaderSize));
  if (!asked) return question;
  question.name = asked->text();
  question.type = type_text(u16_at(message, end));
  return question;
}

std::string rcode_of(const TapRecord& record) {
  return record.response.empty() ? std::string(kNothing) : rcode_text(Rcode(record.head.rcode));
}

// Of the response, and what the query asked for by opcode and EDNS.
std::string flags_of(const TapRecord& record) {
  std::string flags;
  const auto add = [&](std::string_view flag) { flags += (flags.empty() ? "" : ",") + std::string(flag); };
  if (record.response.size() >= kHeaderSize) {
    const uint16_t bits = u16_at(record.response, 2);
    if (bits & kAa) add("aa");
    if (bits & kTc) add("tc");
    if (bits & kRd) add("rd");
  }
  if (record.query.size() < kHeaderSize) return flags;
  constexpr int kOpcodeShift = 11;
  const unsigned opcode = (u16_at(record.query, 2) & kOpcode) >> kOpcodeShift;
  if (opcode != 0) add("opcode" + std::to_string(opcode));
  Query query;
  if (opcode == 0 && read_query(record.query, query) && query.edns) {
    add("edns");
    if (query.edns->dnssec_ok) add("do");
  }
  return flags;
}

}  // namespace

std::string query_line(const TapRecord& record, QueryLineFormat format) {
  const std::chrono::sys_time<std::chrono::nanoseconds> exactly{std::chrono::nanoseconds(record.head.time)};
  const std::string time = base::rfc3339(std::chrono::floor<std::chrono::milliseconds>(exactly));
  const Client& client = record.head.client;
  const std::string_view transport = kTransports[size_t(record.head.transport)];
  const Question question = question_of(record.query);
  const std::string flags = flags_of(record);
  if (format == QueryLineFormat::json) {
    return base::Json(base::Json::Object{{"time", time},
                                         {"client", client.address.text()},
                                         {"port", int64_t{client.port}},
                                         {"transport", transport},
                                         {"name", question.name},
                                         {"type", question.type},
                                         {"rcode", rcode_of(record)},
                                         {"size", int64_t(record.response.size())},
                                         {"flags", flags}})
        .text();
  }
  return time + " " + client.address.text() + "#" + std::to_string(client.port) + " " +
         std::string(transport) + " " + question.name + " " + question.type + " " + rcode_of(record) + " " +
         std::to_string(record.response.size()) + " " + (flags.empty() ? std::string(kNothing) : flags);
}

}  // namespace dnsserver
