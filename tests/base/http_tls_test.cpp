#include "base/http/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tests/base/http_fixture.h"

namespace base::http {
namespace {

TEST(Tls, SpeaksVersions12And13) {
  ListenerFixture fixture(echo);
  EXPECT_EQ(fixture.client().version(), "TLSv1.3");
  EXPECT_EQ(fixture.client({.version_max = TLS1_2_VERSION}).version(), "TLSv1.2");
}

// RFC 8996.
TEST(Tls, RefusesOlderVersions) {
  ListenerFixture fixture(echo);
  EXPECT_FALSE(fixture.client({.version_max = TLS1_1_VERSION}).is_connected());
  EXPECT_FALSE(fixture.client({.version_max = TLS1_VERSION}).is_connected());
}

// RFC 9325 §4.1 and §4.2.
TEST(Tls, RefusesCiphersWithoutForwardSecrecyOrAead) {
  ListenerFixture fixture(echo);
  const auto connects = [&](const std::string& ciphers) {
    return fixture.client({.version_max = TLS1_2_VERSION, .tls12_ciphers = ciphers}).is_connected();
  };
  EXPECT_TRUE(connects("ECDHE-ECDSA-AES128-GCM-SHA256"));
  EXPECT_TRUE(connects("ECDHE-ECDSA-CHACHA20-POLY1305"));
  EXPECT_FALSE(connects("AES128-GCM-SHA256"));
  EXPECT_FALSE(connects("ECDHE-ECDSA-AES128-SHA256"));
  EXPECT_FALSE(connects("ECDHE-ECDSA-AES128-SHA"));
  EXPECT_FALSE(connects("ECDHE-ECDSA-NULL-SHA"));
}

TEST(Tls, SelectsHttp11AndNothingElse) {
  ListenerFixture fixture(echo);
  EXPECT_EQ(fixture.client({.alpn = {"h2", "http/1.1"}}).alpn(), "http/1.1");
  EXPECT_EQ(fixture.client().alpn(), "");
  EXPECT_FALSE(fixture.client({.alpn = {"h2"}}).is_connected());
}

TEST(Tls, ResumesSessions) {
  ListenerFixture fixture(echo);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient first = fixture.client({.version_max = version});
    first.send(get("/"));
    EXPECT_EQ(first.read_reply().status, 200u);  // behind the tickets of TLS 1.3
    SSL_SESSION* session = first.take_session();
    TlsClient second = fixture.client({.version_max = version, .session = session});
    SSL_SESSION_free(session);
    EXPECT_TRUE(second.was_resumed()) << version;
    second.send(get("/"));
    EXPECT_EQ(second.read_reply().status, 200u);
  }
}

TEST(Tls, RenewsItsIdentityWithoutHarmToOpenConnections) {
  ListenerFixture fixture(echo);
  TlsClient before = fixture.client();
  EXPECT_EQ(before.peer_name(), "localhost");
  ASSERT_TRUE(fixture.listener().renew(self_signed("renewed")));
  while (fixture.client().peer_name() != "renewed") {
  }
  before.send(get("/"));
  EXPECT_EQ(before.read_reply().status, 200u);
}

TEST(Tls, KeepsItsIdentityIfTheNewOneIsBroken) {
  ListenerFixture fixture(echo);
  const TlsIdentity good = self_signed("a");
  const TlsIdentity other = self_signed("b");
  for (const TlsIdentity& broken :
       {TlsIdentity{"", ""}, TlsIdentity{good.chain_pem, ""}, TlsIdentity{"", good.key_pem},
        TlsIdentity{good.chain_pem, other.key_pem}, TlsIdentity{good.key_pem, good.chain_pem}}) {
    const auto renewed = fixture.listener().renew(broken);
    ASSERT_FALSE(renewed);
    EXPECT_EQ(renewed.error().kind, ErrorKind::malformed);
    EXPECT_EQ(renewed.error().detail.find("PRIVATE KEY"), std::string::npos);
  }
  EXPECT_EQ(fixture.client().peer_name(), "localhost");
}

}  // namespace
}  // namespace base::http
