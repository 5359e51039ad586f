#include "dnsserver/tap_ring.h"

#include <gtest/gtest.h>

#include <thread>

#include "dnsserver/tap.h"

namespace dnsserver {
namespace {

bool push(TapRing& ring, BytesView record) { return ring.push({&record, 1}); }

TEST(TapRing, GivesRecordsBackInTheirOrder) {
  TapRing ring(64);
  Bytes record;
  EXPECT_FALSE(ring.pop(record));
  const BytesView parts[] = {"a", "", "bc"};
  EXPECT_TRUE(ring.push(parts));
  EXPECT_TRUE(push(ring, ""));
  EXPECT_TRUE(ring.pop(record));
  EXPECT_EQ(record, "abc");
  EXPECT_TRUE(ring.pop(record));
  EXPECT_EQ(record, "");
  EXPECT_FALSE(ring.pop(record));
}

TEST(TapRing, TakesNothingThatHasNoRoomAndKeepsTheRest) {
  TapRing ring(16);
  EXPECT_FALSE(push(ring, Bytes(13, 'x')));
  EXPECT_TRUE(push(ring, Bytes(12, 'x')));
  EXPECT_FALSE(push(ring, ""));
  Bytes record;
  EXPECT_TRUE(ring.pop(record));
  EXPECT_EQ(record, Bytes(12, 'x'));
  EXPECT_TRUE(push(ring, "y"));
}

TEST(TapRing, GoesOnAtItsBeginning) {
  TapRing ring(64);
  Bytes record;
  for (int i = 0; i < 1000; ++i) {
    const Bytes octets(size_t(i % 50), char('a' + i % 26));
    ASSERT_TRUE(push(ring, octets));
    ASSERT_TRUE(ring.pop(record));
    ASSERT_EQ(record, octets);
  }
}

TEST(TapRing, CarriesFromThreadToThread) {
  TapRing ring(1024);
  constexpr int kRecords = 50'000;
  std::thread writer([&] {
    for (int i = 0; i < kRecords; ++i) {
      while (!push(ring, std::to_string(i)))
        std::this_thread::yield();
    }
  });
  Bytes record;
  for (int i = 0; i < kRecords; ++i) {
    while (!ring.pop(record))
      std::this_thread::yield();
    EXPECT_EQ(record, std::to_string(i));
  }
  writer.join();
}

TEST(Tap, KeepsAMessageAndItsResponseApart) {
  Tap tap(1024);
  const Client client{base::IpAddress::parse("192.0.2.1").value(), 40000};
  tap.note_query("query");
  tap.note_response(client, Transport::tls, Rcode::refused, "response");
  Bytes octets;
  TapRecord record;
  ASSERT_TRUE(tap.next(octets, record));
  EXPECT_EQ(record.query, "query");
  EXPECT_EQ(record.response, "response");
  EXPECT_EQ(record.head.client, client);
  EXPECT_EQ(record.head.transport, Transport::tls);
  EXPECT_EQ(record.head.rcode, Rcode::refused);
  EXPECT_FALSE(tap.next(octets, record));
}

TEST(Tap, CountsWhatItDrops) {
  Tap tap(256);
  for (int i = 0; i < 10; ++i) {
    tap.note_query(Bytes(100, 'q'));
    tap.note_response({}, Transport::udp, Rcode::noerror, "");
  }
  EXPECT_EQ(tap.dropped(), 9u);
}

}  // namespace
}  // namespace dnsserver
