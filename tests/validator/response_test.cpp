#include "validator/response.h"

#include <gmock/gmock.h>

#include "tests/support/dns_message.h"
#include "validator/query.h"
#include "validator/resolver.h"

namespace validator {
namespace {

using base::Bytes;
using base::ErrorKind;
using support::name;
using support::question;
using testing::HasSubstr;
using testing::SizeIs;

Response parsed(const Bytes& message) {
  const auto response = parse_response(message);
  EXPECT_TRUE(response) << (response ? "" : response.error().detail);
  return response.value_or(Response());
}

TEST(ResponseOf, HasFlagsCodeAndSections) {
  const auto response = parsed(support::Response(question("a.test", kTxt))
                                   .rcode(kNxdomain)
                                   .answer("a.test", kTxt, support::txt("one"), 30)
                                   .soa("test")
                                   .additional("ns.test", kA, Bytes("\x7f\0\0\1", 4))
                                   .bytes());
  EXPECT_TRUE(response.authoritative);
  EXPECT_FALSE(response.truncated);
  EXPECT_FALSE(response.recursion_available);
  EXPECT_EQ(response.rcode, kNxdomain);
  EXPECT_EQ(response.question, name("a.test"));
  EXPECT_EQ(response.question_type, kTxt);
  ASSERT_THAT(Response::find(response.answer, name("A.TEST"), kTxt), SizeIs(1));
  EXPECT_EQ(response.answer.front().ttl, 30u);
  EXPECT_THAT(Response::find(response.answer, name("b.test"), kTxt), SizeIs(0));
  const Record* soa = Response::first(response.authority, kSoa);
  ASSERT_NE(soa, nullptr);
  EXPECT_EQ(parse_soa(soa->rdata)->minimum, 60u);
  EXPECT_EQ(parse_soa(soa->rdata)->serial, 1u);
  EXPECT_EQ(endpoint_of(response.additional.front().rdata, 53)->text(), "127.0.0.1:53");
}

TEST(ResponseOf, ReadsEdnsAndTheUpperBitsOfTheCode) {
  Bytes message = support::Response(question("a.test", kTxt)).bytes();
  message[11] = 1;
  const auto response = parsed(message + Bytes("\0\0\x29\x04\xd0\1\2\x80\0\0\0", 11));
  EXPECT_EQ(response.rcode, kBadvers);
  EXPECT_EQ(response.edns, (EdnsSeen{1232, 2, true}));
  EXPECT_THAT(response.additional, SizeIs(0));
}

TEST(ResponseOf, MakesCompressedNamesWhole) {
  const auto response = parsed(support::Response(question("a.test", kNs))
                                   .answer("a.test", kNs, Bytes("\2ns\xc0\x0c", 5))
                                   .answer("a.test", kMx, Bytes("\0\5\xc0\x0c", 4))
                                   .bytes());
  EXPECT_EQ(response.answer[0].rdata, name("ns.a.test").wire());
  EXPECT_EQ(response.answer[1].rdata, Bytes("\0\5", 2) + Bytes(name("a.test").wire()));
}

TEST(ResponseOf, RefusesWhatIsNone) {
  const Bytes good = support::Response(question("a.test", kTxt)).bytes();
  Bytes query = good;
  query[2] = char(query[2] & 0x7f);
  for (const Bytes& bad :
       {Bytes(), good.substr(0, 11), good + '\0', query,
        support::Response(question("a.test", kNs)).answer("a.test", kNs, "\3ns").bytes()}) {
    const auto response = parse_response(bad);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().kind, ErrorKind::malformed);
  }
}

TEST(ResponseOf, TellsCodesTypesAndAddresses) {
  EXPECT_EQ(rcode_text(kRefused), "REFUSED");
  EXPECT_EQ(rcode_text(23), "RCODE23");
  EXPECT_EQ(type_text(kCaa), "CAA");
  EXPECT_EQ(type_text(65280), "TYPE65280");
  EXPECT_EQ(endpoint_of(Bytes("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16), 53)->text(), "[2001:db8::1]:53");
  EXPECT_FALSE(endpoint_of("abc", 53));
  EXPECT_FALSE(parse_soa("abc"));
}

TEST(QueryMessage, AsksOneQuestionWithEdns) {
  const Bytes message =
      query_message({.name = name("a.test"), .type = kTxt, .recursion_desired = true}, 0x1234);
  EXPECT_EQ(message, Bytes("\x12\x34\1\0\0\1\0\0\0\0\0\1", 12) + Bytes("\1a\4test\0\0\x10\0\1", 12) +
                         Bytes("\0\0\x29\x04\xd0\0\0\0\0\0\0", 11));
}

TEST(QueryMessage, CanSayOtherThingsOfEdnsOrNothing) {
  Query query{.name = name("a.test"), .type = kTxt, .edns = std::nullopt};
  EXPECT_THAT(query_message(query, 0), SizeIs(24));
  query.edns = Edns{.size = 512, .version = 1, .dnssec_ok = true, .unknown_option = true};
  EXPECT_THAT(query_message(query, 0).substr(24), Bytes("\0\0\x29\2\0\0\1\x80\0\0\4\xff\x98\0\0", 15));
}

TEST(MixedCase, FlipsLettersAlone) {
  EXPECT_EQ(with_mixed_case(name("ab1-c.test"), "\xff").wire(), name("AB1-C.TEST").wire());
  EXPECT_EQ(with_mixed_case(name("ab.test"), "\x02").wire(), name("aB.test").wire());
  EXPECT_EQ(with_mixed_case(name("."), "\xff"), name("."));
}

}  // namespace
}  // namespace validator
