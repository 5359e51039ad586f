#include "validator/answer.h"

#include <string>
#include <utility>

namespace validator {

namespace {

using base::Bytes;
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

struct Record {
  Name owner;
  uint16_t type;
  uint16_t klass;
  BytesView rdata;  // aliases the message
  size_t rdata_at;
};

// Takes what stands in a message off its front.
class Reader {
 public:
  explicit Reader(BytesView message) : message_(message) {}

  Result<uint16_t> uint16() {
    TRY(const BytesView two, octets(2));
    return uint16_t(uint8_t(two[0]) << 8 | uint8_t(two[1]));
  }

  Result<Name> name() {
    TRY(auto read, name_at(at_));
    at_ = read.end;
    return std::move(read.name);
  }

  Result<Record> record() {
    TRY(auto owner, name());
    TRY(const uint16_t type, uint16());
    TRY(const uint16_t klass, uint16());
    CHECK(octets(4));  // TTL
    TRY(const uint16_t size, uint16());
    const size_t start = at_;
    TRY(const BytesView rdata, octets(size));
    return Record{std::move(owner), type, klass, rdata, start};
  }

  // The one name that fills a record's RDATA.
  Result<Name> target(const Record& record) const {
    TRY(auto read, name_at(record.rdata_at));
    if (read.end != record.rdata_at + record.rdata.size())
      return bad("a CNAME's target does not fill its RDATA");
    return std::move(read.name);
  }

  Result<void> skip_header() {
    return octets(kHeaderSize).map([](BytesView) {});
  }

 private:
  struct NameRead {
    Name name;
    size_t end;  // behind the name, or behind the first pointer in it
  };

  Result<BytesView> octets(size_t count) {
    if (message_.size() - at_ < count) return bad("it ends too early");
    at_ += count;
    return message_.substr(at_ - count, count);
  }

  // RFC 1035 §4.1.4. Each pointer leads to before the place where the labels that it ends began, so none is
  // met twice.
  Result<NameRead> name_at(size_t at) const {
    Bytes wire;
    size_t end = 0;
    size_t start = at;
    while (true) {
      if (at >= message_.size()) return bad("a name runs out of it");
      const size_t length = uint8_t(message_[at]);
      if (length >= 0xc0) {
        if (at + 1 >= message_.size()) return bad("a name runs out of it");
        if (end == 0) end = at + 2;
        at = (length & 0x3f) << 8 | uint8_t(message_[at + 1]);
        if (at >= start) return bad("a compression pointer does not point backwards");
        start = at;
        continue;
      }
      if (length > base::kLabelSizeMax || message_.size() - at <= length) return bad("a name runs out of it");
      wire += message_.substr(at, length + 1);
      if (wire.size() > base::kNameSizeMax) return bad("a name is longer than 255 octets");
      at += length + 1;
      if (length == 0) break;
    }
    TRY(auto name, Name::from_wire(wire));
    return NameRead{std::move(name), end != 0 ? end : at};
  }

  BytesView message_;
  size_t at_ = 0;
};

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
  Reader reader(message);
  CHECK(reader.skip_header());
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
      TRY(auto target, reader.target(record));
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
    if (record.owner == answer.path.back()) answer.rdata.emplace_back(record.rdata);
  }
  return answer;
}

}  // namespace validator
