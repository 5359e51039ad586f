#include "validator/doctor/paste.h"

#include <gmock/gmock.h>

#include "tests/support/dns_message.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::HasSubstr;
using testing::Not;

Remedy by_ns() {
  const auto owner = name("_acme-challenge.www.corp.test");
  return {"delegate it by NS",
          name("corp.test"),
          {{owner, "TXT", "\"old\""}},
          {{owner, "NS", "ns1.acme.test."}, {owner, "NS", "ns2.acme.test."}}};
}

TEST(Paste, IsInTheWordsOfNsupdate) {
  EXPECT_EQ(paste_of(by_ns()).bind,
            "zone corp.test.\n"
            "update delete _acme-challenge.www.corp.test. TXT \"old\"\n"
            "update add _acme-challenge.www.corp.test. 3600 NS ns1.acme.test.\n"
            "update add _acme-challenge.www.corp.test. 3600 NS ns2.acme.test.\n"
            "send\n");
}

TEST(Paste, IsInTheWordsOfKnotc) {
  EXPECT_EQ(paste_of(by_ns()).knot,
            "knotc zone-begin 'corp.test.'\n"
            "knotc zone-unset 'corp.test.' '_acme-challenge.www.corp.test.' TXT '\"old\"'\n"
            "knotc zone-set 'corp.test.' '_acme-challenge.www.corp.test.' 3600 NS 'ns1.acme.test.'\n"
            "knotc zone-set 'corp.test.' '_acme-challenge.www.corp.test.' 3600 NS 'ns2.acme.test.'\n"
            "knotc zone-commit 'corp.test.'\n");
}

TEST(Paste, IsInTheWordsOfPowerShell) {
  const std::string text = paste_of(by_ns()).windows;
  EXPECT_THAT(text,
              HasSubstr("Remove-DnsServerResourceRecord -ZoneName 'corp.test' -Name '_acme-challenge.www' "
                        "-RRType TXT -Force\n"));
  EXPECT_THAT(text,
              HasSubstr("Add-DnsServerResourceRecord -ZoneName 'corp.test' -Name '_acme-challenge.www' -NS "
                        "-NameServer 'ns1.acme.test.' -TimeToLive ([TimeSpan]::FromSeconds(3600))\n"));
  Remedy cname{"", name("corp.test"), {}, {{name("corp.test"), "CNAME", "x.acme.test."}}};
  EXPECT_THAT(paste_of(cname).windows, HasSubstr("-Name '@' -CName -HostNameAlias 'x.acme.test.'"));
  cname.add[0] = {name("corp.test"), "CAA", "0 issue \"ca.test\""};
  EXPECT_THAT(paste_of(cname).windows,
              HasSubstr("-Unknown -Type 257 -RecordData '0005697373756563612E74657374'"));
}

// It knows CAA by its number and octets alone, also where it takes some away.
TEST(Paste, TakesCaaAwayInTheWordsOfPowerShell) {
  const WantedRecord critical{name("corp.test"), "CAA", "128 issue \"ca.test\""};
  Remedy remedy{"", name("corp.test"), {critical}, {}};
  EXPECT_THAT(paste_of(remedy).windows, HasSubstr("-Name '@' -Type 257 -Force\n"));
  remedy.keep = {{name("corp.test"), "CAA", "0 issue \"other.test\""}};
  EXPECT_THAT(paste_of(remedy).windows,
              HasSubstr("-Name '@' -Type 257 -RecordData '8005697373756563612E74657374' -Force\n"));
}

TEST(Paste, IsAChangeBatchOfRoute53) {
  EXPECT_EQ(paste_of(by_ns()).route53,
            R"({"Changes":[{"Action":"DELETE","ResourceRecordSet":{"Name":"_acme-challenge.www.corp.test.",)"
            R"("Type":"TXT","TTL":3600,"ResourceRecords":[{"Value":"\"old\""}]}},)"
            R"({"Action":"UPSERT","ResourceRecordSet":{"Name":"_acme-challenge.www.corp.test.","Type":"NS",)"
            R"("TTL":3600,"ResourceRecords":[{"Value":"ns1.acme.test."},{"Value":"ns2.acme.test."}]}}]})"
            "\n");
}

// One of two NS is exchanged.
Remedy exchange() {
  const auto owner = name("_acme-challenge.www.corp.test");
  return {"in the parent zone",
          name("corp.test"),
          {{owner, "NS", "old.acme.test."}},
          {{owner, "NS", "new.acme.test."}},
          {{owner, "NS", "ns1.acme.test."}}};
}

TEST(Paste, LeavesWhatStandsBesideWhatChanges) {
  EXPECT_THAT(paste_of(exchange()).windows,
              HasSubstr("-Name '_acme-challenge.www' -RRType NS -RecordData 'old.acme.test.' -Force\n"));
  EXPECT_EQ(paste_of(exchange()).route53,
            R"({"Changes":[{"Action":"UPSERT","ResourceRecordSet":{"Name":"_acme-challenge.www.corp.test.",)"
            R"("Type":"NS","TTL":3600,)"
            R"("ResourceRecords":[{"Value":"ns1.acme.test."},{"Value":"new.acme.test."}]}}]})"
            "\n");
  EXPECT_THAT(paste_of(exchange()).bind, Not(HasSubstr("ns1.acme.test.")));
}

TEST(Paste, WritesAnRRsetWholeWherePartOfItGoes) {
  Remedy less = exchange();
  less.add.clear();
  EXPECT_THAT(paste_of(less).route53, HasSubstr(R"("Action":"UPSERT")"));
  EXPECT_THAT(paste_of(less).route53, HasSubstr(R"([{"Value":"ns1.acme.test."}])"));
  EXPECT_THAT(paste_of(less).route53, Not(HasSubstr("DELETE")));
}

TEST(Paste, TakesAnRRsetAwayOnceAndWithItsTtl) {
  const auto owner = name("_acme-challenge.www.corp.test");
  const Remedy remedy{"", name("corp.test"), {{owner, "TXT", "\"a\"", 60}, {owner, "TXT", "\"b\"", 60}}, {}};
  EXPECT_EQ(paste_of(remedy).windows,
            "Remove-DnsServerResourceRecord -ZoneName 'corp.test' -Name '_acme-challenge.www' -RRType TXT "
            "-Force\n");
  EXPECT_THAT(paste_of(remedy).route53, HasSubstr(R"("Type":"TXT","TTL":60)"));
}

TEST(Paste, LetsNoNameBecomeACommand) {
  const auto evil = base::Name::parse("a'$(reboot)'b.test").value();
  const Remedy remedy{"", name("corp.test"), {{name("x.corp.test"), "CNAME", evil.text()}}, {}};
  EXPECT_THAT(paste_of(remedy).knot, HasSubstr("'\\''"));
  EXPECT_THAT(paste_of(remedy).knot, Not(HasSubstr("a'$")));
}

}  // namespace
}  // namespace validator::doctor
