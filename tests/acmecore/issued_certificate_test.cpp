#include "acmecore/issued_certificate.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::ErrorKind;

TEST(RevocationReason, IsOneThatASubscriberMayGive) {
  EXPECT_EQ(parse_reason(std::nullopt), RevocationReason::unspecified);
  for (int64_t code : {0, 1, 3, 4, 5})
    EXPECT_EQ(int64_t(*parse_reason(code)), code);
  for (int64_t code : {int64_t(2), int64_t(6), int64_t(7), int64_t(8), int64_t(9), int64_t(10), int64_t(11),
                       int64_t(99), int64_t(-1), int64_t(2147483648), INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(parse_reason(code).error().kind, ErrorKind::bad_revocation_reason) << code;
  }
}

}  // namespace
}  // namespace acmecore
