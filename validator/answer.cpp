#include "validator/answer.h"

#include <string>
#include <utility>

#include "validator/message_reader.h"

namespace validator {

namespace {

using base::BytesView;
using base::ErrorKind;
using base::Name;
using base::Result;

constexpr size_t kHeaderSize = 12;
constexpr uint16_t kIn = 1;
constexpr uint16_t kCnameType = 5;
constexpr uint16_t kSoa = 6;
constexpr uint16_t kDname = 39;

tl::unexpected<base::Error> bad(std::string_view why) {
  return base::fail(ErrorKind::malformed, "a wrong answer: " + std::string(why));
}

struct Cname {
  Name owner;
  Name target;
};

// The target of the CNAME at `owner`, or null.
Result<const Cname*> cname_at(const std::vector<Cname>& cnames, const Name& owner) {
  const Cname* found = nullptr;
  for (const Cname& cname : cnames) {
    if (cname.owner != owner) continue;
    if (found != nullptr && found->target != cname.target) return bad("two CNAMEs at " + owner.text());
    found = &cname;
  }
  return found;
}

Result<std::vector<Name>> follow(const std::vector<Cname>& cnames, Name name) {
  std::vector<Name> path{std::move(name)};
  while (true) {
    TRY(const Cname* next, cname_at(cnames, path.back()));
    if (next == nullptr) return path;
    for (const Name& before : path) {
      if (before == next->target) return bad("a CNAME loop at " + path.back().text());
    }
    if (path.size() > kCnamesRead) return bad("more than " + std::to_string(kCnamesRead) + " CNAMEs");
    path.push_back(next->target);
  }
}

bool holds(const std::vector<Record>& rrset, const Name& owner) {
  for (const Record& record : rrset) {
    if (record.owner == owner) return true;
  }
  return false;
}

}  // namespace

Result<Answer> parse_answer(BytesView message) {
  MessageReader reader(message);
  CHECK(reader.skip(kHeaderSize));
  Answer answer;
  answer.rcode = uint8_t(message[3]) & 0x0f;
  const auto count = [&](size_t at) { return size_t(uint8_t(message[at])) << 8 | uint8_t(message[at + 1]); };
  if (count(4) != 1) return bad("it does not have one question");
  TRY(const Name question, reader.name());
  TRY(const uint16_t type, reader.uint16());
  TRY(const uint16_t klass, reader.uint16());
  if (klass != kIn) return bad("it is not of class IN");

  std::vector<Cname> cnames;
  std::vector<Record> rrset;  // of the type that was asked for, at any owner
  for (size_t left = count(6); left > 0; --left) {
    TRY(auto record, reader.record());
    if (record.klass != kIn) continue;
    if (record.type == kDname) answer.dnames.push_back(record.owner);
    if (record.type == type) {
      rrset.push_back(std::move(record));
    } else if (record.type == kCnameType) {
      TRY(auto target, Name::from_wire(record.rdata));
      cnames.push_back({std::move(record.owner), std::move(target)});
    }
  }
  for (size_t left = count(8); left > 0; --left) {
    TRY(const auto record, reader.record());
    if (record.type == kSoa) answer.has_soa = true;
  }
  TRY(answer.path, follow(cnames, question));
  for (size_t i = 0; i + 1 < answer.path.size(); ++i) {
    if (holds(rrset, answer.path[i])) return bad("a CNAME and other data at " + answer.path[i].text());
  }
  for (const Record& record : rrset) {
    if (record.owner == answer.path.back()) answer.rdata.push_back(record.rdata);
  }
  return answer;
}

}  // namespace validator
