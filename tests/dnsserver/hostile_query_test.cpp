// Problems that other servers had, each with the query that showed it.
#include <gtest/gtest.h>

#include <chrono>

#include "base/message.h"
#include "dnsserver/rate_limit.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {
namespace {

using namespace std::string_literals;

class HostileQuery : public testing::Test {
 protected:
  void SetUp() override {
    std::string text = R"(@     60 SOA ns1 hostmaster 1 3600 900 604800 5
                          @     60 NS  ns1
                          www   60 TXT "secret"
                          a.b   60 TXT "of a below b")";
    for (int i = 0; i < 20; ++i)
      text += "\nbig 60 TXT \"" + std::to_string(i) + std::string(200, 'x') + "\"";
    zones_.add("corp.test", text);
  }

  // What the query leads to, and that it takes less than a millisecond.
  Bytes ask(const Bytes& query, Transport transport = Transport::udp) {
    const Bytes client = "\xc0\0\2\1"s;
    const QueryContext context{
        .transport = transport, .client = client, .now = kRfc9018Time, .policy = zones_.policy()};
    StoredNodes nodes(zones_.store());
    std::vector<char> buffer(kTcpSizeMax);
    auto fastest = std::chrono::nanoseconds::max();
    Response response;
    // Other work on the machine may slow down one, not each.
    for (int i = 0; i < 10; ++i) {
      const auto before = std::chrono::steady_clock::now();
      response = respond(query, buffer, context, zones_.table(), nodes);
      fastest = std::min<std::chrono::nanoseconds>(fastest, std::chrono::steady_clock::now() - before);
    }
    EXPECT_LT(fastest, std::chrono::milliseconds(1));
    return Bytes(buffer.data(), response.size);
  }

  ServedZones zones_;
};

Bytes question(Bytes name) { return name + "\0\x10\0\1"s; }
const Bytes kHeader = "\x12\x34\0\0\0\1\0\0\0\0\0\0"s;

TEST_F(HostileQuery, ForANameUnderAnotherSuffixFindsNothing) {
  for (const char* name :
       {"www.evil.test", "www.corp.test.evil.test", "www.corp", "test", ".", "xcorp.test"}) {
    const auto read = read_message(ask(make_query(name, kTypeTxt)));
    EXPECT_EQ(read.rcode, "REFUSED") << name;
    EXPECT_TRUE(read.answer.empty() && read.authority.empty() && read.additional.empty());
  }
}

TEST_F(HostileQuery, WithAnotherNumberOfQuestionsIsFormerr) {
  for (const uint16_t count : {0, 2, 65535}) {
    Bytes query = make_query("www.corp.test", kTypeTxt);
    put_u16(query.data() + 4, count);
    EXPECT_EQ(rcode_of(ask(query)), 1) << count;
    EXPECT_EQ(ask(query).size(), kHeaderSize);
  }
}

// What a victim gets for what is sent in its name in one second of a flood without cookies, headers of IP and UDP
// counted, the burst that any client may have in it.
TEST_F(HostileQuery, IsNoAmplifier) {
  constexpr size_t kHeaders = 28;
  constexpr size_t kQueries = 100'000;
  const Bytes queries[] = {with_edns(make_query("big.corp.test", kTypeTxt), {.payload_size = 4096}),
                           with_edns(make_query("corp.test", kTypeAny), {.payload_size = 4096}),
                           with_edns(make_query("corp.test", 48), {.flags = 0x8000, .payload_size = 4096}),
                           with_edns(make_query("no.corp.test", kTypeTxt), {.payload_size = 4096}),
                           with_edns(make_query("other.test", kTypeTxt), {.payload_size = 4096})};
  for (const Bytes& query : queries) {
    RateLimiter limiter(RateLimits{});
    const Bytes client = "\xc0\0\2\1"s;
    const QueryContext context{
        .transport = Transport::udp, .client = client, .now = kRfc9018Time, .policy = zones_.policy()};
    StoredNodes nodes(zones_.store());
    std::array<char, kUdpSizeMax> buffer;
    size_t sent = 0;
    for (size_t i = 0; i < kQueries; ++i) {
      Response response = respond(query, buffer, context, zones_.table(), nodes);
      response = limiter.limit(response, buffer, client, kRfc9018Time);
      if (response.size > 0) sent += response.size + kHeaders;
    }
    EXPECT_LT(sent, 2 * kQueries * (query.size() + kHeaders));
  }
}

TEST_F(HostileQuery, OfAnyTypeAndClassIsDefined) {
  for (const uint16_t type : {0, 65535}) {
    for (const uint16_t qclass : {0, 2, 3, 4, 254, 255, 65535}) {
      const auto read = read_message(ask(with_edns(make_query("www.corp.test", type, qclass))));
      EXPECT_EQ(read.rcode, "REFUSED") << qclass;
      EXPECT_EQ(read.edns, "version=0 size=1232 ede=20");
    }
    EXPECT_EQ(read_message(ask(make_query("www.corp.test", type))).rcode, "NOERROR");
  }
}

TEST_F(HostileQuery, WithANameThatIsTooLongIsFormerr) {
  const Bytes label63 = "\x3f"s + Bytes(63, 'a');
  const Bytes longest = label63 + label63 + label63 + "\x3d"s + Bytes(61, 'b');
  EXPECT_EQ(rcode_of(ask(kHeader + question(longest + '\0'))), 5);
  EXPECT_EQ(rcode_of(ask(kHeader + question(label63 + label63 + label63 + "\x3e"s + Bytes(62, 'b') + '\0'))),
            1);
}

TEST_F(HostileQuery, WithADotInsideALabelIsAnotherName) {
  const auto read = read_message(ask(kHeader + question("\3a.b\4corp\4test\0"s)));
  EXPECT_EQ(read.rcode, "NXDOMAIN");
  EXPECT_EQ(read_message(ask(make_query("a.b.corp.test", kTypeTxt))).answer.size(), 1u);
}

TEST_F(HostileQuery, WithPointersThatLoopIsFormerrAtOnce) {
  EXPECT_EQ(rcode_of(ask(kHeader + question("\xc0\x0c"s))), 1) << "at itself";
  EXPECT_EQ(rcode_of(ask(kHeader + question("\1a\xc0\x0c"s))), 1) << "at its own beginning";
  EXPECT_EQ(rcode_of(ask(kHeader + question("\xc0\x20"s))), 1) << "forward";
  // As many records as a pointer reaches, the name of each a pointer at the one before.
  Bytes chain = make_query("www.corp.test", kTypeTxt);
  size_t previous = kHeaderSize;
  uint16_t records = 0;
  while (chain.size() < 0x3fff) {
    const size_t at = chain.size();
    append_u16(chain, uint16_t(0xc000 | previous));
    chain += "\0\x10\0\1\0\0\0\0\0\0"s;
    previous = at;
    ++records;
  }
  put_u16(chain.data() + 10, records);
  EXPECT_EQ(rcode_of(ask(chain, Transport::tcp)), 0) << "back to where it was: nobody follows";
  chain.resize(kTcpSizeMax, '\xc0');
  EXPECT_EQ(rcode_of(ask(chain, Transport::tcp)), 1);
  put_u16(chain.data() + 10, 65535);
  EXPECT_EQ(rcode_of(ask(chain, Transport::tcp)), 1);
}

TEST_F(HostileQuery, WithAnRdlengthPastTheEndIsFormerr) {
  Bytes query = with_edns(make_query("www.corp.test", kTypeTxt));
  put_u16(query.data() + query.size() - 2, 1);
  EXPECT_EQ(rcode_of(ask(query)), 1);
  put_u16(query.data() + query.size() - 2, 65535);
  EXPECT_EQ(rcode_of(ask(query)), 1);
}

// As many options as a message holds, each a cookie: one is read.
TEST_F(HostileQuery, WithThousandsOfOptionsIsAnsweredAtOnce) {
  Bytes options;
  while (options.size() + 12 < kTcpSizeMax - 100)
    options += "\0\x0a\0\x08"s + "abcdefgh"s;
  const Bytes response =
      ask(with_edns(make_query("www.corp.test", kTypeTxt), {.options = options}), Transport::tcp);
  EXPECT_EQ(rcode_of(response), 0);
  EXPECT_LT(response.size(), 200u);
}

TEST_F(HostileQuery, ForAllOfAZoneGetsNothingOfIt) {
  for (const Transport transport : {Transport::tcp, Transport::tls}) {
    for (const uint16_t type : {kTypeAxfr, kTypeIxfr}) {
      const auto read = read_message(ask(make_query("corp.test", type), transport));
      EXPECT_EQ(read.rcode, "REFUSED");
      EXPECT_TRUE(read.answer.empty() && read.authority.empty() && read.additional.empty());
    }
  }
}

// A cache would tell who has asked for what: by an answer, by a flag, or by how long it takes.
TEST_F(HostileQuery, ThatWantsRecursionGetsNoneAndNoHintOfACache) {
  constexpr int kNames = 200;
  const auto query_for = [](int i, uint16_t flags) {
    Bytes query = make_query("n" + std::to_string(1000 + i) + ".example.com", kTypeA);
    put_u16(query.data() + 2, flags);
    return query;
  };
  const auto time_of = [&](const Bytes& query) {
    const Bytes client = "\xc0\0\2\1"s;
    const QueryContext context{
        .transport = Transport::udp, .client = client, .now = kRfc9018Time, .policy = zones_.policy()};
    StoredNodes nodes(zones_.store());
    std::array<char, kUdpSizeMax> buffer;
    const auto before = std::chrono::steady_clock::now();
    respond(query, buffer, context, zones_.table(), nodes);
    return std::chrono::steady_clock::now() - before;
  };
  const Bytes known = query_for(0, kRd);
  const Bytes at_first = ask(known);
  const auto read = read_message(at_first);
  EXPECT_EQ(read.rcode, "REFUSED");
  EXPECT_EQ(read.flags, "qr rd");
  EXPECT_EQ(read_message(ask(query_for(0, 0))).flags, "qr");
  auto fastest_known = std::chrono::steady_clock::duration::max();
  auto fastest_new = fastest_known;
  for (int i = 1; i < kNames; ++i) {
    fastest_new = std::min(fastest_new, time_of(query_for(i, kRd)));
    fastest_known = std::min(fastest_known, time_of(known));
    EXPECT_EQ(ask(known), at_first);
  }
  EXPECT_LT(fastest_known, 2 * fastest_new);
  EXPECT_LT(fastest_new, 2 * fastest_known);
}

}  // namespace
}  // namespace dnsserver
