#include "base/message.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

namespace base {
namespace {

constexpr uint16_t kA = 1, kNs = 2, kSoa = 6, kTxt = 16, kNaptr = 35, kRrsig = 46, kOpt = 41, kHip = 55,
                   kTsig = 250;

Bytes uint16(size_t value) { return {char(value >> 8), char(value)}; }
Bytes pointer(size_t target) { return uint16(0xc000 | target); }

Bytes header(size_t questions, size_t answers, size_t authorities, size_t additionals) {
  return Bytes("\x12\x34\0\0", 4) + uint16(questions) + uint16(answers) + uint16(authorities) +
         uint16(additionals);
}

const Bytes kRoot(1, '\0');
const Bytes kCorp("\4corp\4test\0", 11);
const Bytes kQuestion = kCorp + uint16(kTxt) + uint16(1);
constexpr size_t kCorpAt = 12;  // of the first question's name

Bytes record(const Bytes& owner, uint16_t type, const Bytes& rdata) {
  return owner + uint16(type) + uint16(1) + Bytes(4, '\0') + uint16(rdata.size()) + rdata;
}

bool passes(const Bytes& message) { return check_message(message).has_value(); }

// One question for corp.test. and one answer at it.
bool passes(uint16_t type, const Bytes& rdata) {
  return passes(header(1, 1, 0, 0) + kQuestion + record(pointer(kCorpAt), type, rdata));
}

TEST(Message, PassesWhatIsWhole) {
  EXPECT_TRUE(passes(header(0, 0, 0, 0)));
  EXPECT_TRUE(passes(header(1, 0, 0, 0) + kQuestion));
  EXPECT_TRUE(passes(header(1, 1, 1, 1) + kQuestion + record(pointer(kCorpAt), kTxt, "\3abc") +
                     record(pointer(kCorpAt), kNs, Bytes("\2ns") + pointer(kCorpAt)) +
                     record(kRoot, kOpt, "")));
}

TEST(Message, IsNotPassedCutShortAnywhereOrWithOctetsBehindIt) {
  const Bytes whole = header(1, 1, 0, 1) + kQuestion +
                      record(pointer(kCorpAt), kNs, Bytes("\2ns") + pointer(kCorpAt)) +
                      record(kRoot, kOpt, "");
  ASSERT_TRUE(passes(whole));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(passes(whole.substr(0, size))) << size;
  EXPECT_FALSE(passes(whole + '\0'));
}

TEST(Message, HasAtMostTheNamedNumberOfRecords) {
  Bytes records;
  for (size_t i = 0; i < kMessageRecordsMax; ++i)
    records += record(kRoot, kA, "\1\2\3\4");
  EXPECT_TRUE(passes(header(0, kMessageRecordsMax, 0, 0) + records));
  EXPECT_FALSE(passes(header(0, kMessageRecordsMax, 1, 0) + records + record(kRoot, kA, "\1\2\3\4")));
  EXPECT_FALSE(passes(header(65535, 65535, 65535, 65535)));
}

TEST(Message, IsAtMostAsLongAsTcpAllows) {
  const auto sized = [](size_t size) {
    const size_t overhead = kMessageHeaderSize + 1 + 10;
    return header(0, 1, 0, 0) + record(kRoot, 65280, Bytes(size - overhead, 'x'));
  };
  EXPECT_TRUE(passes(sized(kMessageSizeMax)));
  EXPECT_FALSE(passes(sized(kMessageSizeMax + 1)));
}

TEST(Message, TakesPointersOnlyBackwardsAndBehindTheHeader) {
  const size_t owner_at = kMessageHeaderSize + kQuestion.size();
  const auto owned_by = [](const Bytes& owner) {
    return header(1, 1, 0, 0) + kQuestion + record(owner, kTxt, "\3abc");
  };
  EXPECT_TRUE(passes(owned_by(pointer(kCorpAt + 5))));
  EXPECT_TRUE(passes(owned_by(Bytes("\1a") + pointer(kCorpAt))));
  EXPECT_FALSE(passes(owned_by(pointer(owner_at)))) << "to itself";
  EXPECT_FALSE(passes(owned_by(Bytes("\1a") + pointer(owner_at)))) << "to the start of its own name";
  EXPECT_FALSE(passes(owned_by(pointer(owner_at + 2)))) << "forwards";
  EXPECT_FALSE(passes(owned_by(pointer(4)))) << "into the header";
  EXPECT_FALSE(passes(owned_by(pointer(0x3fff)))) << "out of the message";
}

TEST(Message, BoundsTheNumberOfPointersInAName) {
  // Owner i is a pointer to owner i - 1; the first points to the question.
  const auto chain = [](size_t length) {
    Bytes message = header(1, length, 0, 0) + kQuestion;
    size_t target = kCorpAt;
    for (size_t i = 0; i < length; ++i) {
      const size_t here = message.size();
      message += record(pointer(target), kTxt, Bytes(1, '\0'));
      target = here;
    }
    return message;
  };
  EXPECT_TRUE(passes(chain(kNamePointersMax)));
  EXPECT_FALSE(passes(chain(kNamePointersMax + 1)));
}

TEST(Message, HoldsTheLimitsOfNames) {
  const auto asks = [](const Bytes& name) { return header(1, 0, 0, 0) + name + uint16(kTxt) + uint16(1); };
  const Bytes label63 = '\x3f' + Bytes(63, 'a');
  const Bytes longest = label63 + label63 + label63 + '\x3d' + Bytes(61, 'b') + kRoot;
  ASSERT_EQ(longest.size(), 255u);
  EXPECT_TRUE(passes(asks(longest)));
  EXPECT_FALSE(passes(asks(label63 + label63 + label63 + '\x3e' + Bytes(62, 'b') + kRoot)));
  EXPECT_FALSE(passes(asks('\x40' + Bytes(64, 'a') + kRoot))) << "a label type of RFC 2673";
  EXPECT_FALSE(passes(asks('\x80' + Bytes(128, 'a') + kRoot)));
  // A pointer does not make a longer one.
  EXPECT_FALSE(passes(header(1, 1, 0, 0) + longest + uint16(kTxt) + uint16(1) +
                      record(Bytes("\1x") + pointer(kMessageHeaderSize), kTxt, "\1y")));
}

TEST(Message, FollowsTheNamesInsideRdata) {
  const Bytes name = Bytes("\2ns") + pointer(kCorpAt);
  EXPECT_TRUE(passes(kSoa, name + name + Bytes(20, '\0')));
  EXPECT_TRUE(passes(kNaptr, Bytes(4, '\0') + "\1u" + "\3sip" + kRoot + kCorp));
  EXPECT_TRUE(passes(kRrsig, Bytes(18, '\0') + kCorp + "signature"));
  EXPECT_TRUE(passes(kHip, Bytes("\2\1\0\3", 4) + "hi" + "key" + kCorp + kCorp));
  EXPECT_TRUE(passes(kNs, "")) << "RFC 2136 §2.5: an UPDATE deletes with empty RDATA";
}

TEST(Message, RefusesNamesInsideRdataThatAreNone) {
  const Bytes self = pointer(kMessageHeaderSize + kQuestion.size() + 12);
  EXPECT_FALSE(passes(kNs, self));
  EXPECT_FALSE(passes(kNs, "\2ns")) << "the name leaves its RDATA";
  EXPECT_FALSE(passes(kSoa, kCorp)) << "one of two names";
  EXPECT_FALSE(passes(kNaptr, Bytes(4, '\0') + "\1u" + "\xffsip" + kRoot + kCorp));
  EXPECT_FALSE(passes(kRrsig, Bytes(17, '\0')));
  EXPECT_FALSE(passes(kHip, Bytes("\2\1\0\xff", 4) + "hi" + "key" + kCorp));
  EXPECT_FALSE(passes(kHip, Bytes("\2\1\0\3", 4) + "hi" + "key" + "\4corp"));
  // Nothing is read into RDATA of which nothing is known.
  EXPECT_TRUE(passes(kTxt, self));
  EXPECT_TRUE(passes(65280, self));
}

TEST(Message, HasOneOptAtTheRootOfTheAdditionalSection) {
  const Bytes opt = record(kRoot, kOpt, "");
  EXPECT_TRUE(passes(header(0, 0, 0, 1) + opt));
  EXPECT_FALSE(passes(header(0, 0, 0, 2) + opt + opt));
  EXPECT_FALSE(passes(header(0, 1, 0, 0) + opt));
  EXPECT_FALSE(passes(header(0, 0, 1, 0) + opt));
  EXPECT_FALSE(passes(header(0, 0, 0, 1) + record(kCorp, kOpt, "")));
  EXPECT_FALSE(passes(header(1, 0, 0, 1) + kRoot + uint16(1) + uint16(1) + record(pointer(12), kOpt, "")))
      << "a pointer to a root is not one";
}

TEST(Message, HasTsigAsItsLastRecordOnly) {
  const Bytes tsig = record(kCorp, kTsig, kCorp + Bytes(16, '\0'));
  const Bytes opt = record(kRoot, kOpt, "");
  EXPECT_TRUE(passes(header(0, 0, 0, 2) + opt + tsig));
  EXPECT_FALSE(passes(header(0, 0, 0, 2) + tsig + opt));
  EXPECT_FALSE(passes(header(0, 0, 0, 2) + tsig + tsig));
  EXPECT_FALSE(passes(header(0, 1, 0, 0) + tsig));
  EXPECT_FALSE(passes(header(0, 0, 1, 0) + tsig));
}

}  // namespace
}  // namespace base
