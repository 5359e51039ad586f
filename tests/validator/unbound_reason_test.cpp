#include "validator/net/unbound_reason.h"

#include <gtest/gtest.h>

namespace validator {
namespace {

const std::string kLog =
    "[1795410296] libunbound[12501:0] error: could not open socket\n"
    "[1795410296] libunbound[12501:0] error: SERVFAIL <a.test. TXT IN>: of another look-up\n"
    "[1795410297] libunbound[12501:0] error: SERVFAIL <b.test. TXT IN>: all servers failed, from 192.0.2.1 "
    "timeout\n"
    "[1795410297] libunbound[12501:0] error: something else\n";

TEST(ServfailReason, IsThatOfTheLastLookup) {
  EXPECT_EQ(servfail_reason(kLog), "all servers failed, from 192.0.2.1 timeout");
}

TEST(ServfailReason, IsEmptyWhereTheLogHasNone) {
  EXPECT_EQ(servfail_reason(""), "");
  EXPECT_EQ(servfail_reason("error: something else\n"), "");
  EXPECT_EQ(servfail_reason("error: SERVFAIL <cut sho"), "");
}

TEST(ServfailReason, IsPrintableAndBounded) {
  EXPECT_EQ(servfail_reason("SERVFAIL <x. TXT IN>: a\x1b[2J\xff"
                            "b\nnext"),
            "a?[2J?b");
  const std::string longest(kWhySizeMax, 'x');
  EXPECT_EQ(servfail_reason("SERVFAIL <x. TXT IN>: " + longest), longest);
  EXPECT_EQ(servfail_reason("SERVFAIL <x. TXT IN>: " + longest + "y"), longest);
}

TEST(BogusReason, LeavesOutTheQuestion) {
  EXPECT_EQ(bogus_reason("validation failure <x. TXT IN>: signature expired from 192.0.2.1"),
            "signature expired from 192.0.2.1");
  EXPECT_EQ(bogus_reason("no keys"), "no keys");
  EXPECT_EQ(bogus_reason(std::string(kWhySizeMax + 1, 'x')).size(), kWhySizeMax);
}

TEST(FirstError, IsWhereTheTroubleBegan) {
  EXPECT_EQ(first_error(kLog), "could not open socket");
  EXPECT_EQ(first_error("[1] libunbound[1:0] warning: nothing bad\n"), "");
}

}  // namespace
}  // namespace validator
