#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "acmecore/ca_profile.h"
#include "acmecore/ca_public_key.h"
#include "acmecore/crl_publisher.h"
#include "acmecore/ocsp_responder.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"
#include "base/log.h"
#include "storage/memory_store.h"
#include "tests/acmecore/crl_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/acmecore/ocsp_fixture.h"
#include "tests/support/run_task.h"

// What several issuing CAs say of their certificates, each by its own key, before and after its time, too.
namespace acmecore {
namespace {

using base::Bytes;
using base::Task;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

enum Generation { retired, current, next };

class StatusOfSeveralIssuers : public testing::Test {
 protected:
  StatusOfSeveralIssuers() {
    base::log::configure(base::log::Level::error, base::log::Format::text);
    store_.follow(publisher_);
    store_.follow(responder_);
    EXPECT_TRUE(wait(publisher_.open()));
    publish();
  }

  // Of the first so many CAs the last but one signs; the one behind it is next.
  IssuerSet line(size_t count) {
    NamedIssuer named{std::string(kDefaultIssuer), {}};
    for (size_t i = 0; i < count; ++i) {
      const auto role = i + 2 < count    ? GenerationRole::retired
                        : i + 2 == count ? GenerationRole::current
                                         : GenerationRole::next;
      named.generations.push_back(generation_of(cas_[i], role, is_away_, kNow));
    }
    std::vector<NamedIssuer> all;
    all.push_back(std::move(named));
    return IssuerSet(std::move(all));
  }

  template <class T>
  T wait(Task<T> task) {
    return support::run_task(context_, std::move(task));
  }

  void publish() {
    const CrlPublisher::Yield yield = []() -> Task<bool> { co_return true; };
    boost::asio::co_spawn(context_, publisher_.publish_due(yield), boost::asio::detached);
    context_.restart();
    context_.run();
  }

  const Issuer& issuer(size_t place) {
    const auto set = issuers_.now();
    return set->all()[0].generations[place].issuer;
  }

  // A certificate that this one signed when it was current.
  IssuedCertificate issue(size_t place) {
    const Issuer signer = Issuer::open(cas_[place], kNow).value();
    LeafRequest request = good_leaf_request();
    const auto der = signer.sign_leaf(request).value();
    IssuedCertificate certificate{
        request.serial, "account", "order", der, kNow, request.validity.not_after, {}};
    certificate.issuer = signer.ca();
    certificate.crl = urls_.shard(signer.ca(), request.serial);
    Changes changes;
    changes.create(certificate);
    EXPECT_TRUE(wait(records_.commit(std::move(changes))));
    return certificate;
  }

  void revoke(const IssuedCertificate& certificate) {
    auto record = wait(records_.certificate(certificate.serial)).value();
    record->revocation = Revocation{clock_.now(), RevocationReason::superseded};
    Changes changes;
    changes.revoke(record);
    ASSERT_TRUE(wait(records_.commit(std::move(changes))));
  }

  // What OpenSSL finds in the CRL of the one at this place, once it has verified it by that one's key.
  std::vector<Bytes> in_crl(size_t place) {
    const auto crl = published_.find({issuer(place).ca(), 0});
    if (crl == nullptr) return {"no CRL"};
    const X509CrlHandle read = read_crl_by_openssl(crl->der);
    const auto key = parse_public_key(issuer(place).certificate().spki_der);
    if (X509_CRL_verify(read.get(), key->key.get()) != 1) return {"by another key"};
    std::vector<Bytes> found;
    STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(read.get());
    for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
      const ASN1_INTEGER* serial = X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(entries, i));
      found.emplace_back(reinterpret_cast<const char*>(serial->data), size_t(serial->length));
    }
    return found;
  }

  // What OpenSSL hears of a certificate when it asks the CA at this place, by whose key it verifies the answer.
  std::string ocsp(size_t place, const IssuedCertificate& certificate) {
    const Issuer& ca = issuer(place);
    const Bytes request = openssl_ocsp_request({certificate.serial}, ca.certificate(), 16);
    const auto answer = wait(responder_.answer(request));
    return openssl_ocsp_verdict(answer->der, request, certificate.serial, ca.certificate(), ca.root_pem());
  }

  // What anybody may keep of it.
  Bytes kept_ocsp(size_t place, const IssuedCertificate& certificate) {
    const Bytes request = openssl_ocsp_request({certificate.serial}, issuer(place).certificate());
    return wait(responder_.answer(request))->der;
  }

  bool is_away_ = false;
  const std::vector<CaMaterial> cas_{make_development_ca(kNow).value(), make_development_ca(kNow).value(),
                                     make_development_ca(kNow).value(), make_development_ca(kNow).value()};
  Issuers issuers_{line(3)};
  boost::asio::io_context context_;
  storage::MemoryStore store_;
  Records records_{store_};
  base::ManualClock clock_{kNow};
  const TemporaryDirectory directory_;
  const StatusUrls urls_{1, "http://pki.test", true};
  const CrlFiles files_{directory_.path() + "/crl"};
  PublishedCrls published_;
  CrlPublisher publisher_{records_, issuers_, files_, clock_, urls_, days(7), published_};
  OcspResponder responder_{records_, issuers_, clock_, days(1)};
};

TEST_F(StatusOfSeveralIssuers, EachHasACrlByItsOwnKeyBeforeAnythingIsRevokedTheRetiredAndTheNextToo) {
  for (const size_t place : {retired, current, next})
    EXPECT_THAT(in_crl(place), IsEmpty());
}

TEST_F(StatusOfSeveralIssuers, ACertificateIsInTheCrlOfWhoSignedItAndInNoOther) {
  const IssuedCertificate old = issue(retired);
  const IssuedCertificate young = issue(current);
  revoke(old);
  revoke(young);
  publish();
  EXPECT_THAT(in_crl(retired), ElementsAre(old.serial.octets));
  EXPECT_THAT(in_crl(current), ElementsAre(young.serial.octets));
  EXPECT_THAT(in_crl(next), IsEmpty());
}

TEST_F(StatusOfSeveralIssuers, OcspIsAnsweredByTheKeyOfWhoSignedIt) {
  const IssuedCertificate old = issue(retired);
  const IssuedCertificate young = issue(current);
  EXPECT_EQ(ocsp(retired, old), "good");
  EXPECT_EQ(ocsp(current, young), "good");
  revoke(old);
  EXPECT_EQ(ocsp(retired, old), "revoked, superseded");
  EXPECT_EQ(ocsp(current, young), "good");
}

TEST_F(StatusOfSeveralIssuers, OcspSaysNothingOfACertificateInAnothersName) {
  const IssuedCertificate old = issue(retired);
  const IssuedCertificate young = issue(current);
  EXPECT_EQ(ocsp(current, old), "unauthorized");
  EXPECT_EQ(ocsp(retired, young), "unauthorized");
  EXPECT_EQ(ocsp(next, young), "unauthorized");
}

TEST_F(StatusOfSeveralIssuers, ARotationNeedsNoRestart) {
  const IssuedCertificate before = issue(current);
  issuers_.replace(line(4));
  publish();
  constexpr size_t kNewNext = 3;
  EXPECT_THAT(in_crl(kNewNext), IsEmpty());  // there before any leaf names it
  const IssuedCertificate after = issue(next);
  revoke(before);
  revoke(after);
  publish();
  EXPECT_THAT(in_crl(current), ElementsAre(before.serial.octets));
  EXPECT_THAT(in_crl(next), ElementsAre(after.serial.octets));
  EXPECT_EQ(ocsp(current, before), "revoked, superseded");
  EXPECT_EQ(ocsp(next, after), "revoked, superseded");
}

TEST_F(StatusOfSeveralIssuers, WhileATokenIsAwayTheLastCrlStaysAndOcspIsToldToTryLater) {
  const IssuedCertificate certificate = issue(current);
  is_away_ = true;
  revoke(certificate);
  const CrlShard shard{issuer(current).ca(), 0};
  const uint64_t number = wait(records_.crl_state(shard)).value()->number;
  clock_.advance(std::chrono::seconds(10));
  publish();
  EXPECT_THAT(in_crl(current), IsEmpty());
  EXPECT_EQ(wait(records_.crl_state(shard)).value()->number, number);  // none is used up
  EXPECT_EQ(ocsp(current, certificate), "trylater");
  is_away_ = false;
  clock_.advance(std::chrono::seconds(10));
  publish();
  EXPECT_THAT(in_crl(current), ElementsAre(certificate.serial.octets));
  EXPECT_EQ(ocsp(current, certificate), "revoked, superseded");
}

TEST_F(StatusOfSeveralIssuers, WhileATokenIsAwayAKeptOcspAnswerIsToldUntilItsEnd) {
  const IssuedCertificate certificate = issue(current);
  const Bytes kept = kept_ocsp(current, certificate);
  is_away_ = true;
  clock_.advance(hours(12));
  EXPECT_FALSE(wait(responder_.make_again()));
  EXPECT_EQ(kept_ocsp(current, certificate), kept);
  clock_.advance(hours(12) - seconds(1));
  EXPECT_EQ(kept_ocsp(current, certificate), kept);
  clock_.advance(seconds(1));
  EXPECT_EQ(kept_ocsp(current, certificate), ocsp_refusal(OcspRefusal::try_later));
}

TEST_F(StatusOfSeveralIssuers, WhenATokenIsBackKeptOcspAnswersAreMadeAgain) {
  const IssuedCertificate certificate = issue(current);
  const Bytes kept = kept_ocsp(current, certificate);
  is_away_ = true;
  clock_.advance(hours(12));
  EXPECT_FALSE(wait(responder_.make_again()));
  is_away_ = false;
  clock_.advance(kOcspRetryAfter);
  EXPECT_FALSE(wait(responder_.make_again()));
  const Bytes anew = kept_ocsp(current, certificate);
  EXPECT_NE(anew, kept);
  is_away_ = true;
  EXPECT_EQ(kept_ocsp(current, certificate), anew);
}

TEST_F(StatusOfSeveralIssuers, WhileATokenIsAwayNoCertificateThatWasRevokedIsToldToBeGood) {
  const IssuedCertificate certificate = issue(current);
  kept_ocsp(current, certificate);
  is_away_ = true;
  clock_.advance(hours(12));
  revoke(certificate);
  EXPECT_EQ(kept_ocsp(current, certificate), ocsp_refusal(OcspRefusal::try_later));
}

TEST_F(StatusOfSeveralIssuers, ABadFileOfOneKeepsNoOtherFromBeingTakenUp) {
  const std::string bad = std::min({issuer(retired).ca(), issuer(current).ca(), issuer(next).ca()});
  write_text(files_.file_of({bad, 0}), "rubbish");
  PublishedCrls published;
  CrlPublisher another(records_, issuers_, files_, clock_, urls_, days(7), published);
  EXPECT_FALSE(wait(another.open()));
  for (const size_t place : {retired, current, next}) {
    const std::string ca = issuer(place).ca();
    EXPECT_EQ(published.find({ca, 0}) == nullptr, ca == bad);
  }
}

TEST_F(StatusOfSeveralIssuers, WhoIsNotConfiguredAnyMoreHasNoNewCrlAndTheOthersDo) {
  const std::string gone = issuer(retired).ca();
  const uint64_t last = published_.find({gone, 0})->number;
  NamedIssuer named{std::string(kDefaultIssuer), {}};
  named.generations.push_back(generation_of(cas_[1], GenerationRole::current, is_away_, kNow));
  std::vector<NamedIssuer> all;
  all.push_back(std::move(named));
  issuers_.replace(IssuerSet(std::move(all)));
  clock_.advance(days(4));
  publish();
  EXPECT_EQ(published_.find({gone, 0})->number, last);
  EXPECT_EQ(published_.find({issuer(0).ca(), 0})->this_update, clock_.now());
}

// Nobody asks for it: what it signed has ended, too.
TEST_F(StatusOfSeveralIssuers, AfterItsEndACaHasNoNewCrl) {
  const uint64_t last = published_.find({issuer(retired).ca(), 0})->number;
  clock_.advance(issuer(retired).not_after() - clock_.now() + std::chrono::seconds(1));
  publish();
  EXPECT_EQ(published_.find({issuer(retired).ca(), 0})->number, last);
}

Issuer issuer_with(KeyKind kind) {
  const SoftwareKey root_key = SoftwareKey::generate();
  const Bytes root_der =
      sign_root(name_of(CaSubject{"Root CA"}).value(), root_key, kNow, kRootLifetime).value();
  SoftwareKey key = SoftwareKey::generate(kind);
  const IssuingCa issuing{name_of(CaSubject{"Issuing CA"}).value(), key.spki_der()};
  const Bytes der = sign_issuing(issuing, parse_certificate(root_der).value(), root_key, kNow).value();
  const std::string chain_pem = pem_block(kPemCertificate, der) + pem_block(kPemCertificate, root_der);
  return Issuer::open(std::make_shared<const SoftwareKey>(std::move(key)), chain_pem, kNow).value();
}

TEST(StatusByEachKindOfKey, IsAsOpensslVerifiesIt) {
  for (const auto& [name, kind] : kKeyKinds) {
    SCOPED_TRACE(name);
    const Issuer issuer = issuer_with(kind);
    const Certificate& ca = issuer.certificate();
    const auto key = parse_ca_public_key(ca.spki_der);
    const X509CrlHandle crl = read_crl_by_openssl(issuer.sign_crl(good_crl_fields(), "", {6}).value());
    EXPECT_EQ(X509_CRL_verify(crl.get(), key->key.get()), 1);

    const Serial serial = new_serial();
    const Bytes request = openssl_ocsp_request({serial}, ca);
    OcspFields fields{issuer.ocsp_issuer().responder_key_hash(), {}, kNow, kNow, kNow + days(1), {}};
    fields.certificates.push_back({parse_ocsp_request(request)->certificates[0].der, std::nullopt});
    EXPECT_EQ(openssl_ocsp_verdict(issuer.sign_ocsp_response(fields).value(), request, serial, ca,
                                   issuer.root_pem()),
              "good");
  }
}

}  // namespace
}  // namespace acmecore
