#include "dnsserver/rate_limit.h"

#include <gtest/gtest.h>

#include "base/message.h"
#include "dnsserver/wire.h"
#include "dnsserver/zone_table.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {
namespace {

using namespace std::chrono_literals;

const Bytes kClient = from_hex("c0000201");  // 192.0.2.1

RateLimits limits_of(unsigned per_second, unsigned slip = 0) {
  RateLimits limits;
  limits.answers_per_second = limits.denials_per_second = limits.errors_per_second = per_second;
  limits.slip = slip;
  return limits;
}

constexpr Response kAnswer{.size = 100, .kind = ResponseKind::answer};

// How many of `count` equal responses go out as they are.
size_t sent(RateLimiter& limiter, size_t count, const Response& response = kAnswer,
            const Bytes& client = kClient, Time now = kRfc9018Time) {
  std::array<char, kUdpSizeMax> buffer = {};
  size_t sent = 0;
  for (size_t i = 0; i < count; ++i)
    sent += limiter.limit(response, buffer, client, now).limited == Limited::no;
  return sent;
}

TEST(RateLimit, LetsABurstGoAndThenSoManyASecond) {
  RateLimiter limiter(limits_of(10));
  EXPECT_EQ(sent(limiter, 200), 10u * kRateBurst);
  EXPECT_EQ(sent(limiter, 200), 0u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, kClient, kRfc9018Time + 999ms), 0u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, kClient, kRfc9018Time + 1s), 10u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, kClient, kRfc9018Time + 3s), 20u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, kClient, kRfc9018Time + 1h), 10u * kRateBurst);
}

TEST(RateLimit, SurvivesAClockThatIsSetBack) {
  RateLimiter limiter(limits_of(10));
  EXPECT_EQ(sent(limiter, 200), 50u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, kClient, kRfc9018Time - 1h), 0u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, kClient, kRfc9018Time - 1h + 1s), 10u);
}

TEST(RateLimit, CountsAPrefixAsOne) {
  RateLimiter limiter(limits_of(10));
  EXPECT_EQ(sent(limiter, 200), 50u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, from_hex("c00002ff")), 0u) << "of the same /24";
  EXPECT_EQ(sent(limiter, 200, kAnswer, from_hex("c0000301")), 50u) << "of another";
  EXPECT_EQ(sent(limiter, 200, kAnswer, from_hex("20010db8000000000000000000000001")), 50u);
  EXPECT_EQ(sent(limiter, 200, kAnswer, from_hex("20010db8000000ff000000000000000f")), 0u)
      << "of the same /56";
  EXPECT_EQ(sent(limiter, 200, kAnswer, from_hex("20010db8000001000000000000000001")), 50u) << "of another";
}

TEST(RateLimit, CountsKindsApartAndDenialsForEachZone) {
  RateLimits limits;
  limits.answers_per_second = 30;
  limits.denials_per_second = 20;
  limits.errors_per_second = 10;
  limits.slip = 0;
  RateLimiter limiter(limits);
  Zone zone{.apex = Name::parse("a.test").value(), .name_servers = {}, .contact = {}};
  Zone other = zone;
  other.apex = Name::parse("b.test").value();
  const ZoneTable zones({zone, other});
  Response denial{.size = 100, .rcode = Rcode::nxdomain, .kind = ResponseKind::denial};
  denial.zone = zones.find(zone.apex);
  const Response error{.size = 12, .rcode = Rcode::refused, .kind = ResponseKind::error};
  EXPECT_EQ(sent(limiter, 500), 150u);
  EXPECT_EQ(sent(limiter, 500, denial), 100u);
  denial.rcode = Rcode::noerror;
  EXPECT_EQ(sent(limiter, 500, denial), 0u) << "NODATA and NXDOMAIN are one";
  denial.zone = zones.find(other.apex);
  EXPECT_EQ(sent(limiter, 500, denial), 100u);
  EXPECT_EQ(sent(limiter, 500, error), 50u);
}

TEST(RateLimit, SharesOutTheLimitsAmongWorkers) {
  RateLimits limits = limits_of(10);
  limits.workers = 4;
  RateLimiter limiter(limits);
  EXPECT_EQ(sent(limiter, 200), 3u * kRateBurst) << "rounded up";
  limits.workers = 1000;
  RateLimiter least(limits);
  EXPECT_EQ(sent(least, 200), 1u * kRateBurst);
}

TEST(RateLimit, SlipsEachNth) {
  for (unsigned slip : {1, 2, 3, 10}) {
    RateLimiter limiter(limits_of(1, slip));
    ASSERT_EQ(sent(limiter, kRateBurst), kRateBurst);
    std::array<char, kUdpSizeMax> buffer = {};
    for (unsigned i = 1; i <= 30; ++i) {
      const Response limited = limiter.limit(kAnswer, buffer, kClient, kRfc9018Time);
      EXPECT_EQ(limited.limited, i % slip == 0 ? Limited::slipped : Limited::dropped) << slip << " " << i;
      EXPECT_EQ(limited.size == 0, i % slip != 0);
    }
  }
}

TEST(RateLimit, LeavesValidCookiesAndExemptNetworksAlone) {
  RateLimits limits = limits_of(1);
  limits.exempt = {base::IpNetwork::parse("192.0.2.0/25").value(),
                   base::IpNetwork::parse("2001:db8::/32").value()};
  RateLimiter limiter(limits);
  EXPECT_EQ(sent(limiter, 100, kAnswer, from_hex("c000027f")), 100u);
  EXPECT_EQ(sent(limiter, 100, kAnswer, from_hex("c0000280")), 0u) << "the same prefix, and not exempt";
  EXPECT_EQ(sent(limiter, 100, kAnswer, from_hex("20010db8000000000000000000000001")), 100u);
  Response with_cookie = kAnswer;
  with_cookie.cookie = CookieState::valid;
  EXPECT_EQ(sent(limiter, 100, with_cookie, from_hex("c6336464")), 100u);
  with_cookie.cookie = CookieState::invalid;
  EXPECT_EQ(sent(limiter, 100, with_cookie, from_hex("c6336464")), kRateBurst);
}

TEST(RateLimit, SaysNothingWhereThereIsNothingToSay) {
  RateLimiter limiter(limits_of(1));
  EXPECT_EQ(sent(limiter, 100, Response()), 100u);
  EXPECT_EQ(sent(limiter, 100), kRateBurst);
}

// More prefixes than the table holds: each gets its burst, and memory stays what it was.
TEST(RateLimit, ForgetsTheOldestWhereItsTableIsFull) {
  RateLimiter limiter(limits_of(1));
  for (uint32_t prefix = 0; prefix < 4 * kRateBuckets * kRateEntriesPerBucket; ++prefix) {
    Bytes client;
    append_u32(client, prefix << 8);
    ASSERT_EQ(sent(limiter, 1, kAnswer, client, kRfc9018Time + std::chrono::seconds(prefix / 10'000)), 1u);
  }
  EXPECT_EQ(sent(limiter, 100, kAnswer, kClient, kRfc9018Time + 1h), kRateBurst);
}

class ShortResponse : public testing::Test {
 protected:
  void SetUp() override {
    zones_.add("corp.test", R"(@   60 SOA ns1 hostmaster 1 3600 900 604800 5
                               @   60 NS  ns1
                               www 60 TXT "a value")");
  }

  // What goes out for the second of two such queries where one is the limit.
  Bytes second(const Bytes& query) {
    RateLimits limits = limits_of(1, 1);
    zones_.policy().nsid = "ns1";
    const QueryContext context{
        .transport = Transport::udp, .client = kClient, .now = kRfc9018Time, .policy = zones_.policy()};
    StoredNodes nodes(zones_.store());
    RateLimiter limiter(limits);
    std::array<char, kUdpSizeMax> buffer;
    Response response;
    for (unsigned i = 0; i <= kRateBurst; ++i) {
      response = respond(query, buffer, context, zones_.table(), nodes);
      response = limiter.limit(response, buffer, kClient, kRfc9018Time);
    }
    EXPECT_EQ(response.limited, Limited::slipped);
    EXPECT_TRUE(base::check_message({buffer.data(), response.size}));
    return Bytes(buffer.data(), response.size);
  }

  ServedZones zones_;
};

TEST_F(ShortResponse, SaysToComeAgainOverTcp) {
  for (const char* name : {"www.corp.test", "no.corp.test"}) {
    const Bytes query = make_query(name, kTypeTxt);
    const Bytes plain = second(query);
    EXPECT_EQ(plain.size(), query.size());
    EXPECT_EQ(read_message(plain).flags, "qr aa tc");
    EXPECT_TRUE(read_message(plain).answer.empty());
    EXPECT_TRUE(read_message(plain).authority.empty());
    const auto edns = read_message(second(with_edns(query)));
    EXPECT_EQ(edns.flags, "qr aa tc");
    EXPECT_EQ(edns.edns, "version=0 size=1232");
  }
}

TEST_F(ShortResponse, KeepsTheOptionsOfTheOptRecord) {
  const auto read = read_message(
      second(with_edns(make_query("www.corp.test", kTypeTxt), {.options = from_hex("00030000")})));
  EXPECT_EQ(read.flags, "qr aa tc");
  EXPECT_EQ(read.edns, "version=0 size=1232 option=3:6e7331");
}

TEST_F(ShortResponse, OffersACookieToWhoKnowsThem) {
  for (const char* name : {"www.corp.test", "no.corp.test", "other.test"}) {
    const auto read = read_message(
        second(with_edns(make_query(name, kTypeTxt), {.options = from_hex("000a0008 2464c4abcf10c957")})));
    EXPECT_EQ(read.rcode, "BADCOOKIE") << name;
    EXPECT_EQ(read.flags, "qr") << name;
    EXPECT_TRUE(read.edns.starts_with("version=0 size=1232 option=10:2464c4abcf10c957010000005cf79f11"))
        << read.edns;
    EXPECT_TRUE(read.answer.empty());
    EXPECT_TRUE(read.authority.empty());
  }
}

TEST_F(ShortResponse, IsTheErrorItself) {
  EXPECT_EQ(read_message(second(make_query("other.test", kTypeTxt))).rcode, "REFUSED");
  EXPECT_EQ(second(Bytes(12, '\0')), from_hex("0000 8001 0000 0000 0000 0000"));
}

}  // namespace
}  // namespace dnsserver
