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

constexpr std::string_view kReplies =
    "[1] libunbound[1:0] info: resolving x.test. TXT IN\n"
    "[1] libunbound[1:0] info: response for x.test. TXT IN\n"
    "[1] libunbound[1:0] info: reply from <.> 2001:db8::1#53\n"
    "[1] libunbound[1:0] info: query response was REFERRAL\n"
    "[1] libunbound[1:0] info: response for x.test. TXT IN\n"
    "[1] libunbound[1:0] info: reply from <test.> 192.0.2.1#53\n"
    "[1] libunbound[1:0] info: query response was ANSWER\n"
    "[1] libunbound[1:0] info: response for test. DNSKEY IN\n"
    "[1] libunbound[1:0] info: reply from <test.> 192.0.2.2#53\n";

TEST(LastServer, IsTheLastThatRespondedToTheQuestion) {
  EXPECT_EQ(last_server(kReplies, "x.test. TXT"), "192.0.2.1#53 (test.)");
  EXPECT_EQ(last_server(kReplies, "test. DNSKEY"), "192.0.2.2#53 (test.)");
  EXPECT_EQ(last_server(kReplies.substr(0, kReplies.find("REFERRAL")), "x.test. TXT"), "2001:db8::1#53 (.)");
}

TEST(LastServer, IsEmptyWhereNoneDid) {
  EXPECT_EQ(last_server("", "x.test. TXT"), "");
  EXPECT_EQ(last_server(kReplies, "x.test. TX"), "");
  EXPECT_EQ(last_server(kReplies, "y.test. TXT"), "");
  EXPECT_EQ(last_server("info: response for x.test. TXT IN\n", "x.test. TXT"), "");
  EXPECT_EQ(last_server("info: response for x.test. TXT IN\ninfo: reply from <cut", "x.test. TXT"), "");
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
