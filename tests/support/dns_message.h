#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/bytes.h"
#include "base/name.h"

namespace support {

inline constexpr uint16_t kA = 1, kNs = 2, kCname = 5, kSoa = 6, kTxt = 16, kAaaa = 28, kDname = 39;
inline constexpr uint8_t kNoerror = 0, kServfail = 2, kNxdomain = 3, kRefused = 5;

// The RDATA of TXT with these character-strings.
base::Bytes txt(std::initializer_list<std::string_view> strings);
base::Bytes txt(std::string_view string);

// An owner or target in presentation form.
base::Name name(std::string_view text);

// A question, as a server reads it. Names are in the case that was sent (0x20).
struct Question {
  base::Bytes query;  // the whole message
  base::Name name;
  uint16_t type = 0;
  bool tcp = false;
};

// The question of a query from a resolver that we trust to write it well.
Question parse_question(base::Bytes query, bool tcp);

// A query for it, with RD set and without EDNS.
Question question(std::string_view name, uint16_t type);

// A response, written record by record, right or wrong. AA is set.
class Response {
 public:
  // Echoes the ID and the question, and has an EDNS record if the query had one.
  explicit Response(const Question& question);

  Response& rcode(uint8_t rcode);
  Response& not_authoritative();
  Response& truncated();
  Response& id(uint16_t id);
  Response& question(const base::Name& name);

  Response& answer(std::string_view owner, uint16_t type, base::BytesView rdata, uint32_t ttl = 60);
  Response& cname(std::string_view owner, std::string_view target);
  Response& authority(std::string_view owner, uint16_t type, base::BytesView rdata);
  Response& soa(std::string_view apex);
  Response& additional(std::string_view owner, uint16_t type, base::BytesView rdata);

  base::Bytes bytes() const;

 private:
  uint16_t id_;
  uint16_t flags_ = 0x8400;
  bool edns_;
  base::Name question_;
  uint16_t type_;
  uint16_t counts_[3] = {};
  base::Bytes sections_[3];
};

}  // namespace support
