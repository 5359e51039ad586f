#include "app/system_resolvers.h"

#include <gmock/gmock.h>

namespace app {
namespace {

using base::Endpoint;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ResolversIn, AreThoseThatResolvConfNames) {
  EXPECT_THAT(resolvers_in("# nameserver 192.0.2.9\nsearch corp.test\nnameserver 192.0.2.1\n"
                           "  nameserver\t2001:db8::1 # second\noptions edns0\n"),
              ElementsAre(Endpoint{"192.0.2.1", 53}, Endpoint{"2001:db8::1", 53}));
}

TEST(ResolversIn, LeaveOutWhatIsNoAddressAndMoreThanLibcUses) {
  EXPECT_THAT(resolvers_in("nameserver\nnameserver resolver.test\nnameserver fe80::1%eth0\n"), IsEmpty());
  EXPECT_THAT(
      resolvers_in("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4"),
      ElementsAre(Endpoint{"192.0.2.1", 53}, Endpoint{"192.0.2.2", 53}, Endpoint{"192.0.2.3", 53}));
}

}  // namespace
}  // namespace app
