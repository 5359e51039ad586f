#include "dnsserver/query_line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dnsserver/wire.h"
#include "tests/dnsserver/served_zones.h"

namespace dnsserver {
namespace {

using namespace std::string_literals;

// 2026-11-27T02:14:45.123Z, and a little more.
constexpr int64_t kTime = 1795745685123456789;

class QueryLine : public testing::Test {
 protected:
  QueryLine() {
    zones_.add("corp.test", R"(@   60 SOA ns1 hostmaster 1 3600 900 604800 5
                               @   60 NS  ns1
                               www 60 TXT "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA")");
  }

  std::string line(const Bytes& query, QueryLineFormat format = QueryLineFormat::text,
                   std::string_view client = "192.0.2.1", Transport transport = Transport::udp) {
    const Bytes response = zones_.ask(query);
    TapRecord record;
    record.head.time = kTime;
    record.head.client = {base::IpAddress::parse(client).value(), 40000};
    record.head.transport = transport;
    record.head.rcode = Rcode(response.empty() ? 0 : rcode_of(response));
    record.query = query;
    record.response = response;
    return query_line(record, format);
  }

  ServedZones zones_;
};

TEST_F(QueryLine, SaysWhoAskedForWhatAndWhatWasAnswered) {
  const Bytes query = make_query("WWW.corp.test", kTypeTxt);
  const std::string size = std::to_string(zones_.ask(query).size());
  EXPECT_EQ(line(query),
            "2026-11-27T02:14:45.123Z 192.0.2.1#40000 udp WWW.corp.test. TXT NOERROR " + size + " aa");
  EXPECT_EQ(line(query, QueryLineFormat::json, "2001:db8::1", Transport::tls),
            R"({"time":"2026-11-27T02:14:45.123Z","client":"2001:db8::1","port":40000,"transport":"tls",)"
            R"("name":"WWW.corp.test.","type":"TXT","rcode":"NOERROR","size":)" +
                size + R"(,"flags":"aa"})");
}

TEST_F(QueryLine, SaysWhatElseTheQueryWas) {
  EXPECT_NE(
      line(with_edns(make_query("no.corp.test", 65280), {.flags = 0x8000})).find(" TYPE65280 NXDOMAIN "),
      std::string::npos);
  EXPECT_TRUE(
      line(with_edns(make_query("no.corp.test", kTypeTxt), {.flags = 0x8000})).ends_with(" aa,edns,do"));
  Bytes recursive = make_query("elsewhere.test", kTypeTxt);
  recursive[2] = 1;
  EXPECT_NE(line(recursive).find(" REFUSED "), std::string::npos);
  EXPECT_TRUE(line(recursive).ends_with(" rd"));
}

TEST_F(QueryLine, HasNoOctetOfAChallengeValue) {
  for (const QueryLineFormat format : {QueryLineFormat::text, QueryLineFormat::json})
    EXPECT_EQ(line(make_query("www.corp.test", kTypeTxt), format).find("evaGxf"), std::string::npos);
}

TEST_F(QueryLine, IsOneLineWhateverWasAsked) {
  Bytes query = make_query("www.corp.test", kTypeTxt);
  query.replace(13, 3, "\n \"");
  const std::string text = line(query);
  EXPECT_EQ(std::count(text.begin(), text.end(), ' '), 7) << text;
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(line(query, QueryLineFormat::json).find('\n'), std::string::npos);
}

TEST_F(QueryLine, SaysWhatThereIsNot) {
  EXPECT_EQ(line(""), "2026-11-27T02:14:45.123Z 192.0.2.1#40000 udp - - - 0 -");
  Bytes response = make_query("www.corp.test", kTypeTxt);
  response[2] = char(0x80);
  EXPECT_NE(line(response).find(" www.corp.test. TXT - 0 -"), std::string::npos);
  Bytes update = make_query("corp.test", kTypeSoa);
  update[2] = 5 << 3;
  EXPECT_NE(line(update).find(" corp.test. SOA NOTIMP 12 opcode5"), std::string::npos) << line(update);
  const Bytes cut = make_query("www.corp.test", kTypeTxt).substr(0, 20);
  EXPECT_NE(line(cut).find(" - - FORMERR 12 -"), std::string::npos) << line(cut);
}

}  // namespace
}  // namespace dnsserver
