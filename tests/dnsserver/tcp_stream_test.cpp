#include "dnsserver/net/tcp_stream.h"

#include <gtest/gtest.h>

#include "dnsserver/wire.h"
#include "tests/dnsserver/served_zones.h"

namespace dnsserver::net {
namespace {

using namespace std::string_literals;

// Answers `in` from no zone at all: each query is refused.
struct Answered {
  StreamProgress progress;
  Bytes out;
};

Answered answer(BytesView in, size_t room = 4 * kTcpFrameSizeMax) {
  NodeIndex nodes;
  const ZoneTableHolder zones;
  Responder responder(nodes, zones, {});
  responder.refresh({});
  TrafficCounters counters;
  Bytes out(room, '\0');
  const DoorUse no_door;
  const StreamClient client{Transport::tcp, {ip_address_of("\xc0\0\2\1"s), 4711}};
  const auto way = [](BytesView) { return Way(); };
  const auto progress = answer_stream(in, out, client, responder, counters, {no_door, way});
  return {progress, out.substr(0, progress.written)};
}

const Bytes kQuery = make_query("www.test", kTypeTxt);
const Bytes kFrame = "\0\x1a"s + kQuery;

TEST(TcpStream, AnswersWholeMessagesAndLeavesTheRest) {
  for (size_t whole = 0; whole < 3; ++whole) {
    for (size_t part = 0; part < kFrame.size(); ++part) {
      Bytes in;
      for (size_t i = 0; i < whole; ++i)
        in += kFrame;
      const auto answered = answer(in + kFrame.substr(0, part));
      EXPECT_EQ(answered.progress.read, whole * kFrame.size());
      EXPECT_EQ(answered.progress.written, whole * kFrame.size());
      EXPECT_FALSE(answered.progress.full);
      EXPECT_FALSE(answered.progress.broken);
    }
  }
}

TEST(TcpStream, PutsTheLengthInFrontOfEachResponse) {
  const auto answered = answer(kFrame + kFrame);
  ASSERT_EQ(answered.out.size(), 2 * kFrame.size());
  EXPECT_EQ(u16_at(answered.out, 0), kQuery.size());
  EXPECT_EQ(answered.out.substr(0, kFrame.size()), answered.out.substr(kFrame.size()));
  EXPECT_EQ(answered.out[2 + 3] & 0x0f, 5);
}

TEST(TcpStream, StopsWhereTheNextResponseMayHaveNoRoom) {
  const auto answered = answer(kFrame + kFrame + kFrame, kTcpFrameSizeMax + kFrame.size());
  EXPECT_EQ(answered.progress.read, 2 * kFrame.size());
  EXPECT_TRUE(answered.progress.full);
  EXPECT_FALSE(answer(kFrame, kTcpFrameSizeMax).progress.full);
  EXPECT_TRUE(answer(kFrame, kTcpFrameSizeMax - 1).progress.full);
}

TEST(TcpStream, StopsAtAMessageShorterThanAHeader) {
  for (size_t size = 0; size <= kHeaderSize; ++size) {
    Bytes in = kFrame;
    append_u16(in, uint16_t(size));
    const auto answered = answer(in + Bytes(size, '\0'));
    EXPECT_EQ(answered.progress.broken, size < kHeaderSize) << size;
    EXPECT_EQ(answered.progress.read, kFrame.size() + (size < kHeaderSize ? 0 : 2 + size));
  }
}

TEST(TcpStream, PassesOverWhatGetsNoResponse) {
  Bytes response = kFrame;
  response[2 + 2] = char(0x80);
  const auto answered = answer(response + kFrame + response);
  EXPECT_EQ(answered.progress.read, 3 * kFrame.size());
  EXPECT_EQ(answered.progress.written, kFrame.size());
}

}  // namespace
}  // namespace dnsserver::net
