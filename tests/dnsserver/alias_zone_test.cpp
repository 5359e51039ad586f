// UPDATEs of a zone whose names lead to ours by CNAME.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/signed_messages.h"
#include "tests/dnsserver/update_server.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Rcode rcode(BytesView response) { return Rcode(rcode_of(response)); }

Bytes over_udp(const base::Endpoint& server, BytesView message) {
  net::UdpClient client(server);
  client.send(message);
  return client.receive();
}

Bytes signed_update(const UpdateParts& parts, const TsigKey& key = ddns_key()) {
  return with_tsig(make_update(parts), key, base::SystemClock().now());
}

class AliasZone : public testing::Test {
 protected:
  Rcode update(std::string_view owner, const TsigKey& key = ddns_key()) {
    const Bytes request =
        signed_update({.updates = {add_txt(owner, "x")}, .zone = "corp.example", .has_edns = true}, key);
    net::TcpClient client(server_.update_endpoint());
    client.send_message(request);
    response_ = client.receive_message();
    return rcode(response_);
  }
  bool says(std::string_view text) const { return response_.find(text) != Bytes::npos; }
  void lead(std::string_view from, std::string_view to) {
    server_.targets().set(Name::parse(from).value(), Name::parse(to).value());
  }

  UpdateServer server_;
  Bytes response_;
};

TEST_F(AliasZone, AnswersAtTheUpdateListenerAlone) {
  const auto ask = [](const base::Endpoint& at, std::string_view name, uint16_t type) {
    return read_message(over_udp(at, make_query(name, type)));
  };
  const auto soa = ask(server_.update_endpoint(), "corp.example", kTypeSoa);
  EXPECT_EQ(soa.rcode, "NOERROR");
  EXPECT_EQ(soa.flags, "qr aa");
  EXPECT_THAT(soa.answer,
              ElementsAre("corp.example. 60 IN SOA corp.example. hostmaster.corp.example. 1 60 60 "
                          "60 60"));
  const auto below = ask(server_.update_endpoint(), "_acme-challenge.www.CORP.example", kTypeSoa);
  EXPECT_EQ(below.rcode, "NOERROR");
  EXPECT_THAT(below.answer, IsEmpty());
  ASSERT_EQ(below.authority.size(), 1u);
  EXPECT_EQ(ask(server_.update_endpoint(), "example", kTypeSoa).rcode, "REFUSED");
  EXPECT_EQ(ask(server_.update_endpoint(), "corp.test", kTypeSoa).answer.size(), 1u);
  EXPECT_EQ(ask(server_.endpoint(), "corp.example", kTypeSoa).rcode, "REFUSED");
}

TEST_F(AliasZone, StoresAtTheEndOfTheCnames) {
  lead("_acme-challenge.www.corp.example", "7f3k.acme.test");
  EXPECT_EQ(update("_acme-challenge.www.corp.example"), Rcode::noerror);
  EXPECT_THAT(server_.txt("7f3k.acme.test"), ElementsAre("\"x\""));
  const Bytes clean_up =
      signed_update({.updates = {wire_record("_acme-challenge.www.corp.example", kTypeTxt, kClassAny, 0)},
                     .zone = "corp.example"});
  EXPECT_EQ(rcode(over_udp(server_.update_endpoint(), clean_up)), Rcode::noerror);
  EXPECT_THAT(server_.txt("7f3k.acme.test"), IsEmpty());
}

TEST_F(AliasZone, SaysWhatIsMissing) {
  EXPECT_EQ(update("_acme-challenge.www.corp.example"), Rcode::refused);
  EXPECT_TRUE(says("_acme-challenge.www.corp.example. has no CNAME, and that is in no zone of this server"));
  lead("_acme-challenge.api.corp.example", "elsewhere.example");
  EXPECT_EQ(update("_acme-challenge.api.corp.example"), Rcode::refused);
  EXPECT_TRUE(says("leads to elsewhere.example. by its CNAME"));
}

// CVE-2026-26017: the name that counts is the one that is written at.
TEST_F(AliasZone, ChecksThePolicyWhereTheValueWillStand) {
  lead("_acme-challenge.a.corp.example", "7f3k.acme.test");
  lead("_acme-challenge.b.corp.example", "_acme-challenge.www.corp.test");
  EXPECT_EQ(update("_acme-challenge.a.corp.example", narrow_key()), Rcode::refused);
  EXPECT_THAT(server_.txt("7f3k.acme.test"), IsEmpty());
  EXPECT_EQ(update("_acme-challenge.b.corp.example", narrow_key()), Rcode::noerror);
}

TEST_F(AliasZone, AnswersServfailWhereTheResolverHasNoAnswer) {
  server_.targets().set(Name::parse("_acme-challenge.www.corp.example").value(),
                        base::fail(base::ErrorKind::dns, "asked for it, got SERVFAIL"));
  EXPECT_EQ(update("_acme-challenge.www.corp.example"), Rcode::servfail);
  EXPECT_TRUE(says("got SERVFAIL"));
}

}  // namespace
}  // namespace dnsserver
