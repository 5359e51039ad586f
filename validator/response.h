#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/endpoint.h"
#include "base/error.h"
#include "base/name.h"
#include "validator/message_reader.h"

namespace validator {

// Types and codes that a probe asks for and reads, beside those of resolver.h.
inline constexpr uint16_t kA = 1, kNs = 2, kSoa = 6, kMx = 15, kAaaa = 28, kDname = 39, kOpt = 41,
                          kAxfr = 252, kCaa = 257;
inline constexpr uint16_t kNoerror = 0, kFormerr = 1, kServfail = 2, kNxdomain = 3, kNotimp = 4, kRefused = 5,
                          kNotauth = 9, kBadvers = 16;

// The OPT record of a response (RFC 6891 §6.1).
struct EdnsSeen {
  uint16_t size = 0;
  uint8_t version = 0;
  bool dnssec_ok = false;

  bool operator==(const EdnsSeen&) const = default;
};

// All that a response says, of class IN.
struct Response {
  uint16_t id = 0;
  bool authoritative = false;        // AA
  bool truncated = false;            // TC
  bool recursion_available = false;  // RA
  uint16_t rcode = 0;                // with the upper bits from OPT
  base::Name question;               // in the case that was echoed; the root where there is none
  uint16_t question_type = 0;        // 0: there is no question
  std::vector<Record> answer = {};
  std::vector<Record> authority = {};
  std::vector<Record> additional = {};  // without OPT
  std::optional<EdnsSeen> edns = {};
  size_t size = 0;  // octets of the message

  // The records of a section with this owner and type.
  static std::vector<const Record*> find(const std::vector<Record>& section, const base::Name& owner,
                                         uint16_t type);
  // The first of any owner; or null.
  static const Record* first(const std::vector<Record>& section, uint16_t type);
};

// malformed: no response (QR), more than one question, or what base::check_message and MessageReader refuse.
base::Result<Response> parse_response(base::BytesView message);

// "NXDOMAIN"; "RCODE23" for what has no name here.
std::string rcode_text(uint16_t rcode);
// "TXT"; "TYPE65280" for what has no name here (RFC 3597 §5).
std::string type_text(uint16_t type);

// What a SOA record says. malformed: not SOA RDATA, as MessageReader gives it.
struct Soa {
  base::Name primary;
  uint32_t serial = 0;
  uint32_t minimum = 0;
};
base::Result<Soa> parse_soa(base::BytesView rdata);

// The address of an A or AAAA record with a port. malformed: the RDATA has no 4 or 16 octets.
base::Result<base::Endpoint> endpoint_of(base::BytesView rdata, uint16_t port);

}  // namespace validator
