#include "dnsserver/async/update_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/message.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/signed_messages.h"
#include "tests/dnsserver/tls_client.h"
#include "tests/dnsserver/update_server.h"
#include "tests/dnsserver/zone_text.h"
#include "tests/support/self_signed.h"

namespace dnsserver {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Time now() { return base::SystemClock().now(); }

Bytes over_udp(const base::Endpoint& server, BytesView message) {
  net::UdpClient client(server);
  client.send(message);
  return client.receive();
}

Bytes over_tcp(const base::Endpoint& server, BytesView message) {
  net::TcpClient client(server);
  client.send_message(message);
  return client.receive_message();
}

Bytes over_tls(const base::Endpoint& server, BytesView message) {
  net::TlsClient client(server);
  client.send_message(message);
  return client.receive_message();
}

net::ServerOptions with_tls() {
  net::ServerOptions options;
  options.listen_tls = {{"127.0.0.1", 0}};
  options.tls = support::self_signed("localhost");
  return options;
}

// Every way to the door. REQUIRES: with_tls().
std::vector<Bytes> over_all(const UpdateServer& server, BytesView message) {
  return {over_udp(server.endpoint(), message), over_tcp(server.endpoint(), message),
          over_tls(server.tls_endpoint(), message), over_udp(server.update_endpoint(), message),
          over_tcp(server.update_endpoint(), message)};
}

Rcode rcode(BytesView response) { return Rcode(rcode_of(response)); }

// The response is the one to this request, signed by who knows the key.
void expect_signed(const Bytes& response, BytesView request, const TsigKey& key) {
  const Tsig tsig = read_envelope(response).value().tsig.value();
  Bytes expected = without_tsig(response, tsig);
  const Time at{std::chrono::seconds(tsig.time_signed)};
  sign(expected, read_envelope(request).value().tsig.value(), key, TsigError::none, at);
  EXPECT_EQ(expected, response);
}

Bytes signed_update(const UpdateParts& parts, const TsigKey& key = ddns_key(), Time at = now()) {
  return with_tsig(make_update(parts), key, at);
}

constexpr std::string_view kOwner = "_acme-challenge.www.corp.test";

TEST(UpdateDoor, RefusesWhatIsNotSignedOnEveryTransport) {
  UpdateServer server({}, with_tls());
  for (const Bytes& response : over_all(server, make_update({.updates = {add_txt(kOwner, "x")}})))
    EXPECT_EQ(rcode(response), Rcode::refused);
  EXPECT_THAT(server.txt(kOwner), IsEmpty());
}

TEST(UpdateDoor, SaysWhyToWhoSpeaksEdns) {
  UpdateServer server;
  const Bytes response =
      over_udp(server.endpoint(), make_update({.updates = {add_txt(kOwner, "x")}, .has_edns = true}));
  EXPECT_NE(response.find("an UPDATE has to be signed (TSIG, RFC 8945)"), Bytes::npos);
  EXPECT_EQ(read_message(response).edns.find("version=0 size=1232"), 0u);
}

TEST(UpdateDoor, ShowsInTheNextAnswerWhatItConfirmed) {
  UpdateServer server;
  for (int i = 0; i < 20; ++i) {
    const std::string value = "value" + std::to_string(i);
    const Bytes request = signed_update({.updates = {add_txt(kOwner, value)}});
    const Bytes response =
        i % 2 == 0 ? over_udp(server.endpoint(), request) : over_tcp(server.endpoint(), request);
    ASSERT_EQ(rcode(response), Rcode::noerror);
    ASSERT_EQ(server.txt(kOwner).size(), size_t(i) + 1);
    EXPECT_EQ(u16_at(response, 0), 0x1234);
    EXPECT_EQ(u16_at(response, 2) & (kQr | kOpcode), kQr | kOpcodeUpdate);
    expect_signed(response, request, ddns_key());
  }
}

TEST(UpdateDoor, MovesTheSerialOnceForAMessageAndNotForNothing) {
  UpdateServer server;
  const uint32_t before = server.serial("corp.test");
  over_udp(server.endpoint(), signed_update({.updates = {add_txt(kOwner, "a"), add_txt(kOwner, "b")}}));
  const uint32_t after = server.serial("corp.test");
  EXPECT_GT(after, before);
  over_udp(server.endpoint(), signed_update({.updates = {add_txt(kOwner, "a", 300)}}));
  over_udp(server.endpoint(), signed_update({.updates = {delete_txt(kOwner, "never was")}}));
  EXPECT_EQ(server.serial("corp.test"), after);
}

TEST(UpdateDoor, DeletesAndAddsInTheOrderOfTheMessage) {
  UpdateServer server;
  const Bytes delete_rrset = wire_record(kOwner, kTypeTxt, kClassAny, 0);
  const Bytes delete_name = wire_record(kOwner, kTypeAny, kClassAny, 0);
  const auto update = [&](std::vector<Bytes> updates) {
    return rcode(over_udp(server.endpoint(), signed_update({.updates = std::move(updates)})));
  };
  EXPECT_EQ(update({add_txt(kOwner, "a"), add_txt(kOwner, "b"), delete_txt(kOwner, "a")}), Rcode::noerror);
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"b\""));
  EXPECT_EQ(update({delete_rrset, add_txt(kOwner, "c")}), Rcode::noerror);  // as lego does
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"c\""));
  EXPECT_EQ(update({add_txt(kOwner, "d"), delete_name}), Rcode::noerror);
  EXPECT_THAT(server.txt(kOwner), IsEmpty());
  EXPECT_EQ(update({delete_name, delete_rrset, delete_txt(kOwner, "a")}), Rcode::noerror);
}

TEST(UpdateDoor, DeletesNothingOfAnother) {
  UpdateServer server;
  const auto update = [&](const TsigKey& key, const Bytes& record) {
    return rcode(over_udp(server.endpoint(), signed_update({.updates = {record}}, key)));
  };
  EXPECT_EQ(update(ddns_key(), add_txt(kOwner, "one")), Rcode::noerror);
  EXPECT_EQ(update(narrow_key(), add_txt(kOwner, "two")), Rcode::noerror);
  EXPECT_EQ(update(narrow_key(), delete_txt(kOwner, "one")), Rcode::noerror);
  EXPECT_EQ(update(narrow_key(), wire_record(kOwner, kTypeTxt, kClassAny, 0)), Rcode::noerror);
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"one\""));
}

TEST(UpdateDoor, DoesAllOfAMessageOrNothing) {
  UpdateServer server;
  const uint32_t before = server.serial("corp.test");
  const Bytes request =
      signed_update({.updates = {add_txt(kOwner, "x"), add_txt("other.corp.test", "x")}}, narrow_key());
  EXPECT_EQ(rcode(over_udp(server.endpoint(), request)), Rcode::refused);
  EXPECT_THAT(server.txt(kOwner), IsEmpty());
  EXPECT_EQ(server.serial("corp.test"), before);
}

TEST(UpdateDoor, HoldsToPrerequisites) {
  UpdateServer server;
  const auto rcode_with = [&](std::vector<Bytes> prerequisites) {
    return rcode(over_udp(server.endpoint(),
                          signed_update({.prerequisites = std::move(prerequisites), .updates = {}})));
  };
  const auto needs = [&](std::string_view owner, uint16_t type, uint16_t rclass) {
    return rcode_with({wire_record(owner, type, rclass, 0)});
  };
  const auto needs_value = [&](std::vector<std::string_view> values) {
    std::vector<Bytes> records;
    for (const auto value : values)
      records.push_back(add_txt(kOwner, value, 0));
    return rcode_with(std::move(records));
  };
  over_udp(server.endpoint(), signed_update({.updates = {add_txt(kOwner, "a"), add_txt(kOwner, "b")}}));
  EXPECT_EQ(needs(kOwner, kTypeAny, kClassAny), Rcode::noerror);
  EXPECT_EQ(needs("no.corp.test", kTypeAny, kClassAny), Rcode::nxdomain);
  EXPECT_EQ(needs("www.corp.test", kTypeAny, kClassAny), Rcode::nxdomain);  // an empty non-terminal
  EXPECT_EQ(needs("no.corp.test", kTypeAny, kClassNone), Rcode::noerror);
  EXPECT_EQ(needs(kOwner, kTypeAny, kClassNone), Rcode::yxdomain);
  EXPECT_EQ(needs(kOwner, kTypeTxt, kClassAny), Rcode::noerror);
  EXPECT_EQ(needs(kOwner, kTypeA, kClassAny), Rcode::nxrrset);
  EXPECT_EQ(needs("corp.test", kTypeSoa, kClassAny), Rcode::noerror);
  EXPECT_EQ(needs(kOwner, kTypeA, kClassNone), Rcode::noerror);
  EXPECT_EQ(needs(kOwner, kTypeTxt, kClassNone), Rcode::yxrrset);
  EXPECT_EQ(needs_value({"b", "a"}), Rcode::noerror);
  EXPECT_EQ(needs_value({"a"}), Rcode::nxrrset);
  EXPECT_EQ(needs_value({"a", "b", "c"}), Rcode::nxrrset);
  EXPECT_EQ(needs_value({"a", "c"}), Rcode::nxrrset);

  const Bytes unmet = signed_update(
      {.prerequisites = {wire_record(kOwner, kTypeAny, kClassNone, 0)}, .updates = {add_txt(kOwner, "c")}});
  EXPECT_EQ(rcode(over_udp(server.endpoint(), unmet)), Rcode::yxdomain);
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"a\"", "\"b\""));
}

TEST(UpdateDoor, SaysWhoseZoneItIs) {
  UpdateServer server;
  const auto rcode_of_zone = [&](std::string_view zone, std::string_view owner) {
    return rcode(
        over_udp(server.endpoint(), signed_update({.updates = {add_txt(owner, "x")}, .zone = zone})));
  };
  EXPECT_EQ(rcode_of_zone("corp.test", "a.corp.test"), Rcode::noerror);
  EXPECT_EQ(rcode_of_zone("CORP.test", "a.corp.TEST"), Rcode::noerror);
  EXPECT_EQ(rcode_of_zone("a.corp.test", "a.corp.test"), Rcode::notauth);
  EXPECT_EQ(rcode_of_zone("test", "a.corp.test"), Rcode::notauth);
  EXPECT_EQ(rcode_of_zone(".", "a.corp.test"), Rcode::notauth);
  EXPECT_EQ(rcode_of_zone("else.where", "else.where"), Rcode::notauth);
  EXPECT_EQ(rcode_of_zone("corp.test", "a.sub.corp.test"), Rcode::notzone);  // of another zone here
  EXPECT_EQ(rcode_of_zone("corp.test", "acme.test"), Rcode::notzone);
}

TEST(UpdateDoor, AnswersTheSameOctetsAgainAndDoesNothing) {
  UpdateServer server({}, with_tls());
  const Bytes add = signed_update({.updates = {add_txt(kOwner, "x")}});
  ASSERT_EQ(rcode(over_udp(server.endpoint(), add)), Rcode::noerror);
  ASSERT_EQ(rcode(over_udp(server.endpoint(), signed_update({.updates = {delete_txt(kOwner, "x")}}))),
            Rcode::noerror);
  for (const Bytes& response : over_all(server, add)) {
    EXPECT_EQ(rcode(response), Rcode::noerror);
    expect_signed(response, add, ddns_key());
  }
  EXPECT_THAT(server.txt(kOwner), IsEmpty());
}

TEST(UpdateDoor, TellsWhatIsWrongWithASignature) {
  UpdateServer server({}, with_tls());
  const UpdateParts parts{.updates = {add_txt(kOwner, "x")}};
  struct Case {
    Bytes request;
    TsigError error;
    bool has_mac;
  };
  TsigKey unknown = ddns_key();
  unknown.name = Name::parse("no-key").value();
  TsigKey other_algorithm = ddns_key(TsigAlgorithm::hmac_sha512);
  TsigKey other_secret = ddns_key();
  other_secret.secret += "x";
  const Case cases[] = {
      {signed_update(parts, unknown), TsigError::badkey, false},
      {signed_update(parts, other_algorithm), TsigError::badkey, false},
      {signed_update(parts, other_secret), TsigError::badsig, false},
      {signed_update(parts, ddns_key(), now() - std::chrono::seconds(302)), TsigError::badtime, true},
      {signed_update(parts, ddns_key(), now() + std::chrono::seconds(302)), TsigError::badtime, true},
      // It was signed before the server started, and may have been carried out by the one before.
      {signed_update(parts, ddns_key(), now() - std::chrono::seconds(100)), TsigError::badtime, true},
  };
  for (const Case& c : cases) {
    for (const Bytes& response : over_all(server, c.request)) {
      EXPECT_EQ(rcode(response), Rcode::notauth);
      const Tsig tsig = read_envelope(response).value().tsig.value();
      EXPECT_EQ(tsig.error, uint16_t(c.error));
      EXPECT_EQ(!tsig.mac.empty(), c.has_mac);
    }
  }
  EXPECT_THAT(server.txt(kOwner), IsEmpty());
}

// CVE-2025-40775: no name of an algorithm does any harm.
TEST(UpdateDoor, AnswersUnknownAlgorithmsWithBadkey) {
  UpdateServer server;
  const Bytes longest = Bytes(1, '\x3f') + Bytes(63, 'a') + Bytes(1, '\x3f') + Bytes(63, 'a') +
                        Bytes(1, '\x3f') + Bytes(63, 'a') + Bytes(1, '\x3d') + Bytes(61, 'a') +
                        Bytes(1, '\0');
  for (const Bytes& algorithm : {Bytes("\3foo\0", 5), Bytes(1, '\0'), longest}) {
    Bytes message = make_update({});
    put_u16(message.data() + 10, 1);
    const Bytes rdata = algorithm + from_hex("00006b08e428012c 0000 1234 0000 0000");
    message += wire_record("ddns-key.corp.test", kTypeTsig, kClassAny, 0, rdata);
    const Bytes response = over_udp(server.endpoint(), message);
    EXPECT_EQ(rcode(response), Rcode::notauth);
    EXPECT_EQ(read_envelope(response).value().tsig.value().error, uint16_t(TsigError::badkey));
  }
  // genreport's dnswkk.
  Bytes query = make_query("corp.test", kTypeSoa);
  put_u16(query.data() + 10, 1);
  query += wire_record(".", kTypeTsig, kClassAny, 0,
                       Bytes(Name::parse("hmac-sha256").value().wire()) + from_hex("00006b08e428012c0020") +
                           Bytes(32, 'x') + from_hex("123400000000"));
  const Bytes response = over_udp(server.endpoint(), query);
  EXPECT_EQ(rcode(response), Rcode::notauth);
  EXPECT_EQ(read_envelope(response).value().tsig.value().error, uint16_t(TsigError::badkey));
}

TEST(UpdateDoor, NamesAnAlgorithmThatIsSwitchedOffAndWhatToSet) {
  const TsigKey old{Name::parse("old-key").value(), TsigAlgorithm::hmac_md5, kSecret};
  const UpdateParts parts{.updates = {add_txt(kOwner, "x")}, .has_edns = true};
  {
    UpdateServer server;
    const Bytes response = over_udp(server.endpoint(), signed_update(parts, old));
    EXPECT_EQ(rcode(response), Rcode::notauth);
    EXPECT_NE(response.find("hmac-md5 is switched off: sign with hmac-sha256, or set update.allow_hmac_md5"),
              Bytes::npos);
  }
  UpdateServer server({.allow_hmac_md5 = true});
  EXPECT_EQ(rcode(over_udp(server.endpoint(), signed_update(parts, old))), Rcode::noerror);
}

TEST(UpdateDoor, SignsTheAnswerToASignedQuery) {
  UpdateServer server({}, with_tls());
  const Bytes query = with_tsig(make_query("_acme-challenge.www.corp.test", kTypeSoa), ddns_key(), now());
  for (const Bytes& response : over_all(server, query)) {
    EXPECT_EQ(rcode(response), Rcode::noerror);
    EXPECT_TRUE(u16_at(response, 2) & kAa);
    EXPECT_EQ(u16_at(response, 8), 1);  // the SOA of the denial
    expect_signed(response, query, ddns_key());
  }
}

TEST(UpdateDoor, TellsToAskOverTcpWhatDoesNotFitBesideItsSignature) {
  UpdateServer server;
  for (char c = 'a'; c < 'e'; ++c) {
    over_udp(server.endpoint(), signed_update({.updates = {add_txt(kOwner, std::string(90, c))}}));
  }
  const Bytes query = with_tsig(make_query(kOwner, kTypeTxt), ddns_key(), now());
  const Bytes response = over_udp(server.endpoint(), query);
  EXPECT_LE(response.size(), kUdpSizeMin);
  EXPECT_TRUE(u16_at(response, 2) & kTc);
  EXPECT_EQ(u16_at(response, 6), 0);
  expect_signed(response, query, ddns_key());
  EXPECT_EQ(u16_at(over_tcp(server.endpoint(), query), 6), 4);
}

TEST(UpdateDoor, AnswersServfailWhereTheStoreFailsAndTakesTheSameAgain) {
  UpdateServer server;
  const Bytes request = signed_update({.updates = {add_txt(kOwner, "x")}, .has_edns = true});
  server.store().fails = true;
  const Bytes response = over_udp(server.endpoint(), request);
  EXPECT_EQ(rcode(response), Rcode::servfail);
  EXPECT_NE(response.find("the disk is full"), Bytes::npos);
  server.store().fails = false;
  EXPECT_EQ(rcode(over_udp(server.endpoint(), request)), Rcode::noerror);
  EXPECT_THAT(server.txt(kOwner), ElementsAre("\"x\""));
}

TEST(UpdateDoor, AnswersServfailOnceItIsClosed) {
  UpdateServer server;
  server.door().close();
  const Bytes request = signed_update({.updates = {add_txt(kOwner, "x")}});
  EXPECT_EQ(rcode(over_tcp(server.endpoint(), request)), Rcode::servfail);
}

// On an executor that nobody runs, nothing that was taken comes to its end.
TEST(UpdateDoor, TakesNoMoreThanTheNamedNumberAtOnce) {
  UpdateServer server;
  boost::asio::io_context idle;
  UpdateDoor door(server.updates(), server.credentials(), {}, server.clock(), idle.get_executor());
  NodeIndex nodes;
  const ZoneTableHolder zones;
  Responder responder(nodes, zones, {});
  responder.refresh({});
  const auto take = [&](Transport transport, size_t id) {
    Bytes update = make_update({.updates = {add_txt(kOwner, "x")}});
    put_u16(update.data(), uint16_t(id));
    const Bytes request = with_tsig(std::move(update), ddns_key(), now());
    return door.take(request, {.transport = transport}, responder, [](const Bytes&) {});
  };
  for (size_t i = 0; i < kUpdatesUnderWayMax; ++i)
    ASSERT_EQ(take(Transport::udp, i), std::nullopt);
  EXPECT_EQ(take(Transport::udp, kUpdatesUnderWayMax), "");
  EXPECT_EQ(rcode(take(Transport::tcp, kUpdatesUnderWayMax).value()), Rcode::servfail);
  EXPECT_EQ(rcode(take(Transport::tcp, kUpdatesUnderWayMax).value()), Rcode::servfail);
}

TEST(UpdateDoor, LogsNoMoreRefusedSignaturesInASecondThanTheNamedNumber) {
  UpdateServer server;
  base::ManualClock clock(now());
  boost::asio::io_context idle;
  UpdateDoor door(server.updates(), server.credentials(), {}, clock, idle.get_executor());
  NodeIndex nodes;
  const ZoneTableHolder zones;
  Responder responder(nodes, zones, {});
  responder.refresh({});
  TsigKey unknown = ddns_key();
  unknown.name = Name::parse("no-key").value();
  const Bytes request = signed_update({.updates = {add_txt(kOwner, "x")}}, unknown);
  const auto logged = [&](unsigned refused) {
    testing::internal::CaptureStderr();
    for (; refused > 0; --refused)
      EXPECT_EQ(rcode(door.take(request, {}, responder, [](const Bytes&) {}).value()), Rcode::notauth);
    const std::string log = testing::internal::GetCapturedStderr();
    unsigned lines = 0;
    for (size_t at = 0; (at = log.find("dns.tsig.refused", at)) != std::string::npos; ++at)
      ++lines;
    return lines;
  };
  EXPECT_EQ(logged(kRefusalsLoggedMax), kRefusalsLoggedMax);
  EXPECT_EQ(logged(1), 0u);
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(logged(kRefusalsLoggedMax + 1), kRefusalsLoggedMax);
}

TEST(UpdateDoor, TakesManyOverOneConnection) {
  UpdateServer server;
  net::TcpClient client(server.endpoint());
  constexpr int kCount = 50;
  for (int i = 0; i < kCount; ++i) {
    Bytes update = make_update({.updates = {add_txt("n" + std::to_string(i) + ".corp.test", "x")}});
    put_u16(update.data(), uint16_t(i));
    client.send_message(with_tsig(std::move(update), ddns_key(), now()));
    client.send_message(make_query("corp.test", kTypeSoa));
  }
  std::vector<int> seen(kCount);
  for (int i = 0; i < 2 * kCount; ++i) {
    const Bytes response = client.receive_message();
    ASSERT_EQ(rcode(response), Rcode::noerror);
    if ((u16_at(response, 2) & kOpcode) == kOpcodeUpdate) ++seen.at(u16_at(response, 0));
  }
  EXPECT_EQ(seen, std::vector<int>(kCount, 1));
  // The thread that answers counts before it sends.
  EXPECT_EQ(server.traffic().tcp.responses[0], 2u * kCount);
  EXPECT_EQ(server.traffic().tcp.unanswered, 0u) << "what comes later is no silence";
}

}  // namespace
}  // namespace dnsserver
