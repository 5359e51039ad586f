#include "acmecore/server_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/certificate.h"
#include "acmecore/pem.h"
#include "acmecore/signing_key.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_literals;

Certificate leaf_of(const ServerIdentity& identity) {
  const std::string_view end = "-----END CERTIFICATE-----\n";
  const std::string first = identity.chain_pem.substr(0, identity.chain_pem.find(end) + end.size());
  return parse_certificate(parse_pem(kPemCertificate, first).value()).value();
}

TEST(ServerIdentity, IsForThisMachineAndTheConfiguredHosts) {
  const auto identity =
      new_server_identity(test_issuer(), {"acme.Corp.test", "192.0.2.7", "2001:db8::7"}, kNow);
  const Certificate leaf = leaf_of(identity.value());
  EXPECT_THAT(leaf.subject_alt_name.dns_names, ElementsAre("acme.corp.test", "localhost"));
  EXPECT_THAT(leaf.subject_alt_name.ip_addresses,
              ElementsAre(Bytes(15, '\0') + '\x01', "\x20\x01\x0d\xb8"s + Bytes(11, '\0') + '\x07',
                          "\x7f\0\0\x01"s, "\xc0\x00\x02\x07"s));
  EXPECT_EQ(leaf.serial, identity->serial);
  EXPECT_EQ(leaf.validity, identity->validity);
  EXPECT_EQ(SigningKey::parse(identity->key_pem)->spki_der(), leaf.spki_der);
  EXPECT_TRUE(is_issued_by(leaf, test_issuer().certificate()));
  EXPECT_THAT(identity->chain_pem, HasSubstr(test_ca().issuing_pem));
}

TEST(ServerIdentity, AHostThatIsNamedTwiceStandsThereOnce) {
  const auto identity =
      new_server_identity(test_issuer(), {"localhost", "127.0.0.1", "::1", "LOCALHOST"}, kNow);
  const Certificate leaf = leaf_of(identity.value());
  EXPECT_THAT(leaf.subject_alt_name.dns_names, ElementsAre("localhost"));
  EXPECT_EQ(leaf.subject_alt_name.ip_addresses.size(), 2u);
}

TEST(ServerIdentity, AHostThatIsNeitherNameNorAddressIsRefused) {
  for (const char* host : {"", "a b", "192.0.2.256", "192.0.2", "192.0.2.1 ", "1.2.3.4.5", "http://corp.test",
                           "2001:db8::g", "acme_1.corp.test"}) {
    const auto identity = new_server_identity(test_issuer(), {host}, kNow);
    ASSERT_FALSE(identity) << host;
    EXPECT_EQ(identity.error().kind, base::ErrorKind::malformed);
  }
}

TEST(ServerIdentity, IsNewEachTimeAndDueForRenewalBeforeItEnds) {
  const auto first = new_server_identity(test_issuer(), {}, kNow).value();
  const auto second = new_server_identity(test_issuer(), {}, kNow).value();
  EXPECT_NE(first.key_pem, second.key_pem);
  EXPECT_NE(first.serial, second.serial);
  EXPECT_FALSE(due_for_renewal(first.validity, kNow));
  EXPECT_TRUE(due_for_renewal(first.validity, first.validity.not_after - std::chrono::hours(9 * 24)));
}

TEST(ServerIdentity, TheOpensslProgramVerifiesItForNameAndAddress) {
  const TemporaryDirectory directory;
  const auto identity = new_server_identity(test_issuer(), {"acme.corp.test"}, kNow).value();
  write_text(directory.path() + "/root.pem", test_issuer().root_pem());
  write_text(directory.path() + "/chain.pem", identity.chain_pem);
  const std::string verify = "openssl verify -x509_strict -purpose sslserver -attime " +
                             std::to_string(kNow.time_since_epoch() / std::chrono::seconds(1)) + " -CAfile " +
                             directory.path() + "/root.pem -untrusted " + directory.path() + "/chain.pem ";
  for (const char* check : {"-verify_hostname localhost ", "-verify_hostname acme.corp.test ",
                            "-verify_ip 127.0.0.1 ", "-verify_ip ::1 "}) {
    const ProgramResult result = run_program(verify + check + directory.path() + "/chain.pem");
    EXPECT_TRUE(result.succeeded) << check << result.output;
  }
}

}  // namespace
}  // namespace acmecore
