#include "dnsserver/replays.h"

#include <gtest/gtest.h>

#include "tests/dnsserver/signed_messages.h"

namespace dnsserver {
namespace {

using namespace std::chrono_literals;
using Seen = Replays::Seen;

Tsig signed_at(Time time, Bytes mac, std::string_view key = "key.test") {
  Tsig tsig;
  tsig.key_name = Name::parse(key).value();
  tsig.time_signed = uint64_t(time.time_since_epoch() / 1s);
  tsig.mac = std::move(mac);
  tsig.mac.resize(32);
  return tsig;
}

constexpr Time kStart = kSignedAt - 1h;

TEST(Replays, TellsWhatCameBeforeFromWhatDidNot) {
  Replays replays(kStart);
  const Tsig one = signed_at(kSignedAt, "one");
  EXPECT_EQ(replays.find(one, kSignedAt).seen, Seen::never);
  EXPECT_EQ(replays.find(one, kSignedAt).seen, Seen::under_way);
  EXPECT_EQ(replays.find(signed_at(kSignedAt, "two"), kSignedAt).seen, Seen::never);
  EXPECT_EQ(replays.find(signed_at(kSignedAt, "one", "other.test"), kSignedAt).seen, Seen::never);
  replays.settle(one, Rcode::refused);
  const auto again = replays.find(signed_at(kSignedAt, "one", "KEY.test"), kSignedAt + 300s);
  EXPECT_EQ(again.seen, Seen::carried_out);
  EXPECT_EQ(again.rcode, Rcode::refused);
}

TEST(Replays, LetsComeAgainWhatWasNotCarriedOut) {
  Replays replays(kStart);
  const Tsig one = signed_at(kSignedAt, "one");
  EXPECT_EQ(replays.find(one, kSignedAt).seen, Seen::never);
  replays.settle(one, std::nullopt);
  EXPECT_EQ(replays.size(), 0u);
  EXPECT_EQ(replays.find(one, kSignedAt).seen, Seen::never);
}

TEST(Replays, TakesNothingThatWasSignedBeforeTheServerStarted) {
  Replays replays(kSignedAt + 500ms);
  EXPECT_EQ(replays.find(signed_at(kSignedAt - 1s, "one"), kSignedAt).seen, Seen::too_old);
  EXPECT_EQ(replays.find(signed_at(kSignedAt, "two"), kSignedAt).seen, Seen::never);
}

TEST(Replays, ForgetsWhatTheFudgeRefusesAnyway) {
  Replays replays(kStart);
  for (int i = 0; i < 100; ++i)
    replays.find(signed_at(kSignedAt, std::to_string(i)), kSignedAt);
  EXPECT_EQ(replays.size(), 100u);
  replays.find(signed_at(kSignedAt + 301s, "x", "other.test"), kSignedAt + 300s);
  EXPECT_EQ(replays.size(), 101u);
  replays.find(signed_at(kSignedAt + 312s, "y", "other.test"), kSignedAt + 312s);
  EXPECT_EQ(replays.size(), 2u);
}

TEST(Replays, RemembersTheNamedNumberOfAKeyAndTakesNothingOlder) {
  Replays replays(kStart);
  const Tsig first = signed_at(kSignedAt, "first");
  replays.find(first, kSignedAt);
  replays.settle(first, Rcode::noerror);
  for (size_t i = 1; i < kMacsPerKeyMax; ++i)
    replays.find(signed_at(kSignedAt + 1s, std::to_string(i)), kSignedAt + 1s);
  EXPECT_EQ(replays.size(), kMacsPerKeyMax);
  EXPECT_EQ(replays.find(first, kSignedAt + 1s).seen, Seen::carried_out);
  EXPECT_EQ(replays.find(signed_at(kSignedAt + 2s, "one more"), kSignedAt + 2s).seen, Seen::never);
  EXPECT_EQ(replays.size(), kMacsPerKeyMax);
  EXPECT_EQ(replays.find(first, kSignedAt + 2s).seen, Seen::too_old);
  EXPECT_EQ(replays.find(signed_at(kSignedAt, "late"), kSignedAt + 2s).seen, Seen::too_old);
  EXPECT_EQ(replays.find(signed_at(kSignedAt, "of another", "other.test"), kSignedAt + 2s).seen, Seen::never);
}

}  // namespace
}  // namespace dnsserver
