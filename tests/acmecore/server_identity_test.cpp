#include "acmecore/server_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/certificate.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/full_store.h"

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
  const auto identity = make_identity(test_issuers(), {"acme.Corp.test", "192.0.2.7", "2001:db8::7"}, kNow);
  const Certificate leaf = leaf_of(identity.value());
  EXPECT_THAT(leaf.subject_alt_name.dns_names, ElementsAre("acme.corp.test", "localhost"));
  EXPECT_THAT(leaf.subject_alt_name.ip_addresses,
              ElementsAre(Bytes(15, '\0') + '\x01', "\x20\x01\x0d\xb8"s + Bytes(11, '\0') + '\x07',
                          "\x7f\0\0\x01"s, "\xc0\x00\x02\x07"s));
  EXPECT_EQ(leaf.serial, identity->serial);
  EXPECT_EQ(leaf.validity, identity->validity);
  EXPECT_EQ(SoftwareKey::parse(identity->key_pem)->spki_der(), leaf.spki_der);
  EXPECT_TRUE(is_issued_by(leaf, test_issuer().certificate()));
  EXPECT_THAT(identity->chain_pem, HasSubstr(test_ca().issuing_pem));
}

// A server starts with a CA that was made just now.
TEST(ServerIdentity, BeginsWithItsIssuerAtTheEarliest) {
  const base::Time begin = test_issuer().certificate().validity.not_before;
  const auto identity = make_identity(test_issuers(), {}, begin + std::chrono::minutes(1));
  ASSERT_TRUE(identity) << identity.error().detail;
  EXPECT_EQ(identity->validity.not_before, begin);
}

// What the openssl program says of the identity for `hosts`.
std::string subject_for(const std::vector<std::string>& hosts) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/chain.pem";
  write_text(file, make_identity(test_issuers(), hosts, kNow).value().chain_pem);
  return run_program("openssl x509 -noout -subject -nameopt RFC2253 -in " + file).output;
}

TEST(ServerIdentity, HasASubjectBecauseSomeClientsTakeNoEmptyOne) {
  EXPECT_EQ(subject_for({"192.0.2.7", "NS1.corp.test", "acme.corp.test"}), "subject=CN=ns1.corp.test\n");
  EXPECT_EQ(subject_for({}), "subject=CN=localhost\n");
  const std::string label(kCommonNameSizeMax - 5, 'a');
  EXPECT_EQ(subject_for({label + ".test2", "acme.corp.test"}), "subject=CN=acme.corp.test\n");
  EXPECT_EQ(subject_for({label + ".test2"}), "subject=CN=localhost\n");
  EXPECT_EQ(subject_for({label + ".test"}), "subject=CN=" + label + ".test\n");
}

TEST(ServerIdentity, AHostThatIsNamedTwiceStandsThereOnce) {
  const auto identity = make_identity(test_issuers(), {"localhost", "127.0.0.1", "::1", "LOCALHOST"}, kNow);
  const Certificate leaf = leaf_of(identity.value());
  EXPECT_THAT(leaf.subject_alt_name.dns_names, ElementsAre("localhost"));
  EXPECT_EQ(leaf.subject_alt_name.ip_addresses.size(), 2u);
}

TEST(ServerIdentity, AHostThatIsNeitherNameNorAddressIsRefused) {
  for (const char* host : {"", "a b", "192.0.2.256", "192.0.2", "192.0.2.1 ", "1.2.3.4.5", "http://corp.test",
                           "2001:db8::g", "acme_1.corp.test"}) {
    const auto identity = make_identity(test_issuers(), {host}, kNow);
    ASSERT_FALSE(identity) << host;
    EXPECT_EQ(identity.error().kind, base::ErrorKind::malformed);
  }
}

// Sees what was recorded when, and takes no more than so many commits.
class CountingStore final : public support::ForwardingStore {
 public:
  explicit CountingStore(size_t commits_max) : ForwardingStore(memory_), commits_max_(commits_max) {}

  base::Task<base::Result<storage::Revision>> commit(storage::Batch batch) override {
    if (commits_ == commits_max_) co_return base::fail(base::ErrorKind::unavailable, "full");
    ++commits_;
    co_return co_await ForwardingStore::commit(std::move(batch));
  }

 private:
  storage::MemoryStore memory_;
  const size_t commits_max_;
  size_t commits_ = 0;
};

// What is among the records after an attempt that may commit so often.
std::optional<IssuedCertificate> recorded(size_t commits_max, base::Result<ServerIdentity>& identity) {
  CountingStore store(commits_max);
  Records records(store);
  identity =
      support::run_task(new_server_identity(records, test_issuers(), "default", {"acme.corp.test"}, kNow));
  const auto serials = support::run_task(records.due_certificates(base::Time::max(), 10)).value();
  if (serials.empty()) return std::nullopt;
  EXPECT_EQ(serials.size(), 1u);
  return support::run_task(records.certificate(serials.front())).value().value;
}

TEST(ServerIdentity, IsRecordedBeforeItIsSignedAndAfterwards) {
  base::Result<ServerIdentity> identity;
  EXPECT_FALSE(recorded(0, identity));
  EXPECT_FALSE(identity);

  const auto intended = recorded(1, identity);
  EXPECT_FALSE(identity);
  ASSERT_TRUE(intended);
  EXPECT_EQ(intended->der, "");
  EXPECT_THAT(intended->hosts, ElementsAre("localhost", "127.0.0.1", "::1", "acme.corp.test"));

  const auto complete = recorded(2, identity);
  ASSERT_TRUE(identity);
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->serial, identity->serial);
  EXPECT_EQ(complete->der, leaf_of(*identity).der);
  EXPECT_EQ(complete->account + complete->order, "");
  EXPECT_EQ(complete->not_after, identity->validity.not_after);
}

TEST(ServerIdentity, IsMadeWhereTheStoreHasNoRoomButItsReserve) {
  storage::MemoryStore memory;
  support::FullStore store(memory);
  Records records(store);
  store.fill();
  EXPECT_TRUE(support::run_task(new_server_identity(records, test_issuers(), "default", {}, kNow)));
}

TEST(ServerIdentity, IsNewEachTimeAndDueForRenewalBeforeItEnds) {
  const auto first = make_identity(test_issuers(), {}, kNow).value();
  const auto second = make_identity(test_issuers(), {}, kNow).value();
  EXPECT_NE(first.key_pem, second.key_pem);
  EXPECT_NE(first.serial, second.serial);
  EXPECT_FALSE(due_for_renewal(first.validity, kNow));
  EXPECT_TRUE(due_for_renewal(first.validity, first.validity.not_after - std::chrono::hours(9 * 24)));
}

TEST(ServerIdentity, TheOpensslProgramVerifiesItForNameAndAddress) {
  const TemporaryDirectory directory;
  const auto identity = make_identity(test_issuers(), {"acme.corp.test"}, kNow).value();
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
