#include "validator/answer.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/support/dns_message.h"

namespace validator {
namespace {

using base::Bytes;
using support::kTxt;
using support::name;
using support::question;
using support::Response;
using support::txt;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint16_t kMx = 15;

std::string why_not(const Response& response) {
  const auto answer = parse_answer(response.bytes());
  return answer ? "no error" : answer.error().detail;
}

TEST(Answer, HasTheWholeRrset) {
  const auto answer = parse_answer(Response(question("a.test", kTxt))
                                       .answer("a.test", kTxt, txt("one"))
                                       .answer("A.test", kTxt, txt({"t", "wo"}))
                                       .bytes());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, support::kNoerror);
  EXPECT_THAT(answer->path, ElementsAre(name("a.test")));
  EXPECT_THAT(answer->rdata, ElementsAre(txt("one"), txt({"t", "wo"})));
}

TEST(Answer, FollowsCnamesInWhateverOrderTheyStand) {
  const auto answer = parse_answer(Response(question("a.test", kTxt))
                                       .answer("c.test", kTxt, txt("end"))
                                       .cname("B.test", "c.test")
                                       .cname("a.test", "b.test")
                                       .bytes());
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->path, ElementsAre(name("a.test"), name("b.test"), name("c.test")));
  EXPECT_THAT(answer->rdata, ElementsAre(txt("end")));
}

TEST(Answer, KeepsThePathToANameThatDoesNotExist) {
  const auto answer = parse_answer(Response(question("a.test", kTxt))
                                       .rcode(support::kNxdomain)
                                       .cname("a.test", "b.test")
                                       .soa("test")
                                       .bytes());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, support::kNxdomain);
  EXPECT_THAT(answer->path, ElementsAre(name("a.test"), name("b.test")));
  EXPECT_THAT(answer->rdata, IsEmpty());
}

// RFC 2308 §3.
TEST(Answer, TellsADenialFromAReferral) {
  const auto denial = parse_answer(Response(question("a.test", kTxt)).soa("test").bytes());
  EXPECT_TRUE(denial->has_soa);
  const auto referral = parse_answer(
      Response(question("a.test", kTxt)).authority("test", support::kNs, name("ns.test").wire()).bytes());
  EXPECT_FALSE(referral->has_soa);
  EXPECT_FALSE(parse_answer(Response(question("a.test", kTxt)).additional("test", support::kSoa, "").bytes())
                   ->has_soa);
}

TEST(Answer, TellsWhichDnamesThePathCameBy) {
  const auto answer = parse_answer(Response(question("x.a.test", kTxt))
                                       .answer("a.test", support::kDname, name("b.test").wire())
                                       .cname("x.a.test", "x.b.test")
                                       .answer("x.b.test", kTxt, txt("end"))
                                       .bytes());
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->dnames, ElementsAre(name("a.test")));
  EXPECT_THAT(answer->rdata, ElementsAre(txt("end")));
}

TEST(Answer, DoesNotFollowACnameThatWasAskedFor) {
  const auto answer =
      parse_answer(Response(question("a.test", support::kCname)).cname("a.test", "b.test").bytes());
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->path, ElementsAre(name("a.test")));
  EXPECT_THAT(answer->rdata, ElementsAre(Bytes(name("b.test").wire())));
}

TEST(Answer, IgnoresRecordsBesideThePath) {
  const auto answer = parse_answer(Response(question("a.test", kTxt))
                                       .answer("b.test", kTxt, txt("other owner"))
                                       .answer("a.test", kMx, "\0\1\0")
                                       .cname("b.test", "a.test")
                                       .authority("a.test", kTxt, txt("authority"))
                                       .additional("a.test", kTxt, txt("additional"))
                                       .bytes());
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->path, ElementsAre(name("a.test")));
  EXPECT_THAT(answer->rdata, IsEmpty());
}

TEST(Answer, RefusesCnamesInACircle) {
  EXPECT_THAT(why_not(Response(question("a.test", kTxt)).cname("a.test", "b.test").cname("b.test", "A.test")),
              HasSubstr("CNAME loop at b.test."));
  EXPECT_THAT(why_not(Response(question("a.test", kTxt)).cname("a.test", "a.test")), HasSubstr("CNAME loop"));
}

// RFC 1034 §3.6.2.
TEST(Answer, RefusesDataBesideACname) {
  EXPECT_THAT(
      why_not(Response(question("a.test", kTxt)).answer("a.test", kTxt, txt("x")).cname("a.test", "b.test")),
      HasSubstr("a CNAME and other data at a.test."));
  EXPECT_THAT(why_not(Response(question("a.test", kTxt)).cname("a.test", "b.test").cname("a.test", "c.test")),
              HasSubstr("two CNAMEs at a.test."));
  EXPECT_TRUE(parse_answer(
      Response(question("a.test", kTxt)).cname("a.test", "b.test").cname("a.test", "b.test").bytes()));
}

TEST(Answer, ReadsACnameChainUpToItsLimit) {
  Response response(question("c0.test", kTxt));
  for (size_t i = 0; i < kCnamesRead; ++i)
    response.cname("c" + std::to_string(i) + ".test", "c" + std::to_string(i + 1) + ".test");
  ASSERT_TRUE(parse_answer(response.bytes()));
  EXPECT_EQ(parse_answer(response.bytes())->path.size(), kCnamesRead + 1);
  response.cname("c" + std::to_string(kCnamesRead) + ".test", "end.test");
  EXPECT_THAT(why_not(response), HasSubstr("more than 16 CNAMEs"));
}

TEST(Answer, HoldsAThousandValues) {
  Response response(question("a.test", kTxt));
  for (int i = 0; i < 1000; ++i)
    response.answer("a.test", kTxt, txt(std::to_string(i)));
  const auto answer = parse_answer(response.bytes());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rdata.size(), 1000u);
  EXPECT_EQ(answer->rdata.back(), txt("999"));
}

TEST(Answer, IsRefusedWhereItIsCutShort) {
  const Bytes whole = Response(question("a.test", kTxt))
                          .cname("a.test", "b.test")
                          .answer("b.test", kTxt, txt("x"))
                          .soa("test")
                          .bytes();
  ASSERT_TRUE(parse_answer(whole));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_answer(base::BytesView(whole).substr(0, size))) << size;
}

TEST(Answer, IsRefusedWithoutExactlyOneQuestionOfClassIn) {
  const Bytes good = Response(question("a.test", kTxt)).bytes();
  for (const char count : {'\0', '\2'}) {
    Bytes message = good;
    message[5] = count;
    EXPECT_FALSE(parse_answer(message));
  }
  Bytes chaos = good;
  chaos.back() = '\3';
  EXPECT_FALSE(parse_answer(chaos));
}

// The question's name stands at 12; what is behind it is an answer whose owner is `owner`.
Bytes with_owner(std::string_view owner) {
  Bytes message = Response(question("a.test", kTxt)).bytes();
  message[7] = 1;
  return message + Bytes(owner) + Bytes("\0\x10\0\1\0\0\0\0\0\2\1x", 12);
}

TEST(Answer, ReadsCompressedNames) {
  const auto answer = parse_answer(with_owner("\xc0\x0c"));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->rdata, ElementsAre(txt("x")));
  ASSERT_TRUE(parse_answer(with_owner("\1b\xc0\x0e")));
}

TEST(Answer, RefusesPointersThatDoNotPointBackwards) {
  const Bytes plain = with_owner("");
  const char at = char(plain.size() - 12);
  const std::string itself{'\xc0', at};
  const std::string forward{'\xc0', char(at + 4)};
  const std::string around = std::string("\1b") + itself;
  for (const auto& owner : {itself, forward, around})
    EXPECT_FALSE(parse_answer(with_owner(owner)));
  EXPECT_FALSE(parse_answer(with_owner("\x80\x01"))) << "a label type that does not exist";
}

TEST(Answer, RefusesNamesBeyondTheirLimits) {
  const std::string label = std::string(1, '\x3f') + std::string(63, 'a');
  const std::string longest =
      label + label + label + std::string(1, '\x3d') + std::string(61, 'b') + std::string(1, '\0');
  EXPECT_TRUE(parse_answer(with_owner(longest)));
  const std::string longer =
      label + label + label + std::string(1, '\x3e') + std::string(62, 'b') + std::string(1, '\0');
  EXPECT_FALSE(parse_answer(with_owner(longer)));
}

}  // namespace
}  // namespace validator
