#include "dnsserver/node.h"
#include "dnsserver/rdata.h"
#include "dnsserver/static_rrset.h"
#include "tests/dnsserver/publishing_fixture.h"

namespace dnsserver {
namespace {

using base::ErrorKind;

class PublishingRRsets : public PublishingTest {
 protected:
  void SetUp() override { dns_.create_zone(); }
};

INSTANTIATE_TEST_SUITE_P(Store, PublishingRRsets, testing::ValuesIn(kStoreKinds), store_kind_name);

TEST_P(PublishingRRsets, TakeThePlaceOfWhatWasThere) {
  ASSERT_TRUE(dns_.put("www.corp.test", "A", {"192.0.2.1", "192.0.2.2"}));
  ASSERT_TRUE(dns_.put("www.corp.test", "AAAA", {"2001:db8::1"}));
  ASSERT_TRUE(dns_.put("WWW.corp.test", "A", {"192.0.2.3"}, 300));
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NOERROR", "www.corp.test. 300 IN A 192.0.2.3"}));
  EXPECT_EQ(dns_.ask("www.corp.test", "AAAA"), (Lines{"NOERROR", "www.corp.test. 60 IN AAAA 2001:db8::1"}));
  ASSERT_TRUE(dns_.remove_rrset("www.corp.test", "A"));
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NOERROR"}));
  ASSERT_TRUE(dns_.remove_rrset("www.corp.test", "AAAA"));
  EXPECT_EQ(dns_.ask("www.corp.test", "AAAA"), (Lines{"NXDOMAIN"}));
  EXPECT_EQ(dns_.key_count("rc"), 0u);
  EXPECT_EQ(dns_.key_count("n"), 1u) << "the apex";
}

TEST_P(PublishingRRsets, MoveTheSerialExactlyWhenAQueryCouldSeeIt) {
  const uint32_t before = dns_.serial();
  EXPECT_EQ(dns_.put("www.corp.test", "A", {"192.0.2.1"}), before + 1);
  EXPECT_EQ(dns_.serial(), before + 1);
  EXPECT_EQ(dns_.put("www.corp.test", "A", {"192.0.2.1"}), before + 1) << "it is there already";
  EXPECT_EQ(dns_.remove_rrset("www.corp.test", "AAAA"), before + 1) << "it is not there";
  EXPECT_EQ(dns_.remove_rrset("nothing.corp.test", "A"), before + 1);
  EXPECT_EQ(dns_.serial(), before + 1);
  dns_.clock().advance(std::chrono::hours(1));
  EXPECT_EQ(dns_.remove_rrset("www.corp.test", "A"), before + 3600);
  EXPECT_EQ(dns_.serial(), before + 3600);
}

TEST_P(PublishingRRsets, HoldEachRecordOnce) {
  ASSERT_TRUE(dns_.put("www.corp.test", "A", {"192.0.2.1", "192.0.2.2", "192.0.2.1"}));
  EXPECT_EQ(dns_.ask("www.corp.test", "A"),
            (Lines{"NOERROR", "www.corp.test. 60 IN A 192.0.2.1", "www.corp.test. 60 IN A 192.0.2.2"}));
}

TEST_P(PublishingRRsets, BelongToAZoneOfThisServer) {
  EXPECT_EQ(kind(dns_.put("www.other.test", "A", {"192.0.2.1"})), ErrorKind::not_found);
  EXPECT_EQ(kind(dns_.remove_rrset("www.other.test", "A")), ErrorKind::not_found);
}

TEST_P(PublishingRRsets, AreACnameOrOtherData) {
  ASSERT_TRUE(dns_.put("a.corp.test", "CNAME", {"b.corp.test."}));
  EXPECT_EQ(kind(dns_.put("a.corp.test", "A", {"192.0.2.1"})), ErrorKind::conflict);
  ASSERT_TRUE(dns_.put("a.corp.test", "CNAME", {"c.corp.test."})) << "in its own place";
  ASSERT_TRUE(dns_.put("b.corp.test", "A", {"192.0.2.1"}));
  EXPECT_EQ(kind(dns_.put("b.corp.test", "CNAME", {"a.corp.test."})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.put("corp.test", "CNAME", {"a.corp.test."})), ErrorKind::conflict) << "beside the SOA";
  EXPECT_EQ(kind(dns_.put("d.corp.test", "CNAME", {"x.test.", "y.test."})), ErrorKind::malformed);
}

TEST_P(PublishingRRsets, AreOfTypesThatAnOperatorMayPut) {
  EXPECT_EQ(kind(dns_.put("corp.test", "SOA", {"ns. h. 1 2 3 4 5"})), ErrorKind::malformed);
  EXPECT_EQ(kind(dns_.remove_rrset("corp.test", "SOA")), ErrorKind::malformed);
  EXPECT_EQ(kind(dns_.put("*.corp.test", "DNAME", {"b.corp.test."})), ErrorKind::malformed);
  EXPECT_EQ(kind(dns_.put("a.corp.test", "DNAME", {"x.test.", "y.test."})), ErrorKind::malformed);
  EXPECT_EQ(kind(dns_.put("*.corp.test", "NS", {"ns.other.test."})), ErrorKind::malformed);
  EXPECT_EQ(kind(dns_.put("corp.test", "DS", {"1 13 2 " + std::string(64, 'a')})), ErrorKind::conflict);
  for (const uint16_t type : {0, 24, 30, 41, 46, 47, 50, 51, 128, 249, 250, 251, 252, 255}) {
    const RRset rrset{name("a.corp.test"), type, 60, {Bytes(4, '\0')}};
    EXPECT_EQ(kind(dns_.run(dns_.publishing().put_rrset(rrset, {}))), ErrorKind::malformed) << type;
  }
  for (const uint16_t type : {1, 48, 127, 256, 257, 65535}) {
    const RRset rrset{name("b.corp.test"), type, 60, {Bytes(4, '\0')}};
    EXPECT_TRUE(dns_.run(dns_.publishing().put_rrset(rrset, {}))) << type;
  }
}

TEST_P(PublishingRRsets, HaveRecordsAndATtlOfRfc2181) {
  EXPECT_EQ(kind(dns_.put("a.corp.test", "A", {})), ErrorKind::malformed);
  EXPECT_TRUE(dns_.put("a.corp.test", "A", {"192.0.2.1"}, kTtlMax));
  EXPECT_EQ(kind(dns_.put("a.corp.test", "A", {"192.0.2.1"}, kTtlMax + 1)), ErrorKind::malformed);
}

TEST_P(PublishingRRsets, HoldTheNameServersOfTheApex) {
  const uint32_t before = dns_.serial();
  ASSERT_TRUE(dns_.put("corp.test", "NS", {"ns8.ns.test.", "ns9.ns.test."}, 120));
  EXPECT_EQ(dns_.ask("corp.test", "NS"),
            (Lines{"NOERROR", "corp.test. 120 IN NS ns8.ns.test.", "corp.test. 120 IN NS ns9.ns.test."}));
  EXPECT_TRUE(dns_.ask("corp.test", "SOA").at(1).starts_with("corp.test. 120 IN SOA ns8.ns.test."));
  EXPECT_EQ(dns_.serial(), before + 1);
  EXPECT_EQ(kind(dns_.remove_rrset("corp.test", "NS")), ErrorKind::conflict);
  std::vector<std::string> many;
  for (size_t i = 0; i < kNameServersMax; ++i)
    many.push_back("ns" + std::to_string(i) + ".ns.test.");
  EXPECT_TRUE(dns_.put("corp.test", "NS", many));
  many.push_back("one-more.ns.test.");
  EXPECT_EQ(kind(dns_.put("corp.test", "NS", many)), ErrorKind::too_large);
}

TEST_P(PublishingRRsets, AreOccludedByADelegationExceptForItsGlue) {
  ASSERT_TRUE(dns_.put("sub.corp.test", "NS", {"ns1.sub.corp.test."}));
  ASSERT_TRUE(dns_.put("ns1.sub.corp.test", "A", {"192.0.2.1"}));
  ASSERT_TRUE(dns_.put("sub.corp.test", "DS", {"1 13 2 " + std::string(64, 'a')}));
  EXPECT_EQ(kind(dns_.put("sub.corp.test", "TXT", {"x"})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.put("a.b.sub.corp.test", "TXT", {"x"})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.put("a.sub.corp.test", "NS", {"ns.other.test."})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.present("alice", "_acme-challenge.sub.corp.test", "v")), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.present("alice", "sub.corp.test", "v")), ErrorKind::conflict);
  EXPECT_TRUE(dns_.put("xsub.corp.test", "TXT", {"x"}));
  ASSERT_TRUE(dns_.remove_rrset("sub.corp.test", "NS"));
  EXPECT_TRUE(dns_.present("alice", "_acme-challenge.sub.corp.test", "v"));
}

// RFC 6672 §2.3, §2.4.
TEST_P(PublishingRRsets, AreRedirectedByADname) {
  ASSERT_TRUE(dns_.put("old.corp.test", "DNAME", {"new.corp.test."}, 30));
  ASSERT_TRUE(dns_.put("www.new.corp.test", "A", {"192.0.2.1"}));
  EXPECT_EQ(dns_.ask("www.old.corp.test", "A"), (Lines{"NOERROR", "old.corp.test. 30 IN DNAME new.corp.test.",
                                                       "www.new.corp.test. 60 IN A 192.0.2.1",
                                                       "www.old.corp.test. 30 IN CNAME www.new.corp.test."}));
  EXPECT_TRUE(dns_.put("old.corp.test", "TXT", {"beside it"}));
  EXPECT_EQ(kind(dns_.put("old.corp.test", "CNAME", {"x.test."})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.put("old.corp.test", "NS", {"ns.other.test."})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.put("www.old.corp.test", "A", {"192.0.2.1"})), ErrorKind::conflict) << "not even glue";
  EXPECT_EQ(kind(dns_.present("alice", "_acme-challenge.a.old.corp.test", "v")), ErrorKind::conflict);
  EXPECT_TRUE(dns_.present("alice", "old.corp.test", "v"));
  EXPECT_TRUE(dns_.put("xold.corp.test", "A", {"192.0.2.1"}));
  ASSERT_TRUE(dns_.remove_rrset("old.corp.test", "DNAME"));
  EXPECT_TRUE(dns_.put("www.old.corp.test", "A", {"192.0.2.1"}));
}

TEST_P(PublishingRRsets, AreNotHiddenByADname) {
  ASSERT_TRUE(dns_.put("a.b.old.corp.test", "A", {"192.0.2.1"}));
  EXPECT_EQ(kind(dns_.put("old.corp.test", "DNAME", {"new.corp.test."})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.put("corp.test", "DNAME", {"new.test."})), ErrorKind::conflict);
  ASSERT_TRUE(dns_.remove_rrset("a.b.old.corp.test", "A"));
  EXPECT_TRUE(dns_.put("old.corp.test", "DNAME", {"new.corp.test."}));
  ASSERT_TRUE(dns_.remove_rrset("old.corp.test", "DNAME"));
  ASSERT_TRUE(dns_.put("corp.test", "DNAME", {"new.test."})) << "the apex keeps its NS beside it";
  EXPECT_EQ(dns_.ask("www.corp.test", "A"), (Lines{"NOERROR", "corp.test. 60 IN DNAME new.test.",
                                                   "www.corp.test. 60 IN CNAME www.new.test."}));
  EXPECT_EQ(kind(dns_.put("www.corp.test", "A", {"192.0.2.1"})), ErrorKind::conflict);
  ASSERT_TRUE(dns_.put("corp.test", "TXT", {"x"}));
}

TEST_P(PublishingRRsets, HaveNoDnameWhereTheyAreDelegated) {
  ASSERT_TRUE(dns_.put("sub.corp.test", "NS", {"ns.other.test."}));
  EXPECT_EQ(kind(dns_.put("sub.corp.test", "DNAME", {"x.test."})), ErrorKind::conflict);
  EXPECT_EQ(kind(dns_.put("a.sub.corp.test", "DNAME", {"x.test."})), ErrorKind::conflict);
}

TEST_P(PublishingRRsets, AreSynthesizedFromAWildcardFromThenOn) {
  ASSERT_TRUE(dns_.put("*.corp.test", "A", {"192.0.2.1"}));
  EXPECT_EQ(dns_.ask("x.corp.test", "A"), (Lines{"NOERROR", "x.corp.test. 60 IN A 192.0.2.1"}));
}

TEST_P(PublishingRRsets, OfTypeTxtStandBesideChallenges) {
  ASSERT_TRUE(dns_.put("a.corp.test", "TXT", {"static", "both"}, 60));
  ASSERT_TRUE(dns_.present("alice", "a.corp.test", "live"));
  ASSERT_TRUE(dns_.present("alice", "a.corp.test", "both"));
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"),
            (Lines{"NOERROR", R"(a.corp.test. 5 IN TXT "both")", R"(a.corp.test. 5 IN TXT "live")",
                   R"(a.corp.test. 5 IN TXT "static")"}));
  ASSERT_TRUE(dns_.remove("alice", "a.corp.test"));
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"),
            (Lines{"NOERROR", R"(a.corp.test. 60 IN TXT "both")", R"(a.corp.test. 60 IN TXT "static")"}));
  ASSERT_TRUE(dns_.put("a.corp.test", "TXT", {"static"}, 1));
  ASSERT_TRUE(dns_.present("alice", "a.corp.test", "live"));
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT").at(1), R"(a.corp.test. 1 IN TXT "live")")
      << "the lower TTL is for all";
  ASSERT_TRUE(dns_.remove_rrset("a.corp.test", "TXT"));
  EXPECT_EQ(dns_.ask("a.corp.test", "TXT"), (Lines{"NOERROR", R"(a.corp.test. 5 IN TXT "live")"}));
}

// `count` records of 1,000 octets as they are rendered.
RRset bulk(const Name& owner, uint16_t type, size_t count) {
  RRset rrset{owner, type, 60, {}};
  for (size_t i = 0; i < count; ++i) {
    rrset.rdata.push_back(Bytes(1000 - kRecordHeaderSize - 4, 'x') + std::to_string(1000 + i));
  }
  return rrset;
}

TEST_P(PublishingRRsets, HoldTheLimitsOfRRsetsAndNodes) {
  const auto put = [&](const RRset& rrset) { return dns_.run(dns_.publishing().put_rrset(rrset, {})); };
  const Name owner = name("big.corp.test");
  EXPECT_TRUE(put(bulk(owner, 65280, kRRsetSizeMax / 1000)));
  EXPECT_EQ(kind(put(bulk(owner, 65280, kRRsetSizeMax / 1000 + 1))), ErrorKind::too_large);
  EXPECT_TRUE(put(bulk(owner, 65281, (kNodeSizeMax - kRRsetSizeMax) / 1000)));
  EXPECT_EQ(kind(put(bulk(owner, 65281, (kNodeSizeMax - kRRsetSizeMax) / 1000 + 1))), ErrorKind::too_large);
  EXPECT_EQ(dns_.ask("big.corp.test", "TYPE65280").size(), 1 + kRRsetSizeMax / 1000);
}

TEST_P(PublishingRRsets, AreListedPageByPageWithTheNameServersOfTheApexFirst) {
  ASSERT_TRUE(dns_.put("b.corp.test", "A", {"192.0.2.1"}));
  ASSERT_TRUE(dns_.put("b.corp.test", "TXT", {"x"}));
  ASSERT_TRUE(dns_.put("a.b.corp.test", "A", {"192.0.2.2"}));
  ASSERT_TRUE(dns_.put("corp.test", "CAA", {R"(0 issue "ca.test")"}));
  ASSERT_TRUE(dns_.present("alice", "c.corp.test", "live"));
  for (const size_t limit : {1, 2, 3, 100}) {
    Lines found;
    Bytes after;
    do {
      const auto page = dns_.run(dns_.publishing().list_rrsets(name("CORP.test"), after, limit)).value();
      EXPECT_LE(page.items.size(), limit);
      for (const RRset& rrset : page.items)
        found.push_back(rrset.owner.text() + " " + type_text(rrset.type));
      after = page.next;
    } while (!after.empty());
    EXPECT_EQ(found, (Lines{"corp.test. NS", "corp.test. CAA", "b.corp.test. A", "b.corp.test. TXT",
                            "a.b.corp.test. A"}))
        << limit;
  }
  EXPECT_EQ(kind(dns_.run(dns_.publishing().list_rrsets(name("b.corp.test"), "", 10))), ErrorKind::not_found);
}

}  // namespace
}  // namespace dnsserver
