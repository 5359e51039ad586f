#include "dnsserver/net/tls_session.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/dnsserver/memory_tls_client.h"
#include "tests/support/self_signed.h"

namespace dnsserver::net {
namespace {

using namespace std::string_literals;

class TlsSessionTest : public testing::Test {
 protected:
  // What the session reads out of the octets.
  static Bytes read(TlsSession& session, BytesView octets, Bytes& out) {
    std::vector<char> plain(octets.size() + kTlsRecordSizeMax);
    const size_t size = session.read(octets, plain, out);
    return Bytes(plain.data(), size);
  }

  void establish(TlsSession& session, MemoryTlsClient& client) {
    Bytes heard;
    while (!session.is_established()) {
      const Bytes said = client.shake_hands(heard);
      heard.clear();
      read(session, said, heard);
      ASSERT_FALSE(session.has_ended());
    }
    client.open(heard);
  }

  base::SslContextHandle context_ =
      base::new_tls_server(support::self_signed("localhost"), base::AlpnProtocol::dot).value();
};

TEST_F(TlsSessionTest, CarriesOctetsBothWays) {
  TlsSession session(context_.get());
  MemoryTlsClient client;
  establish(session, client);
  Bytes out;
  EXPECT_EQ(read(session, client.seal("ask"), out), "ask");
  EXPECT_EQ(out, "");
  const Bytes long_answer(100'000, 'x');
  EXPECT_TRUE(session.write(long_answer, out));
  EXPECT_EQ(client.open(out), long_answer);
}

TEST_F(TlsSessionTest, PutsRecordsTogetherFromTheirOctets) {
  TlsSession session(context_.get());
  MemoryTlsClient client;
  Bytes heard;
  while (!session.is_established()) {
    Bytes said = client.shake_hands(heard);
    heard.clear();
    for (const char octet : said)
      EXPECT_EQ(read(session, {&octet, 1}, heard), "");
  }
  Bytes plain;
  const Bytes message(20'000, 'm');
  for (const char octet : client.seal(message))
    plain += read(session, {&octet, 1}, heard);
  EXPECT_EQ(plain, message);
}

TEST_F(TlsSessionTest, HasRoomForAllThatOneReceiveCanHold) {
  TlsSession session(context_.get());
  MemoryTlsClient client;
  establish(session, client);
  // A record but for its last octet, and behind that octet as much again as one receive takes.
  const Bytes first = client.seal(Bytes(16 * 1024, 'a'));
  Bytes out;
  EXPECT_EQ(read(session, BytesView(first).substr(0, first.size() - 1), out), "");
  const Bytes rest = first.substr(first.size() - 1) + client.seal(Bytes(40'000, 'b'));
  EXPECT_EQ(read(session, rest, out), Bytes(16 * 1024, 'a') + Bytes(40'000, 'b'));
}

TEST_F(TlsSessionTest, EndsWithItsPeerAndSaysSo) {
  TlsSession session(context_.get());
  MemoryTlsClient client;
  establish(session, client);
  Bytes out;
  Bytes said = client.seal("last");
  said += client.close();
  EXPECT_EQ(read(session, said, out), "last");
  EXPECT_TRUE(session.has_ended());
  EXPECT_TRUE(session.write("answer", out));
  session.close(out);
  EXPECT_EQ(client.open(out), "answer");
  EXPECT_TRUE(client.was_told_of_the_end());
}

TEST_F(TlsSessionTest, AnswersAKeyUpdate) {
  TlsSession session(context_.get());
  MemoryTlsClient client;
  establish(session, client);
  Bytes out;
  Bytes said = client.seal("a");
  said += client.update_key();
  said += client.seal("b");
  EXPECT_EQ(read(session, said, out), "ab");
  EXPECT_TRUE(session.write("c", out));
  EXPECT_EQ(client.open(out), "c");
}

TEST_F(TlsSessionTest, EndsAtWhatIsNoHandshake) {
  for (const Bytes& garbage : {"GET / HTTP/1.1\r\n\r\n"s, Bytes(100, '\0'), Bytes(100, '\xff'),
                               "\x16\x03\x01\x00\x05hello"s, "\x17\x03\x03\x00\x01x"s}) {
    TlsSession session(context_.get());
    Bytes out;
    EXPECT_EQ(read(session, garbage, out), "");
    EXPECT_TRUE(session.has_ended());
    EXPECT_FALSE(session.is_established());
    const size_t size = out.size();
    session.close(out);
    EXPECT_EQ(out.size(), size);
  }
}

TEST_F(TlsSessionTest, EndsAtAnyOctetThatWasChangedOnTheWay) {
  for (const bool in_handshake : {true, false}) {
    // In front of Finished stands a ChangeCipherSpec, which means nothing in TLS 1.3 (RFC 8446 §5).
    for (size_t at = in_handshake ? 6 : 0;; ++at) {
      TlsSession session(context_.get());
      MemoryTlsClient client;
      Bytes out;
      read(session, client.shake_hands(), out);
      Bytes said = client.shake_hands(out);  // Finished
      if (!in_handshake) {
        out.clear();
        read(session, said, out);
        ASSERT_TRUE(session.is_established());
        said = client.seal("ask");
      }
      if (at == said.size()) break;
      said[at] = char(said[at] ^ 0x40);
      out.clear();
      const Bytes plain = read(session, said, out);
      EXPECT_NE(plain, "ask") << at;
      if (in_handshake) {
        EXPECT_FALSE(session.is_established()) << at;
      }
    }
  }
}

TEST_F(TlsSessionTest, TakesOnlySoMuchBeforeItIsEstablished) {
  // A ClientHello that says that it has 128 KiB, in whole records.
  const Bytes beginning = "\x16\x03\x01\0\4\x01\x01\xff\xff"s;
  const Bytes record = "\x16\x03\x01\x04\0"s + Bytes(1024, '\0');
  TlsSession session(context_.get());
  Bytes out;
  read(session, beginning, out);
  size_t size = beginning.size();
  for (; size + record.size() <= kTlsHandshakeSizeMax; size += record.size()) {
    read(session, record, out);
    ASSERT_FALSE(session.has_ended()) << size;
  }
  read(session, record, out);
  EXPECT_TRUE(session.has_ended());
}

TEST_F(TlsSessionTest, CountsNothingOnceItIsEstablished) {
  TlsSession session(context_.get());
  MemoryTlsClient client;
  establish(session, client);
  Bytes out;
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(read(session, client.seal(Bytes(kTlsHandshakeSizeMax, 'x')), out).size(), kTlsHandshakeSizeMax);
}

TEST_F(TlsSessionTest, ResumesWhatWasUnderItsTicketKeyOnly) {
  TlsSession first(context_.get());
  MemoryTlsClient client;
  establish(first, client);
  const auto session = client.take_session();
  const auto is_resumed = [&] {
    TlsSession next(context_.get());
    MemoryTlsClient same_client(session.get());
    establish(next, same_client);
    return next.is_resumed();
  };
  EXPECT_TRUE(is_resumed());
  base::renew_ticket_key(context_.get());
  EXPECT_FALSE(is_resumed());
}

}  // namespace
}  // namespace dnsserver::net
