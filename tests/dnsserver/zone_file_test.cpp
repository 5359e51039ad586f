#include "dnsserver/zone_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsserver/check_zone.h"
#include "dnsserver/node.h"
#include "dnsserver/zone_file_text.h"

namespace dnsserver {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Lines = std::vector<std::string>;

constexpr std::string_view kHead = "@ 60 SOA ns1 host 7 3600 900 604800 5\n@ 60 NS ns1\nns1 60 A 192.0.2.1\n";

ZoneFile read(std::string_view text) { return read_zone_file(text, Name::parse("corp.test").value()); }

// What is found, as "LINE SEVERITY: text".
Lines found_in(std::string_view text) {
  Lines lines;
  for (const Finding& finding : read(text).findings)
    lines.push_back(std::to_string(finding.line) + " " + name_of(finding.severity) + ": " + finding.text);
  return lines;
}

// Behind three lines that are well.
Lines found_behind_head(std::string_view text) { return found_in(std::string(kHead) + std::string(text)); }

std::string text_of(const ZoneFile& file) {
  std::string text = zone_file_head(file.zone);
  for (const RRset& rrset : file.rrsets)
    text += zone_file_lines(rrset);
  return text;
}

TEST(ZoneFile, IsAZoneAndItsRRsetsInTheOrderOfNames) {
  const ZoneFile file = read(
      "@ 60 SOA ns2 Host 7 3600 900 604800 5\n@ 60 NS ns1.other.test.\n@ 60 NS ns2\nns2 60 A 192.0.2.1\n"
      "b.a 5 TXT x\nb.a 5 TXT y\na 5 A 192.0.2.1\na 5 AAAA ::1\n@ 9 MX 0 .\n");
  EXPECT_THAT(file.findings, IsEmpty());
  EXPECT_EQ(file.record_count, 9u);
  EXPECT_EQ(text_of(file),
            "; Zone corp.test. with serial 7\n"
            "corp.test. 60 IN SOA ns2.corp.test. Host.corp.test. 7 3600 900 604800 5\n"
            "corp.test. 60 IN NS ns2.corp.test.\ncorp.test. 60 IN NS ns1.other.test.\n"
            "corp.test. 9 IN MX 0 .\n"
            "a.corp.test. 5 IN A 192.0.2.1\na.corp.test. 5 IN AAAA ::1\n"
            "b.a.corp.test. 5 IN TXT \"x\"\nb.a.corp.test. 5 IN TXT \"y\"\n"
            "ns2.corp.test. 60 IN A 192.0.2.1\n");
}

TEST(ZoneFile, IsReadBackAsItWasWritten) {
  const ZoneFile file =
      read(std::string(kHead) +
           "Www 5 A 192.0.2.1\nt 7 TXT \"a;b\" \"\\\"\" \"\xc3\xbc\"\nx TYPE65280 \\# 2 abcd\n"
           "*.w CNAME www\ns HTTPS 1 . alpn=h2\n\\@ TXT at\na\\.b TXT dot\n\\000 TXT null\n");
  const ZoneFile again = read_zone_file(text_of(file), std::nullopt);
  EXPECT_THAT(file.findings, IsEmpty());
  EXPECT_EQ(again.zone, file.zone);
  EXPECT_EQ(again.rrsets, file.rrsets);
  EXPECT_THAT(again.findings, IsEmpty());
}

TEST(ZoneFile, HasASoaAndNameServers) {
  EXPECT_THAT(found_in(""), ElementsAre("0 error: there is no SOA, so it is not known which zone this is"));
  EXPECT_THAT(found_in("@ 60 SOA ns1 host 7 1 2 3 4\nx.other. 60 TXT x"),
              ElementsAre("2 error: x.other. TXT lies outside the zone corp.test.",
                          "0 error: corp.test. has no NS, and a zone needs at least one (RFC 1034 §4.2.1)"));
  EXPECT_THAT(
      found_behind_head("@ 60 SOA ns1 host 8 3600 900 604800 5\nx 60 SOA ns1 host 7 3600 900 604800 5"),
      ElementsAre("4 error: corp.test. SOA: there is a SOA in line 1, and a zone has one",
                  "5 error: x.corp.test. SOA: there is a SOA in line 1, and a zone has one"));
  EXPECT_THAT(found_behind_head("@ 60 SOA ns1 host 7 3600 900 604800 5"),
              ElementsAre("4 warning: the SOA stands in line 1 already"));
}

TEST(ZoneFile, HasAZoneThatThisServerCanHold) {
  EXPECT_THAT(found_in(". 60 SOA a. b. 1 2 3 4 5\n. 60 NS a.test."),
              testing::Contains(HasSubstr("1 error: apex: . cannot be a zone here")));
  std::string crowd;
  for (size_t i = 0; i < kNameServersMax; ++i)
    crowd += "@ 60 NS ns" + std::to_string(i) + ".other.test.\n";
  EXPECT_THAT(found_behind_head(crowd), ElementsAre("1 error: name_servers: corp.test. has more than 16"));
}

TEST(ZoneFile, TellsAllThatIsWrongWithItsLine) {
  EXPECT_THAT(found_behind_head("www 60 A 192.0.2.1\n"
                                "www 60 CNAME ns1\n"
                                "a.other. 60 TXT x\n"
                                "b 60 A 192.0.2.300\n"
                                "c 60 CNAME a\nc 60 CNAME b\n"
                                "d 60 RRSIG A 13 2 60 20260101000000 20250101000000 1 corp.test. AAAA\n"
                                "@ 60 CNAME ns1\n"
                                "e 60 TYPE200 \\# 0\n"),
              ElementsAre("4 error: a CNAME and other data cannot stand at one name, www.corp.test.",
                          "6 error: a.other. TXT lies outside the zone corp.test.",
                          HasSubstr("7 error: \"192.0.2.300\" is no RDATA of type A"),
                          "8 error: rdata: c.corp.test. CNAME has more than one record",
                          HasSubstr("10 error: type: signatures and denials are made by the server"),
                          "11 error: corp.test. CNAME cannot stand at the apex of a zone",
                          "12 error: type: e.corp.test. TYPE200 is no type of data"));
}

TEST(ZoneFile, HasNothingBelowADelegationButAddresses) {
  EXPECT_THAT(found_behind_head("sub 60 NS ns.sub\nsub 60 NS ns.other.test.\nns.sub 60 A 192.0.2.2\n"
                                "sub 60 DS 1 13 2 00\nsub2 60 TXT x\n"),
              IsEmpty());
  EXPECT_THAT(
      found_behind_head("sub 60 NS ns.sub\nns.sub 60 A 192.0.2.2\nsub 60 TXT x\nx.sub 60 TXT x\n"
                        "x.sub 60 AAAA ::1\ny.sub 60 NS ns1\nsub2 60 TXT x\n"),
      ElementsAre(
          "6 error: sub.corp.test. TXT would not be served: sub.corp.test. is delegated to other servers",
          "7 error: x.sub.corp.test. TXT would not be served: sub.corp.test. is delegated to other servers",
          "8 warning: x.sub.corp.test. AAAA is never served: sub.corp.test. is delegated to other "
          "servers, and this is the address of none of them",
          "9 error: y.sub.corp.test. NS would not be served: sub.corp.test. is delegated to other servers"));
}

TEST(ZoneFile, HasNothingBelowADname) {
  EXPECT_THAT(found_behind_head("d 60 DNAME x.test.\nx.d 60 A 192.0.2.1\nd 60 TXT x\nd2 60 TXT x\n"),
              testing::Contains("5 error: x.d.corp.test. A would not be served: d.corp.test. is a DNAME"));
}

TEST(ZoneFile, WarnsOfNameServersWithoutAnAddress) {
  EXPECT_THAT(
      found_in("@ 60 SOA ns1 host 7 1 2 3 4\n@ 60 NS ns1\nsub 60 NS ns.sub\nsub 60 NS alias\nsub 60 NS x.w\n"
               "alias 60 CNAME x.test.\n*.w 60 A 192.0.2.1\n"),
      ElementsAre("2 warning: corp.test. NS names ns1.corp.test., which has no address here",
                  "3 warning: sub.corp.test. NS names ns.sub.corp.test., which has no address here",
                  "3 warning: sub.corp.test. NS names alias.corp.test., which is an alias"));
  // A sibling's, which is served by who serves the sibling (RFC 9471 §2.2).
  EXPECT_THAT(found_behind_head("a 60 NS ns.b\nb 60 NS ns.b\nns.b 60 A 192.0.2.1\nc 60 NS x.b\n"), IsEmpty());
}

TEST(ZoneFile, TakesTheLowestTtlOfAnRRsetAndEachRecordOnce) {
  const std::string text = std::string(kHead) + "a 60 TXT x\na 30 TXT y\na 60 TXT x\n";
  EXPECT_THAT(
      found_in(text),
      ElementsAre("5 warning: a.corp.test. TXT has the TTL 30 here and 60 in line 4; the lower one is taken "
                  "(RFC 2181 §5.2)",
                  HasSubstr("6 warning: a.corp.test. TXT has the TTL 60 here and 30"),
                  "6 warning: a.corp.test. TXT has this record twice"));
  EXPECT_THAT(text_of(read(text)), HasSubstr("a.corp.test. 30 IN TXT \"x\"\na.corp.test. 30 IN TXT \"y\"\n"));
}

TEST(ZoneFile, NotesWhatThisServerDoesInItsOwnWay) {
  EXPECT_THAT(
      found_in("@ 50 SOA hidden host 7 1 2 3 100000\n@ 60 NS ns.other.\n"),
      ElementsAre(
          "1 note: the primary hidden.corp.test. is none of the name servers; the SOA will name ns.other.",
          "1 note: the SOA will have the TTL of the NS RRset, 60 s, not 50 s",
          "1 note: negative answers will be kept for 86400 s, not 100000 s (RFC 2308 §5)"));
  EXPECT_THAT(found_in("@ 3600 SOA ns.other. host 7 1 2 3 61\n@ 3600 NS ns.other.\n"),
              ElementsAre(HasSubstr("1 warning: negative answers are kept for 61 s")));
  EXPECT_THAT(found_in("@ 3600 SOA ns.other. host 7 1 2 3 60\n@ 3600 NS ns.other.\n"), IsEmpty());
}

TEST(ZoneFile, HasRRsetsThatFit) {
  std::string most, many;
  for (size_t i = 0; i < kRRsetSizeMax / 16; ++i)
    most += "a 60 A " + std::to_string(i / 256) + ".0.0." + std::to_string(i % 256) + "\n";
  EXPECT_THAT(found_behind_head(most), IsEmpty());
  EXPECT_THAT(found_behind_head(most + "a 60 A 255.0.0.1\n"), ElementsAre(HasSubstr("4 error: ")));
  for (size_t i = 0; i <= kRRsetSizeMax / kRecordHeaderSize; ++i)
    many += "a 60 TYPE65280 \\# 2 " + std::to_string(1000 + i) + "\n";
  EXPECT_THAT(found_behind_head(many),
              testing::Contains("4 error: a.corp.test. TYPE65280 has more than 4096 records"));
}

}  // namespace
}  // namespace dnsserver
