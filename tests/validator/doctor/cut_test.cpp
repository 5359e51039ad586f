#include "validator/doctor/cut.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kApex = "acme.test";
constexpr const char* kForeign = "assay-doctor.invalid";

ChildServer good(std::string_view server_name, std::string_view address) {
  return {server(server_name, address),
          true,
          soa_of(kApex),
          soa_of(kApex),
          ns_of(kApex, {"ns1.acme.test", "ns2.acme.test"}),
          refused(kForeign, kA),
          refused(kApex, kAxfr)};
}

CutSeen right() {
  CutSeen seen;
  seen.apex = name(kApex);
  seen.parent = name("test");
  seen.referrals = {{server("ns.test", "192.0.2.1"), referral(kApex, {"ns1.acme.test", "ns2.acme.test"})}};
  seen.servers = {name_server("ns1.acme.test", {"192.0.2.53"}),
                  name_server("ns2.acme.test", {"198.51.100.53"})};
  seen.children = {good("ns1.acme.test", "192.0.2.53"), good("ns2.acme.test", "198.51.100.53")};
  seen.own = {name("ns1.acme.test"), name("ns2.acme.test")};
  return seen;
}

TEST(CheckCut, IsContentWithTwoGoodServers) {
  for (const Finding& finding : check_cut(right()))
    EXPECT_EQ(finding.grade, Grade::ok) << finding.id << ": " << finding.sentence;
}

struct WrongCase {
  const char* what;
  void (*spoil)(CutSeen&);
  const char* id;
  Grade grade;
  const char* sentence;
};

const WrongCase kWrong[] = {
    {"no delegation", [](CutSeen& s) { s.referrals[0].ns = nxdomain(kApex, kNs, "test"); }, "cut.delegation",
     Grade::fail, "delegates acme.test."},
    {"other names at the parent", [](CutSeen& s) { s.referrals[0].ns = referral(kApex, {"ns1.acme.test"}); },
     "cut.delegation", Grade::warn, "are not those in the zone itself"},
    {"lame by REFUSED",
     [](CutSeen& s) {
       for (auto& child : s.children)
         child.soa = child.soa_tcp = child.ns = refused(kApex, kSoa);
     },
     "cut.delegation", Grade::fail, "Lame delegation"},
    {"lame by silence",
     [](CutSeen& s) {
       for (auto& child : s.children)
         child = {child.at, true, silent(), silent(), {}, {}, {}};
     },
     "cut.delegation", Grade::fail, "Lame delegation"},
    {"no answer over TCP", [](CutSeen& s) { s.children[1].soa_tcp = silent("Connection refused over TCP"); },
     "cut.tcp", Grade::fail, "ns2.acme.test. (198.51.100.53:53): Connection refused over TCP"},
    {"no answer over UDP", [](CutSeen& s) { s.children[0].soa = silent(); }, "cut.udp", Grade::fail,
     "ns1.acme.test. (192.0.2.53:53)"},
    {"a name server without an address", [](CutSeen& s) { s.servers[1] = name_server("ns2.acme.test", {}); },
     "cut.addresses", Grade::fail, "ns2.acme.test. has no address (NXDOMAIN)"},
    {"a name server that is an alias", [](CutSeen& s) { s.servers[1].is_alias = true; }, "cut.addresses",
     Grade::fail, "is a CNAME"},
    {"an address of the own network", [](CutSeen& s) { s.children[1].is_public = false; }, "cut.reach",
     Grade::warn, "not public: ns2.acme.test. (198.51.100.53:53)"},
    {"one name server",
     [](CutSeen& s) {
       s.servers.pop_back();
       s.children.pop_back();
     },
     "cut.count", Grade::warn, "1 name server(s)"},
    {"two in one network", [](CutSeen& s) { s.children[1].at.endpoint.address = "192.0.2.54"; }, "cut.count",
     Grade::warn, "in 1 network(s)"},
    {"no AA", [](CutSeen& s) { s.children[0].soa = reply(answer_to(kApex, kSoa).not_authoritative()); },
     "cut.authority", Grade::fail, "to SOA"},
    {"no NS at the apex", [](CutSeen& s) { s.children[0].ns = nodata(kApex, kNs, kApex); }, "cut.authority",
     Grade::fail, "NOERROR without data to NS"},
    {"answers for others", [](CutSeen& s) { s.children[0].foreign = nxdomain(kForeign, kA, "."); },
     "cut.recursion", Grade::warn, "NXDOMAIN to a name of others"},
    {"silent for others", [](CutSeen& s) { s.children[0].foreign = silent(); }, "cut.recursion", Grade::warn,
     "where REFUSED is expected"},
    {"gives the zone away", [](CutSeen& s) { s.children[0].axfr = soa_of(kApex); }, "cut.transfer",
     Grade::warn, "gives the zone away"},
};

TEST(CheckCut, FindsEachThingThatIsWrong) {
  for (const WrongCase& c : kWrong) {
    CutSeen seen = right();
    c.spoil(seen);
    const Finding found = finding(check_cut(seen), c.id);
    EXPECT_EQ(found.grade, c.grade) << c.what << ": " << found.sentence;
    EXPECT_THAT(found.sentence, HasSubstr(c.sentence)) << c.what;
  }
}

TEST(CheckCut, TellsTheParentWhatToChange) {
  CutSeen seen = right();
  seen.referrals[0].ns = referral(kApex, {"ns1.acme.test", "ns9.acme.test"});
  const auto found = finding(check_cut(seen), "cut.delegation");
  ASSERT_EQ(found.remedies.size(), 1u);
  EXPECT_EQ(found.remedies[0].zone, name("test"));
  EXPECT_THAT(found.remedies[0].remove, ElementsAre(WantedRecord{name(kApex), "NS", "ns9.acme.test."}));
  EXPECT_THAT(found.remedies[0].add, ElementsAre(WantedRecord{name(kApex), "NS", "ns2.acme.test."},
                                                 WantedRecord{name("ns2.acme.test"), "A", "198.51.100.53"}));

  // NS and an address of each.
  seen.referrals.clear();
  seen.children.clear();
  EXPECT_EQ(finding(check_cut(seen), "cut.delegation").remedies.at(0).add.size(), 4u);
}

TEST(CheckCut, ComparesGlue) {
  CutSeen seen = right();
  auto response = answer_to(kApex, kNs);
  response.not_authoritative().authority(kApex, kNs, name("ns1.acme.test").wire());
  response.additional("ns1.acme.test", kA, base::Bytes("\xc0\0\2\x35", 4));
  seen.referrals[0].ns = reply(response);
  EXPECT_EQ(finding(check_cut(seen), "cut.addresses").grade, Grade::ok);
  response.additional("ns1.acme.test", kA, base::Bytes("\xc0\0\2\x36", 4));
  seen.referrals[0].ns = reply(response);
  EXPECT_THAT(finding(check_cut(seen), "cut.addresses").sentence,
              HasSubstr("192.0.2.54 is no address of ns1"));
}

// A zone of ours that nobody delegates, whose name servers nobody else knows.
TEST(CheckCut, AsksForGlueWhereTheNameServersAreInTheZone) {
  CutSeen seen = right();
  seen.referrals[0].ns = nxdomain(kApex, kNs, "test");
  seen.servers = {name_server("ns1.acme.test", {}), name_server("ns2.acme.test", {})};
  seen.own_servers = {name_server("ns1.acme.test", {"192.0.2.53", "2001:db8::53"}),
                      name_server("ns2.acme.test", {"198.51.100.53"})};
  const auto findings = check_cut(seen);
  EXPECT_EQ(finding(findings, "cut.delegation").grade, Grade::fail);
  EXPECT_THAT(finding(findings, "cut.delegation").remedies.at(0).add,
              ElementsAre(WantedRecord{name(kApex), "NS", "ns1.acme.test."},
                          WantedRecord{name(kApex), "NS", "ns2.acme.test."},
                          WantedRecord{name("ns1.acme.test"), "A", "192.0.2.53"},
                          WantedRecord{name("ns1.acme.test"), "AAAA", "2001:db8::53"},
                          WantedRecord{name("ns2.acme.test"), "A", "198.51.100.53"}));
  // The delegation is what they lack.
  EXPECT_EQ(finding(findings, "cut.addresses").grade, Grade::ok);
  // Glue that is there is not asked for again.
  auto response = answer_to(kApex, kNs);
  response.not_authoritative().authority(kApex, kNs, name("ns1.acme.test").wire());
  response.additional("ns1.acme.test", kA, base::Bytes("\xc0\0\2\x35", 4));
  seen.referrals[0].ns = reply(response);
  EXPECT_THAT(finding(check_cut(seen), "cut.delegation").remedies.at(0).add,
              ElementsAre(WantedRecord{name(kApex), "NS", "ns2.acme.test."},
                          WantedRecord{name("ns2.acme.test"), "A", "198.51.100.53"}));
}

TEST(CheckCut, ExchangesGlueThatIsWrong) {
  CutSeen seen = right();
  const char* const kServer = "ns.7f3k.corp.test";
  seen.apex = name("7f3k.corp.test");
  auto response = answer_to("7f3k.corp.test", kNs);
  response.not_authoritative().authority("7f3k.corp.test", kNs, name(kServer).wire());
  response.additional(kServer, kA, base::Bytes("\xc0\0\2\x36", 4));
  response.additional(kServer, kA, base::Bytes("\xc0\0\2\x35", 4));
  seen.referrals[0].ns = reply(response);
  seen.servers = {name_server(kServer, {"192.0.2.53", "2001:db8::53"})};
  const auto remedies = finding(check_cut(seen), "cut.addresses").remedies;
  ASSERT_EQ(remedies.size(), 1u);
  EXPECT_THAT(remedies[0].remove, ElementsAre(WantedRecord{name(kServer), "A", "192.0.2.54"}));
  EXPECT_THAT(remedies[0].add, ElementsAre(WantedRecord{name(kServer), "AAAA", "2001:db8::53"}));
  EXPECT_THAT(remedies[0].keep, ElementsAre(WantedRecord{name(kServer), "A", "192.0.2.53"}));
}

TEST(CheckCut, SkipsWhatNobodyAnsweredTo) {
  CutSeen seen = right();
  for (auto& child : seen.children)
    child = {child.at, true, silent(), silent(), {}, {}, {}};
  for (const char* id : {"cut.authority", "cut.recursion", "cut.transfer", "cut.serials"})
    EXPECT_EQ(finding(check_cut(seen), id).grade, Grade::skipped) << id;
}

TEST(CheckCut, WarnsOfDifferentSerials) {
  CutSeen seen = right();
  const base::Bytes other = base::Bytes(name("ns.test").wire()) + base::Bytes(name("a.test").wire()) +
                            base::Bytes("\0\0\0\2\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\5", 20);
  seen.children[1].soa = reply(answer_to(kApex, kSoa).answer(kApex, kSoa, other));
  const auto found = finding(check_cut(seen), "cut.serials");
  EXPECT_EQ(found.grade, Grade::warn);
  EXPECT_THAT(found.sentence, HasSubstr("2 at ns2.acme.test."));
}

}  // namespace
}  // namespace validator::doctor
