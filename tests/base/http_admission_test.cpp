#include "base/http/admission.h"

#include <gtest/gtest.h>

namespace base::http {
namespace {

TEST(Admission, HoldsTheLimitOfAllConnections) {
  Admission admission(2, 10);
  EXPECT_TRUE(admission.enter("192.0.2.1"));
  EXPECT_TRUE(admission.enter("192.0.2.2"));
  EXPECT_FALSE(admission.enter("192.0.2.3"));
  admission.leave("192.0.2.1");
  EXPECT_TRUE(admission.enter("192.0.2.3"));
}

TEST(Admission, HoldsTheLimitOfOneAddress) {
  Admission admission(10, 1);
  EXPECT_TRUE(admission.enter("192.0.2.1"));
  EXPECT_FALSE(admission.enter("192.0.2.1"));
  EXPECT_TRUE(admission.enter("192.0.2.2"));
  admission.leave("192.0.2.1");
  EXPECT_TRUE(admission.enter("192.0.2.1"));
}

TEST(Admission, TakesAnIpv6NetworkOf64BitsForOneClient) {
  Admission admission(10, 1);
  EXPECT_TRUE(admission.enter("2001:db8::1"));
  EXPECT_FALSE(admission.enter("2001:db8::ffff:2"));
  EXPECT_TRUE(admission.enter("2001:db8:0:1::1"));
}

TEST(Admission, TakesAMappedAddressForTheIpv4ClientItIs) {
  Admission admission(10, 1);
  EXPECT_TRUE(admission.enter("::ffff:192.0.2.1"));
  EXPECT_FALSE(admission.enter("192.0.2.1"));
  EXPECT_TRUE(admission.enter("::ffff:192.0.2.2"));
}

}  // namespace
}  // namespace base::http
