#include "dnsserver/rdata.h"

#include <gtest/gtest.h>

#include "dnsserver/rrtype.h"

namespace dnsserver {
namespace {

// What becomes of a record that an operator typed, or "malformed".
std::string retold(std::string_view type, std::string_view rdata) {
  const uint16_t number = parse_type(type).value();
  const auto wire = parse_rdata(number, rdata);
  if (!wire) return std::string(base::name_of(wire.error().kind));
  return rdata_text(number, *wire);
}

TEST(Rdata, KnowsTypesByMnemonicAndByNumber) {
  EXPECT_EQ(parse_type("TXT"), kTypeTxt);
  EXPECT_EQ(parse_type("txt"), kTypeTxt);
  EXPECT_EQ(parse_type("TYPE16"), kTypeTxt);
  EXPECT_EQ(parse_type("CAA"), 257);
  EXPECT_EQ(parse_type("type65535"), 65535);
  EXPECT_EQ(type_text(kTypeTxt), "TXT");
  EXPECT_EQ(type_text(257), "CAA");
  EXPECT_EQ(type_text(65280), "TYPE65280");
  for (std::string_view text :
       {"", "NOSUCH", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "TYPE 1", "TXT ", "16"}) {
    EXPECT_FALSE(parse_type(text)) << text;
  }
}

TEST(Rdata, KeepsWhatItReads) {
  for (const auto& [type, rdata] : std::initializer_list<std::pair<const char*, const char*>>{
           {"A", "192.0.2.1"},
           {"AAAA", "2001:db8::1"},
           {"NS", "Ns1.Corp.Example."},
           {"CNAME", R"(a\.b.corp.example.)"},
           {"MX", "10 mail.corp.example."},
           {"TXT", R"("v=DKIM1; k=rsa; p=MIIBiJanBgkqABCdef" "second \"string\"" "")"},
           {"CAA", R"(0 issue "ca.test; accounturi=https://ca.test/acme/1")"},
           {"SRV", "0 5 443 host.corp.example."},
           {"TLSA", "3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
           {"DS", "12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
           {"HTTPS", "1 . alpn=h2"},
           {"NAPTR", R"(100 10 "u" "sip+E2U" "!^.*$!sip:info@corp.example!" .)"},
           {"TYPE65280", R"(\# 4 c0000201)"},
           {"TYPE65280", R"(\# 0)"}}) {
    EXPECT_EQ(retold(type, rdata), rdata) << type;
  }
}

TEST(Rdata, TakesNamesAsAbsolute) {
  EXPECT_EQ(retold("NS", "ns1.corp.example"), "ns1.corp.example.");
  EXPECT_EQ(parse_rdata(kTypeNs, "ns1.test"), Bytes("\3ns1\4test\0", 10));
  EXPECT_EQ(retold("NS", "@"), "malformed");
  EXPECT_EQ(retold("MX", "10 @"), "malformed");
}

TEST(Rdata, ReadsEveryTypeInTheGenericForm) {
  EXPECT_EQ(retold("A", R"(\# 4 C0000201)"), "192.0.2.1");
  EXPECT_EQ(retold("A", R"( \#  4 C0 00 02 01 )"), "192.0.2.1");
  EXPECT_EQ(retold("NS", R"(\# 10 036e73310474657374 00)"), "ns1.test.");
}

// ldns 1.8.3 leaks memory over texts of the first two and takes values that are out of range in the others.
TEST(Rdata, ReadsTypesThatLdnsReadsBadlyInTheGenericFormOnly) {
  EXPECT_EQ(retold("CERT", "PKIX 1 RSASHA256 AQID"), "malformed");
  EXPECT_EQ(retold("IPSECKEY", "10 1 2 192.0.2.38 AQID"), "malformed");
  EXPECT_EQ(retold("APL", "1:192.0.2.0/24"), "malformed");
  EXPECT_EQ(retold("LOC", "95 N 0 E 0m"), "malformed");
  EXPECT_EQ(retold("APL", R"(\# 7 00011803c00002)"), R"(\# 7 00011803c00002)");
}

TEST(Rdata, RefusesAGenericFormThatIsNotTheType) {
  for (const auto& [type, rdata] : std::initializer_list<std::pair<const char*, const char*>>{
           {"A", R"(\# 3 C00002)"},
           {"A", R"(\# 5 C000020101)"},
           {"A", R"(\# 4 C00002)"},
           {"A", R"(\# 3 C0000201)"},
           {"A", R"(\# 4 C00002zz)"},
           {"A", R"(\# -4 C0000201)"},
           {"A", R"(\#)"},
           {"A", R"(\# 65536)"},
           {"NS", R"(\# 2 c00c)"},          // a compression pointer
           {"NS", R"(\# 6 036e7331c00c)"},  // one behind a label
           {"NS", R"(\# 4 036e7331)"},      // a name without its end
           {"TXT", R"(\# 2 0361)"},         // a character-string that runs out
           {"HIP", R"(\# 4 ff02ffff)"}}) {
    EXPECT_EQ(retold(type, rdata), "malformed") << type << " " << rdata;
  }
}

TEST(Rdata, RefusesWhatIsNoRdataOfTheType) {
  for (const auto& [type, rdata] :
       std::initializer_list<std::pair<const char*, const char*>>{{"A", ""},
                                                                  {"A", "192.0.2.256"},
                                                                  {"A", "192.0.2.1 192.0.2.2"},
                                                                  {"A", "2001:db8::1"},
                                                                  {"AAAA", "192.0.2.1"},
                                                                  {"NS", "a..b"},
                                                                  {"NS", "ns1.test. ns2.test."},
                                                                  {"MX", "10"},
                                                                  {"MX", "mail.test."},
                                                                  {"CAA", R"(0 issue)"},
                                                                  {"TXT", ""},
                                                                  {"TYPE65280", "192.0.2.1"}}) {
    EXPECT_EQ(retold(type, rdata), "malformed") << type << " " << rdata;
  }
}

TEST(Rdata, RefusesNumbersThatWouldBeCut) {
  EXPECT_EQ(retold("MX", "65535 m.test."), "65535 m.test.");
  EXPECT_EQ(retold("MX", "65536 m.test."), "malformed");
  EXPECT_EQ(retold("MX", "-1 m.test."), "malformed");
  EXPECT_EQ(retold("SRV", "0 0 65536 m.test."), "malformed");
  EXPECT_EQ(retold("CAA", R"(256 issue "ca.test")"), "malformed");
  EXPECT_EQ(retold("DS", "12345 13 256 00"), "malformed");
  EXPECT_EQ(retold("DS", "12345 300 2 00"), "malformed");
  EXPECT_EQ(retold("DS", "12345 ECDSAP256SHA256 2 00"), "12345 13 2 00");
  EXPECT_EQ(retold("TLSA", "256 1 1 00"), "malformed");
  EXPECT_EQ(retold("TLSA", "3 256 1 00"), "malformed");
  EXPECT_EQ(retold("TLSA", "3 1 256 00"), "malformed");
  EXPECT_EQ(retold("HTTPS", "1 . alpn=h2 port=65535"), "1 . alpn=h2 port=65535");
  EXPECT_EQ(retold("HTTPS", "1 . alpn=h2 port=65536"), "malformed");
  EXPECT_EQ(retold("HTTPS", "65536 ."), "malformed");
}

TEST(Rdata, RefusesWhatBelongsToAZoneFile) {
  EXPECT_EQ(retold("TXT", "one ; comment"), "malformed");
  EXPECT_EQ(retold("TXT", R"("one ; no comment")"), R"("one ; no comment")");
  EXPECT_EQ(retold("TXT", "( one )"), "malformed");
  EXPECT_EQ(retold("TXT", "one\nwww.test. 0 IN A 192.0.2.1"), "malformed");
  EXPECT_EQ(retold("TXT", std::string_view("one\0two", 7)), "malformed");
  EXPECT_EQ(retold("TXT", R"("one)"), "malformed");
  EXPECT_EQ(retold("TXT", R"(one\)"), "malformed");
  EXPECT_EQ(retold("TXT", "\xc3\xbc"), "malformed");
  EXPECT_EQ(retold("TXT", R"("\195\188")"), R"("\195\188")");
}

TEST(Rdata, HoldsTheLimitsOfStringsAndTexts) {
  EXPECT_TRUE(parse_rdata(kTypeTxt, std::string(255, 'x')));
  EXPECT_FALSE(parse_rdata(kTypeTxt, std::string(256, 'x')));
  std::string text;
  while (text.size() + 2 <= kRdataTextSizeMax)
    text += "x ";
  text.resize(kRdataTextSizeMax, ' ');
  EXPECT_TRUE(parse_rdata(kTypeTxt, text));
  EXPECT_FALSE(parse_rdata(kTypeTxt, text + " "));
}

TEST(Rdata, HasATextForOctetsThatAreNotOfTheirType) {
  EXPECT_EQ(rdata_text(kTypeA, "abc"), R"(\# 3 616263)");
  EXPECT_EQ(rdata_text(kTypeNs, Bytes("\xc0\x0c")), R"(\# 2 c00c)");
  EXPECT_EQ(rdata_text(kTypeTxt, ""), R"(\# 0)");
}

}  // namespace
}  // namespace dnsserver
