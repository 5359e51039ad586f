#include "validator/net/reach.h"

#include <gmock/gmock.h>

namespace validator {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;

std::vector<std::string> of_ipv4_loopback(const std::vector<std::string>& prefixes) {
  std::vector<std::string> found;
  for (const auto& prefix : prefixes) {
    if (prefix.starts_with("127.")) found.push_back(prefix);
  }
  return found;
}

TEST(UnreachablePrefixes, LeaveOnlyGlobalAddressesWherePrivateOnesAreNotAllowed) {
  EXPECT_THAT(
      unreachable_prefixes(false, {}),
      IsSupersetOf({"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                    "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "::1/128",
                    "::ffff:0.0.0.0/96", "64:ff9b::/96", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8"}));
}

TEST(UnreachablePrefixes, AlwaysHaveWhatIsNoNameServersAddress) {
  const auto prefixes = unreachable_prefixes(true, {});
  EXPECT_THAT(prefixes,
              IsSupersetOf({"0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "fe80::/10"}));
  for (const char* allowed : {"10.0.0.0/8", "127.0.0.0/8", "192.168.0.0/16", "::1/128", "fc00::/7"})
    EXPECT_THAT(prefixes, Not(Contains(allowed)));
}

TEST(UnreachablePrefixes, LeaveOutExactlyTheAddressesThatWereConfigured) {
  const auto prefixes = of_ipv4_loopback(unreachable_prefixes(false, {{"127.0.0.1", 5353}}));
  EXPECT_THAT(prefixes,
              ElementsAre("127.0.0.0/32", "127.0.0.2/31", "127.0.0.4/30", "127.0.0.8/29", "127.0.0.16/28",
                          "127.0.0.32/27", "127.0.0.64/26", "127.0.0.128/25", "127.0.1.0/24", "127.0.2.0/23",
                          "127.0.4.0/22", "127.0.8.0/21", "127.0.16.0/20", "127.0.32.0/19", "127.0.64.0/18",
                          "127.0.128.0/17", "127.1.0.0/16", "127.2.0.0/15", "127.4.0.0/14", "127.8.0.0/13",
                          "127.16.0.0/12", "127.32.0.0/11", "127.64.0.0/10", "127.128.0.0/9"));
}

TEST(UnreachablePrefixes, LeaveOutSeveralAddressesOfBothFamilies) {
  const auto prefixes =
      unreachable_prefixes(false, {{"127.0.0.0", 53}, {"127.0.0.3", 53}, {"::1", 53}, {"192.0.9.9", 53}});
  EXPECT_THAT(prefixes, IsSupersetOf({"127.0.0.1/32", "127.0.0.2/32", "127.0.0.4/30"}));
  for (const char* allowed : {"127.0.0.0/32", "127.0.0.3/32", "::1/128"})
    EXPECT_THAT(prefixes, Not(Contains(allowed)));
}

TEST(Reachable, IsWhatNoPrefixHoldsOrWhatWasConfigured) {
  EXPECT_TRUE(is_reachable({"192.0.3.1", 53}, false, {}));
  EXPECT_TRUE(is_reachable({"10.0.0.1", 53}, true, {}));
  EXPECT_FALSE(is_reachable({"10.0.0.1", 53}, false, {}));
  EXPECT_TRUE(is_reachable({"10.0.0.1", 53}, false, {{"10.0.0.1", 5353}}));
  EXPECT_FALSE(is_reachable({"169.254.0.1", 53}, true, {}));
  EXPECT_FALSE(is_reachable({"fe80::1", 53}, true, {}));
  EXPECT_TRUE(is_reachable({"2600::1", 53}, false, {}));
}

}  // namespace
}  // namespace validator
