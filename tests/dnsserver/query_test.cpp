#include "dnsserver/query.h"

#include <gtest/gtest.h>

#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/served_zones.h"

namespace dnsserver {
namespace {

using namespace std::string_literals;

bool is_read(BytesView message) {
  Query query;
  return read_query(message, query);
}

// `record` behind the question, counted in the section whose count is at `count`.
Bytes with_record(Bytes query, size_t count, BytesView record) {
  put_u16(query.data() + count, uint16_t(u16_at(query, count) + 1));
  return query + Bytes(record);
}
constexpr size_t kAnswers = 6;
constexpr size_t kAuthorities = 8;
constexpr size_t kAdditionals = 10;

const Bytes kQuery = make_query("www.corp.test", kTypeTxt);
const Bytes kTxtRecord = "\1x\0\0\x10\0\1\0\0\0\0\0\2\1y"s;

TEST(LoweredName, IsLowerCaseAndKnowsItsLabels) {
  const LoweredName name(Name::parse("wWw.Corp.TEST").value());
  EXPECT_EQ(name.wire(), "\3www\4corp\4test\0"s);
  EXPECT_EQ(name.label_count(), 3u);
  EXPECT_EQ(name.label_at(1), 4u);
  EXPECT_EQ(name.label_at(3), 14u);
  EXPECT_EQ(name.suffix(2), "\4corp\4test\0"s);
  EXPECT_EQ(name.suffix(0), "\0"s);
  EXPECT_EQ(LoweredName(Name()).wire(), "\0"s);
  EXPECT_EQ(LoweredName(Name()).label_count(), 0u);
}

TEST(LoweredName, LowersNoLengthOctetAndNothingButAscii) {
  const Bytes wire = "\x3f"s + Bytes(63, 'A') + "\3[\xc0@\0"s;
  LoweredName name;
  ASSERT_EQ(name.read(wire, 0), wire.size());
  EXPECT_EQ(name.wire(), "\x3f"s + Bytes(63, 'a') + "\3[\xc0@\0"s);
}

TEST(LoweredName, HoldsTheLimitsOfRfc1035) {
  const Bytes label63 = "\x3f"s + Bytes(63, 'a');
  const Bytes longest = label63 + label63 + label63 + "\x3d"s + Bytes(61, 'b') + '\0';
  LoweredName name;
  EXPECT_EQ(name.read(longest, 0), base::kNameSizeMax);
  EXPECT_EQ(name.read(label63 + label63 + label63 + "\x3e"s + Bytes(62, 'b') + '\0', 0), 0u);
  EXPECT_EQ(name.read("\x40"s + Bytes(64, 'a') + '\0', 0), 0u);
  Bytes deepest;
  for (size_t i = 0; i < base::kLabelsMax; ++i)
    deepest += "\1x";
  EXPECT_EQ(name.read(deepest + '\0', 0), base::kNameSizeMax);
  EXPECT_EQ(name.label_count(), base::kLabelsMax);
  EXPECT_EQ(name.read(deepest + "\1x\0"s, 0), 0u);
}

TEST(ReadQuery, TakesAStubsQuery) {
  Query query;
  ASSERT_TRUE(read_query(kQuery, query));
  EXPECT_EQ(query.name.wire(), "\3www\4corp\4test\0"s);
  EXPECT_EQ(query.type, kTypeTxt);
  EXPECT_EQ(query.qclass, kClassIn);
  EXPECT_EQ(query.question_end, kQuery.size());
  EXPECT_FALSE(query.edns);
}

TEST(ReadQuery, ReadsEdns) {
  Query query;
  ASSERT_TRUE(read_query(
      with_edns(kQuery, {.version = 1, .flags = 0x8000, .payload_size = 4096, .options = "\0\x03\0\0"s}),
      query));
  ASSERT_TRUE(query.edns);
  EXPECT_EQ(query.edns->version, 1);
  EXPECT_TRUE(query.edns->dnssec_ok);
  EXPECT_EQ(query.edns->payload_size, 4096);
  ASSERT_TRUE(read_query(with_edns(kQuery, {.flags = 0x7fff}), query));
  EXPECT_FALSE(query.edns->dnssec_ok);
  ASSERT_TRUE(read_query(kQuery, query));
  EXPECT_FALSE(query.edns);
}

TEST(ReadQuery, RefusesAnOctetLessAndAnOctetMore) {
  for (const Bytes& whole : {kQuery, with_edns(kQuery), with_edns(kQuery, {.options = "\0\x0a\0\2xy"s}),
                             with_record(kQuery, kAdditionals, kTxtRecord)}) {
    EXPECT_TRUE(is_read(whole));
    EXPECT_FALSE(is_read(whole + '\0'));
    for (size_t size = kHeaderSize; size < whole.size(); ++size)
      EXPECT_FALSE(is_read(whole.substr(0, size))) << size;
  }
}

TEST(ReadQuery, RefusesAllButOneQuestion) {
  for (uint16_t count : {0, 2, 65535}) {
    Bytes query = kQuery;
    put_u16(query.data() + 4, count);
    EXPECT_FALSE(is_read(query)) << count;
  }
  Bytes two = kQuery + kQuery.substr(kHeaderSize);
  put_u16(two.data() + 4, 2);
  EXPECT_FALSE(is_read(two));
}

TEST(ReadQuery, RefusesCountsThatLie) {
  for (size_t count : {kAnswers, kAuthorities, kAdditionals}) {
    Bytes query = kQuery;
    put_u16(query.data() + count, 1);
    EXPECT_FALSE(is_read(query));
    put_u16(query.data() + count, 65535);
    EXPECT_FALSE(is_read(query));
    EXPECT_FALSE(is_read(query + kTxtRecord));
  }
}

TEST(ReadQuery, RefusesRecordsWhereAQueryHasNone) {
  EXPECT_FALSE(is_read(with_record(kQuery, kAnswers, kTxtRecord)));
  EXPECT_FALSE(is_read(with_record(kQuery, kAuthorities, kTxtRecord)));
  EXPECT_TRUE(is_read(with_record(make_query("corp.test", kTypeIxfr), kAuthorities, kTxtRecord)));
  EXPECT_TRUE(is_read(with_record(kQuery, kAdditionals, kTxtRecord)));
}

TEST(ReadQuery, RefusesWrongOpt) {
  const Bytes opt = with_edns(kQuery).substr(kQuery.size());
  EXPECT_TRUE(is_read(with_record(kQuery, kAdditionals, opt)));
  EXPECT_FALSE(is_read(with_record(with_edns(kQuery), kAdditionals, opt)));               // twice
  EXPECT_FALSE(is_read(with_record(kQuery, kAdditionals, "\1x"s + opt)));                 // not at the root
  EXPECT_FALSE(is_read(with_record(kQuery, kAdditionals, "\xc0\x0c"s + opt.substr(1))));  // nor by a pointer
  EXPECT_FALSE(is_read(with_record(make_query("x", kTypeIxfr), kAuthorities, opt)));      // in authority
  EXPECT_TRUE(is_read(with_edns(kQuery, {.options = "\0\x0a\0\2xy\0\3\0\0"s})));
  EXPECT_FALSE(is_read(with_edns(kQuery, {.options = "\0\x0a\0\3xy"s})));  // option too long
  EXPECT_FALSE(is_read(with_edns(kQuery, {.options = "\0\x0a\0"s})));      // half an option
}

TEST(ReadQuery, RefusesCompressionInTheQuestion) {
  const Bytes header = "\x12\x34\0\0\0\1\0\0\0\0\0\0"s;
  for (const Bytes& name :
       {"\xc0\x0c"s, "\xc0\x00"s, "\3www\xc0\x0c"s, "\xc0\x10\0"s, "\x80\0"s, "\x40\0"s}) {
    EXPECT_FALSE(is_read(header + name + "\0\x10\0\1"s));
  }
}

TEST(ReadQuery, RefusesPointersThatDoNotPointBackIntoTheMessage) {
  const size_t at = kQuery.size();
  const auto owner = [](size_t target) { return Bytes{char(0xc0 | target >> 8), char(target & 0xff)}; };
  const Bytes tail = kTxtRecord.substr(3);
  EXPECT_TRUE(is_read(with_record(kQuery, kAdditionals, owner(kHeaderSize) + tail)));
  EXPECT_TRUE(is_read(with_record(kQuery, kAdditionals, "\1x"s + owner(at - 1) + tail)));
  for (size_t target : {size_t(0), kHeaderSize - 1, at, at + 1, size_t(0x3fff)}) {
    EXPECT_FALSE(is_read(with_record(kQuery, kAdditionals, owner(target) + tail))) << target;
  }
  EXPECT_FALSE(is_read(with_record(kQuery, kAdditionals, "\1x"s + owner(at) + tail)));  // the name itself
}

TEST(ReadQuery, RefusesOverlongOwners) {
  const Bytes label63 = "\x3f"s + Bytes(63, 'a');
  const Bytes tail = kTxtRecord.substr(3);
  const Bytes longest = label63 + label63 + label63 + "\x3d"s + Bytes(61, 'b') + '\0';
  EXPECT_TRUE(is_read(with_record(kQuery, kAdditionals, longest + tail)));
  EXPECT_FALSE(is_read(with_record(kQuery, kAdditionals, label63 + longest + tail)));
}

}  // namespace
}  // namespace dnsserver
