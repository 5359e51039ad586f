#include "dnsserver/respond.h"

#include <gtest/gtest.h>

#include "base/message.h"
#include "dnsserver/keys.h"
#include "dnsserver/wire.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/signed_messages.h"
#include "tests/dnsserver/zone_text.h"

// What needs octets or all values of a field. What a zone answers is in tests/scenarios/dns.
namespace dnsserver {
namespace {

using namespace std::string_literals;

ServedZones corp_zone() {
  ServedZones zones;
  zones.add("corp.test", R"(@     60 SOA ns1 hostmaster 1 3600 900 604800 5
                            @     60 NS  ns1
                            ns1   60 A   192.0.2.1
                            www   60 TXT "a"
                            alias 60 CNAME www)");
  return zones;
}

const Bytes kQuery = make_query("www.corp.test", kTypeTxt);

Bytes with_flags(Bytes query, uint16_t flags) {
  put_u16(query.data() + 2, flags);
  return query;
}

TEST(Respond, SaysNothingToLessThanAHeader) {
  ServedZones zones = corp_zone();
  for (size_t size = 0; size < kHeaderSize; ++size)
    EXPECT_EQ(zones.ask(kQuery.substr(0, size)), "") << size;
  EXPECT_NE(zones.ask(kQuery.substr(0, kHeaderSize)), "");
}

TEST(Respond, SaysNothingToResponses) {
  ServedZones zones = corp_zone();
  EXPECT_EQ(zones.ask(with_flags(kQuery, 0x8000)), "");
  EXPECT_EQ(zones.ask(with_flags(kQuery, 0xffff)), "");
  EXPECT_EQ(zones.ask(zones.ask(kQuery)), "");
}

TEST(Respond, AnswersOtherOpcodesWithAHeaderAlone) {
  ServedZones zones = corp_zone();
  for (unsigned opcode = 1; opcode <= 15; ++opcode) {
    if (opcode == kOpcodeUpdate >> 11) continue;
    const auto flags = uint16_t(opcode << 11);
    const Bytes expected = "\x12\x34"s + char(0x80 | opcode << 3) + "\4\0\0\0\0\0\0\0\0"s;
    EXPECT_EQ(zones.ask(with_flags(kQuery, flags)), expected);
    EXPECT_EQ(zones.ask(with_flags(kQuery, flags | 0x07ff)), expected);
    EXPECT_EQ(zones.ask(with_flags(kQuery, flags).substr(0, kHeaderSize)), expected);
  }
}

// See tests/dnsserver/update_door_test.cpp.
TEST(Respond, LeavesUpdatesAndSignedQueriesToTheDoor) {
  const ServedZones zones = corp_zone();
  std::vector<char> buffer(kUdpSizeMax);
  storage::MemoryStore store;
  const auto reader = store.reader();
  StoredNodes nodes(*reader);
  const EdnsPolicy policy;
  const Bytes client("\xc0\0\2\1", 4);
  const QueryContext context{.transport = Transport::udp, .client = client, .now = {}, .policy = policy};
  for (const Bytes& message : {with_flags(kQuery, kOpcodeUpdate), nsupdate_query()}) {
    const Response response = respond(message, buffer, context, zones.table(), nodes);
    EXPECT_TRUE(response.for_door);
    EXPECT_EQ(response.size, 0u);
  }
  EXPECT_EQ(respond(with_flags(kQuery, kOpcodeUpdate | kQr), buffer, context, zones.table(), nodes).for_door,
            false);
}

TEST(Respond, AnswersWhatItCannotReadWithFormerr) {
  ServedZones zones = corp_zone();
  const Bytes formerr = "\x12\x34\x80\1\0\0\0\0\0\0\0\0"s;
  EXPECT_EQ(zones.ask(kQuery.substr(0, kHeaderSize)), formerr);
  EXPECT_EQ(zones.ask(kQuery.substr(0, kQuery.size() - 1)), formerr);
  EXPECT_EQ(zones.ask(kQuery + '\0'), formerr);
  EXPECT_EQ(zones.ask(with_flags(kQuery + '\0', 0x07f0)), formerr);
}

TEST(Respond, RepeatsIdAndQuestionToTheOctet) {
  ServedZones zones = corp_zone();
  for (std::string_view name : {"www.corp.test", "wWw.CORP.tesT", "no.corp.test", "www.OTHER.example"}) {
    const Bytes query = make_query(name, kTypeTxt);
    const Bytes response = zones.ask(query);
    EXPECT_EQ(response.substr(0, 2), query.substr(0, 2));
    EXPECT_EQ(response.substr(kHeaderSize, query.size() - kHeaderSize), query.substr(kHeaderSize));
  }
}

TEST(Respond, AnswersEveryTypeWithADefinedRcode) {
  ServedZones zones = corp_zone();
  for (unsigned type = 0; type <= 65535; ++type) {
    uint8_t expected = 0;
    if (type == kTypeOpt || type == kTypeTsig || type == kTypeNxname || type == kTypeAxfr) expected = 1;
    if (type == kTypeTkey) expected = 4;
    if (type == kTypeIxfr) expected = 5;
    for (std::string_view name : {"corp.test", "alias.corp.test"}) {
      if (type == kTypeIxfr && name != "corp.test") expected = 9;
      const Bytes response = zones.ask(make_query(name, uint16_t(type)));
      ASSERT_TRUE(base::check_message(response)) << type;
      ASSERT_EQ(rcode_of(response), expected) << type;
      ASSERT_EQ((u16_at(response, 2) & kAa) != 0, expected == 0) << type;
    }
  }
}

TEST(Respond, RefusesEveryClassButIn) {
  ServedZones zones = corp_zone();
  for (unsigned qclass = 0; qclass <= 65535; ++qclass) {
    const Bytes response = zones.ask(make_query("www.corp.test", kTypeTxt, uint16_t(qclass)));
    ASSERT_EQ(rcode_of(response), qclass == kClassIn ? 0 : 5) << qclass;
    ASSERT_EQ((u16_at(response, 2) & kAa) != 0, qclass == kClassIn) << qclass;
  }
}

TEST(Respond, AnswersEveryEdnsVersionButZeroWithBadvers) {
  ServedZones zones = corp_zone();
  for (unsigned version = 0; version <= 255; ++version) {
    const auto read =
        read_message(zones.ask(with_edns(kQuery, {.version = uint8_t(version), .flags = 0xffff})));
    EXPECT_EQ(read.rcode, version == 0 ? "NOERROR" : "BADVERS");
    EXPECT_EQ(read.edns, "version=0 size=1232 do");
    EXPECT_EQ(read.answer.size(), version == 0 ? 1u : 0u);
  }
}

// The size of the whole response to `type` at big.corp.test, whose one record makes it exactly `size` large.
Bytes ask_for_size(size_t size, std::optional<uint16_t> payload_size, Transport transport = Transport::udp) {
  ServedZones zones = corp_zone();
  const Bytes plain = make_query("big.corp.test", 65280);
  const Bytes query = payload_size ? with_edns(plain, {.payload_size = *payload_size}) : plain;
  const RRset big{
      Name::parse("big.corp.test").value(), 65280, 60, {Bytes(size - query.size() - kRecordHeaderSize, 'x')}};
  zones.store().entries[node_key(Name::parse("corp.test").value(), big.owner)] =
      render_node({&big, 1}).value();
  return zones.ask(query, transport);
}

bool is_cut(BytesView response) { return (u16_at(response, 2) & kTc) != 0; }

TEST(Respond, CutsWhatIsLargerThanThePeerTakes) {
  struct Case {
    std::optional<uint16_t> payload_size;
    size_t size_max;
  };
  for (const Case& c :
       {Case{std::nullopt, 512}, Case{0, 512}, Case{511, 512}, Case{512, 512}, Case{513, 513},
        Case{1231, 1231}, Case{1232, 1232}, Case{1233, 1232}, Case{4096, 1232}, Case{65535, 1232}}) {
    const Bytes whole = ask_for_size(c.size_max, c.payload_size);
    EXPECT_EQ(whole.size(), c.size_max);
    EXPECT_FALSE(is_cut(whole));
    const Bytes cut = ask_for_size(c.size_max + 1, c.payload_size);
    EXPECT_TRUE(is_cut(cut));
    const auto read = read_message(cut);
    EXPECT_EQ(read.rcode, "NOERROR");
    EXPECT_EQ(read.flags, "qr aa tc");
    EXPECT_TRUE(read.answer.empty());
    EXPECT_EQ(read.question, "big.corp.test. IN TYPE65280");
    EXPECT_EQ(read.edns.empty(), !c.payload_size);
  }
}

TEST(Respond, DoesNotCutOverTcp) {
  const Bytes whole = ask_for_size(kRRsetSizeMax, 512, Transport::tcp);
  EXPECT_EQ(whole.size(), kRRsetSizeMax);
  EXPECT_FALSE(is_cut(whole));
}

TEST(Respond, AnswersServfailWhenTheStoreFails) {
  ServedZones zones = corp_zone();
  zones.store().broken = true;
  for (std::string_view name : {"corp.test", "www.corp.test", "no.corp.test"}) {
    const auto read = read_message(zones.ask(with_edns(make_query(name, kTypeTxt))));
    EXPECT_EQ(read.rcode, "SERVFAIL");
    EXPECT_EQ(read.flags, "qr");
    EXPECT_EQ(read.edns, "version=0 size=1232 ede=14");
    EXPECT_TRUE(read.authority.empty());
  }
  EXPECT_EQ(read_message(zones.ask(make_query("www.corp.test", kTypeTxt))).edns, "");
  EXPECT_EQ(read_message(zones.ask(make_query("www.other.test", kTypeTxt))).rcode, "REFUSED");
}

TEST(Respond, NeverDeniesANameOfAZoneWhoseApexIsMissing) {
  ServedZones zones = corp_zone();
  const Name apex = Name::parse("corp.test").value();
  zones.store().entries.erase(node_key(apex, apex));
  EXPECT_EQ(rcode_of(zones.ask(make_query("no.corp.test", kTypeTxt))), 2);
  EXPECT_EQ(rcode_of(zones.ask(make_query("www.corp.test", kTypeA))), 2);
  EXPECT_EQ(rcode_of(zones.ask(kQuery)), 0);
}

// Whatever became of the octets in the store, what goes out is a message and says SERVFAIL or what it has.
TEST(Respond, SurvivesAnyOctetOfANodeGoneBad) {
  const Name apex = Name::parse("corp.test").value();
  for (std::string_view owner : {"corp.test", "www.corp.test", "alias.corp.test"}) {
    const ServedZones whole = corp_zone();
    ServedZones zones = whole;
    Bytes& node = zones.store().entries[node_key(apex, Name::parse(owner).value())];
    const Bytes good = node;
    for (size_t at = 0; at < good.size(); ++at) {
      for (int value : {0, 1, 12, 64, 192, 255}) {
        node = good;
        node[at] = char(value);
        for (std::string_view asked : {"corp.test", "no.corp.test", "alias.corp.test"}) {
          const Bytes response = zones.ask(with_edns(make_query(asked, kTypeTxt)));
          ASSERT_GE(response.size(), kHeaderSize);
          ASSERT_LE(response.size(), kUdpSizeMax);
        }
      }
    }
    for (size_t size = 0; size < good.size(); ++size) {
      node = good.substr(0, size);
      ASSERT_EQ(rcode_of(zones.ask(make_query(owner, kTypeTxt))), 2) << owner << size;
    }
  }
}

TEST(Respond, StopsAtTheLimitOfCnames) {
  ServedZones zones;
  std::string text = "@ 60 SOA ns1 hostmaster 1 3600 900 604800 5\n@ 60 NS ns1\nloop 60 CNAME loop\n";
  for (int i = 0; i < 20; ++i)
    text += "a" + std::to_string(i) + " 60 CNAME a" + std::to_string(i + 1) + "\n";
  text += "a20 60 TXT \"x\"\n";
  zones.add("corp.test", text);
  const auto ask = [&](std::string_view name) { return read_message(zones.ask(make_query(name, kTypeTxt))); };
  EXPECT_EQ(ask("a13.corp.test").answer.size(), 8u);  // seven CNAMEs and the TXT
  EXPECT_EQ(ask("a12.corp.test").answer.size(), 8u);  // eight CNAMEs
  EXPECT_EQ(ask("a0.corp.test").answer.size(), 8u);
  EXPECT_EQ(ask("a0.corp.test").rcode, "NOERROR");
  EXPECT_EQ(ask("loop.corp.test").answer.size(), 8u);
}

}  // namespace
}  // namespace dnsserver
