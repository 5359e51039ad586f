#include "dnsserver/master_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsserver/rdata.h"

namespace dnsserver {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

// Records as everything writes them, then what was found, as "LINE: text".
Lines read(std::string_view text, std::string_view origin = "corp.test") {
  std::optional<Name> first;
  if (!origin.empty()) first = Name::parse(origin).value();
  MasterRecords records(text, first);
  Lines lines;
  Findings findings;
  while (const auto record = records.next(findings)) {
    lines.push_back(record->owner.text() + " " + std::to_string(record->ttl) + " " + type_text(record->type) +
                    " " + rdata_text(record->type, record->rdata));
  }
  for (const Finding& finding : findings)
    lines.push_back(std::to_string(finding.line) + ": " + finding.text);
  return lines;
}

TEST(MasterRecords, HaveOwnersRelativeToTheOrigin) {
  EXPECT_THAT(
      read("@ 1 A 192.0.2.1\nwww 1 A 192.0.2.1\nwww.other.test. 1 A 192.0.2.1\na\\. 1 A 192.0.2.1\n"
           "$ORIGIN sub\nx 1 A 192.0.2.1\n$origin .\ny 1 A 192.0.2.1"),
      ElementsAre("corp.test. 1 A 192.0.2.1", "www.corp.test. 1 A 192.0.2.1", "www.other.test. 1 A 192.0.2.1",
                  "a\\..corp.test. 1 A 192.0.2.1", "x.sub.corp.test. 1 A 192.0.2.1", "y. 1 A 192.0.2.1"));
}

TEST(MasterRecords, HaveNamesInRdataRelativeToTheOrigin) {
  EXPECT_THAT(
      read(
          "a 1 NS ns1\na 1 MX 10 @\na 1 MX 0 .\na 1 SRV 0 0 1 h.x.\na 1 CNAME b\\.\na 1 HTTPS 1 svc alpn=h2\n"
          "a 1 TXT @x ns1\na 1 NAPTR 1 1 \"u\" \"a b\" \"\" rep\na 1 SOA ns1 root ( 1 2h 3 4 1w )"),
      ElementsAre("a.corp.test. 1 NS ns1.corp.test.", "a.corp.test. 1 MX 10 corp.test.",
                  "a.corp.test. 1 MX 0 .", "a.corp.test. 1 SRV 0 0 1 h.x.",
                  "a.corp.test. 1 CNAME b\\..corp.test.", "a.corp.test. 1 HTTPS 1 svc.corp.test. alpn=h2",
                  "a.corp.test. 1 TXT \"@x\" \"ns1\"",
                  "a.corp.test. 1 NAPTR 1 1 \"u\" \"a b\" \"\" rep.corp.test.",
                  "a.corp.test. 1 SOA ns1.corp.test. root.corp.test. 1 7200 3 4 604800"));
}

TEST(MasterRecords, TakeWhatIsLeftOutFromTheRecordBefore) {
  EXPECT_THAT(
      read("a 7 A 192.0.2.1\n  A 192.0.2.2\n  8 TXT x\n  TXT y\nb TXT z"),
      ElementsAre("a.corp.test. 7 A 192.0.2.1", "a.corp.test. 7 A 192.0.2.2", "a.corp.test. 8 TXT \"x\"",
                  "a.corp.test. 8 TXT \"y\"", "b.corp.test. 8 TXT \"z\""));
}

TEST(MasterRecords, TakeTheDefaultTtlFirst) {
  EXPECT_THAT(
      read("$TTL 1h\na 7 TXT x\n  TXT y\n$TTL 5\n  TXT z"),
      ElementsAre("a.corp.test. 7 TXT \"x\"", "a.corp.test. 3600 TXT \"y\"", "a.corp.test. 5 TXT \"z\""));
}

TEST(MasterRecords, TakeTtlAndClassInEitherOrder) {
  EXPECT_THAT(read("a 7 IN TXT x\nb in 8 TXT x\nc CLASS1 TXT x\nin 9 TXT x"),
              ElementsAre("a.corp.test. 7 TXT \"x\"", "b.corp.test. 8 TXT \"x\"", "c.corp.test. 8 TXT \"x\"",
                          "in.corp.test. 9 TXT \"x\""));
}

TEST(MasterRecords, OfASoaWithoutATtlTakeItsMinimum) {
  EXPECT_THAT(read("@ SOA a. b. 1 2 3 4 5\n@ NS a."),
              ElementsAre("corp.test. 5 SOA a. b. 1 2 3 4 5", "corp.test. 5 NS a.",
                          "1: there is no TTL and no $TTL; the SOA's MINIMUM, 5 s, is taken"));
}

TEST(MasterRecords, AreOfAnyTypeInTheGenericForm) {
  EXPECT_THAT(read("a 1 TYPE65280 \\# 4 ( C000\n 0201 )\na 1 TYPE1 192.0.2.1\na 1 A \\# 4 C0000201\n"
                   "a 1 SOA \\# 22 00 00 00000001 00000002 00000003 00000004 00000005"),
              ElementsAre("a.corp.test. 1 TYPE65280 \\# 4 c0000201", "a.corp.test. 1 A 192.0.2.1",
                          "a.corp.test. 1 A 192.0.2.1", "a.corp.test. 1 SOA . . 1 2 3 4 5"));
}

TEST(MasterRecords, AreToldOneByOneWhereTheyAreNone) {
  EXPECT_THAT(
      read(" A 192.0.2.1\na A 192.0.2.1\na 1 CH TXT x\na 1 NOSUCH x\na 1 A 192.0.2.256\na..b 1 A 192.0.2.1\n"
           "a 1h2x A 192.0.2.1\na 1\na 1 SOA a. b. 1 2 3 4\na 1 SOA a. b. 1 2 3 99999999999 5\nb 1 TXT ok",
           "corp.test"),
      ElementsAre("b.corp.test. 1 TXT \"ok\"", "1: no owner stands in front, and there is no record before",
                  "2: there is no TTL, neither here nor in a record or $TTL before",
                  "3: class CH is not held here, IN is",
                  "4: \"NOSUCH\" is not an RR type that is known here; TYPEnnn names any",
                  testing::StartsWith("5: \"192.0.2.256\" is no RDATA of type A: "),
                  "6: \"a..b\" is not a domain name: it has an empty label",
                  "7: \"1h2x\" is no TTL up to 2^31 - 1 seconds", "8: the entry ends before its type",
                  "9: a SOA has two names and five numbers",
                  "10: \"99999999999\" in the SOA is no time up to 2^31 - 1 seconds"));
}

TEST(MasterRecords, DoNotComeFromElsewhere) {
  EXPECT_THAT(read("$INCLUDE other.zone\n$GENERATE 1-9 a$ A 192.0.2.$\n$UNKNOWN x\n$ORIGIN\n$TTL x\n$TTL 1\n"
                   "a TXT x"),
              ElementsAre("a.corp.test. 1 TXT \"x\"",
                          "1: $INCLUDE is not read here: put what it stands for into the file",
                          "2: $GENERATE is not read here: put what it stands for into the file",
                          "3: \"$UNKNOWN\" is no control entry", "4: $ORIGIN wants one thing behind it",
                          "5: \"x\" is no TTL up to 2^31 - 1 seconds"));
}

TEST(MasterRecords, WithoutAnOriginHaveAbsoluteNamesOnly) {
  EXPECT_THAT(read("a 1 TXT x\n@ 1 TXT x\na. 1 NS b\na. 1 NS b.\n$ORIGIN c\n$ORIGIN c.\nd 1 TXT x", ""),
              ElementsAre("a. 1 NS b.", "d.c. 1 TXT \"x\"", "1: \"a\" is relative, and there is no origin",
                          "2: \"@\" is relative, and there is no origin",
                          "3: \"b\" is relative, and there is no origin",
                          "5: \"c\" is relative, and there is no origin"));
}

TEST(MasterRecords, HaveNamesWithinTheirLimit) {
  const std::string label(63, 'x');
  const std::string long_name = label + "." + label + "." + label;
  EXPECT_THAT(read(long_name + "." + std::string(51, 'y') + " 1 TXT x").size(), 1u);
  EXPECT_THAT(read(long_name + "." + std::string(52, 'y') + " 1 TXT x"),
              ElementsAre(testing::HasSubstr("under corp.test. is longer than 255 octets")));
}

// What ldns would take for the origin, whatever comes behind it.
TEST(MasterRecords, NeverLoseALabelThatIsAnAtSign) {
  EXPECT_THAT(read("a 1 NS \\@.x.\na 1 NS \\# 5 014001 7800\n\\@ 1 TXT x"),
              ElementsAre("a.corp.test. 1 NS \\# 5 0140017800", "\\@.corp.test. 1 TXT \"x\"",
                          testing::HasSubstr("write a name whose first label is @ in the form \\#")));
}

TEST(MasterRecords, CountTtlsInUnits) {
  EXPECT_EQ(parse_ttl("0"), 0u);
  EXPECT_EQ(parse_ttl("1w2D3h4m5s"), 788'645u);
  EXPECT_EQ(parse_ttl("1h30"), 3630u);
  EXPECT_EQ(parse_ttl("2147483647"), 2147483647u);
  for (std::string_view text :
       {"", "h", "1y", "1h-", "2147483648", "99999999999999999999", "4000w", "-1", " 1"})
    EXPECT_EQ(parse_ttl(text), std::nullopt) << text;
}

}  // namespace
}  // namespace dnsserver
