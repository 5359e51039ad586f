#include "validator/response.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "base/message.h"

namespace validator {

namespace {

using base::Bytes;
using base::BytesView;
using base::Name;
using base::Result;

constexpr uint16_t kIn = 1;

struct Word {
  uint16_t code;
  const char* text;
};
constexpr auto kRcodes = std::to_array<Word>({{kNoerror, "NOERROR"},
                                              {kFormerr, "FORMERR"},
                                              {kServfail, "SERVFAIL"},
                                              {kNxdomain, "NXDOMAIN"},
                                              {kNotimp, "NOTIMP"},
                                              {kRefused, "REFUSED"},
                                              {kNotauth, "NOTAUTH"},
                                              {kBadvers, "BADVERS"}});
constexpr auto kTypes = std::to_array<Word>({{kA, "A"},
                                             {kNs, "NS"},
                                             {5, "CNAME"},
                                             {kSoa, "SOA"},
                                             {kMx, "MX"},
                                             {16, "TXT"},
                                             {kAaaa, "AAAA"},
                                             {kDname, "DNAME"},
                                             {kAxfr, "AXFR"},
                                             {kCaa, "CAA"}});

template <size_t N>
std::string text_of(const std::array<Word, N>& words, uint16_t code, const char* prefix) {
  const auto word = std::ranges::find(words, code, &Word::code);
  return word != words.end() ? word->text : prefix + std::to_string(code);
}

tl::unexpected<base::Error> bad(std::string_view why) {
  return base::fail(base::ErrorKind::malformed, "a wrong answer: " + std::string(why));
}

uint32_t uint32_at(BytesView bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = at; i < at + 4; ++i)
    value = value << 8 | uint8_t(bytes[i]);
  return value;
}

Result<std::vector<Record>> read_section(MessageReader& reader, size_t count) {
  std::vector<Record> records;
  for (; count > 0; --count) {
    TRY(auto record, reader.record());
    if (record.klass == kIn || record.type == kOpt) records.push_back(std::move(record));
  }
  return records;
}

// RFC 6891 §6.1.3: the TTL of OPT is upper RCODE bits, version and flags.
void take_opt(Response& response) {
  const auto opt = std::ranges::find(response.additional, kOpt, &Record::type);
  if (opt == response.additional.end()) return;
  response.edns = EdnsSeen{opt->klass, uint8_t(opt->ttl >> 16), (opt->ttl & 0x8000) != 0};
  response.rcode = uint16_t(response.rcode | (opt->ttl >> 24) << 4);
  response.additional.erase(opt);
}

}  // namespace

Result<Response> parse_response(BytesView message) {
  CHECK(base::check_message(message));
  MessageReader reader(message);
  Response response;
  response.size = message.size();
  TRY(response.id, reader.uint16());
  TRY(const uint16_t flags, reader.uint16());
  if ((flags & 0x8000) == 0) return bad("it is a question");
  response.authoritative = (flags & 0x0400) != 0;
  response.truncated = (flags & 0x0200) != 0;
  response.recursion_available = (flags & 0x0080) != 0;
  response.rcode = flags & 0x000f;
  uint16_t counts[4];
  for (uint16_t& count : counts) {
    TRY(count, reader.uint16());
  }
  if (counts[0] > 1) return bad("it has more than one question");
  if (counts[0] == 1) {
    TRY(response.question, reader.name());
    TRY(response.question_type, reader.uint16());
    CHECK(reader.skip(2));
  }
  TRY(response.answer, read_section(reader, counts[1]));
  TRY(response.authority, read_section(reader, counts[2]));
  TRY(response.additional, read_section(reader, counts[3]));
  take_opt(response);
  return response;
}

std::vector<const Record*> Response::find(const std::vector<Record>& section, const Name& owner,
                                          uint16_t type) {
  std::vector<const Record*> found;
  for (const Record& record : section) {
    if (record.type == type && record.owner == owner) found.push_back(&record);
  }
  return found;
}

const Record* Response::first(const std::vector<Record>& section, uint16_t type) {
  const auto found = std::ranges::find(section, type, &Record::type);
  return found != section.end() ? &*found : nullptr;
}

std::string rcode_text(uint16_t rcode) { return text_of(kRcodes, rcode, "RCODE"); }

std::string type_text(uint16_t type) { return text_of(kTypes, type, "TYPE"); }

Result<Soa> parse_soa(BytesView rdata) {
  MessageReader reader(rdata);
  Soa soa;
  TRY(soa.primary, reader.name());
  TRY(const Name contact, reader.name());
  const size_t numbers = soa.primary.wire().size() + contact.wire().size();
  if (rdata.size() != numbers + 20) return bad("a SOA record of the wrong size");
  soa.serial = uint32_at(rdata, numbers);
  soa.minimum = uint32_at(rdata, numbers + 16);
  return soa;
}

Result<base::Endpoint> endpoint_of(BytesView rdata, uint16_t port) {
  std::string text;
  if (rdata.size() == 4) {
    for (const char octet : rdata)
      text += (text.empty() ? "" : ".") + std::to_string(uint8_t(octet));
  } else if (rdata.size() == 16) {
    for (size_t at = 0; at < rdata.size(); at += 2) {
      char group[8];
      std::snprintf(group, sizeof group, "%s%x", at == 0 ? "[" : ":",
                    unsigned(uint8_t(rdata[at])) << 8 | uint8_t(rdata[at + 1]));
      text += group;
    }
    text += "]";
  } else {
    return bad("an address of the wrong size");
  }
  return base::parse_endpoint(text + ":" + std::to_string(port));
}

}  // namespace validator
