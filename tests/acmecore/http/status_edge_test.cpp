#include "acmecore/http/status_edge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "acmecore/records.h"
#include "base/base64url.h"
#include "storage/memory_store.h"
#include "tests/acmecore/audit_fixture.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/ocsp_fixture.h"
#include "tests/support/run_task.h"

namespace acmecore::http {
namespace {

using base::Bytes;
using base::http::Header;
using base::http::Request;
using base::http::Response;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

class StatusEdgeTest : public testing::Test {
 protected:
  StatusEdgeTest() {
    store_.follow(responder_);
    auto crl = std::make_shared<PublishedCrl>();
    const auto number = uint64_t(kNow.time_since_epoch() / 1s);
    *crl = {number, kNow, kNow + std::chrono::days(7), "tag7", "CRL"};
    crls_.put({ca_, 3}, crl);
  }

  template <class T>
  T wait(base::Task<T> task) {
    return support::run_task(context_, std::move(task));
  }

  Response ask(Request request) { return wait(edge_.handle(std::move(request))); }
  Response get(const std::string& target, std::vector<Header> headers = {}) {
    return ask({"GET", target, std::move(headers), "", ""});
  }
  Response post(const std::string& body, const std::string& type = "application/ocsp-request") {
    return ask({"POST", "/ocsp", {{"Content-Type", type}}, body, ""});
  }

  // A certificate of the issuer's, in the store.
  Serial issue() {
    LeafRequest request = good_leaf_request();
    IssuedCertificate record{request.serial, "account",
                             "order",        test_issuer().sign_leaf(request).value(),
                             kNow,           request.validity.not_after,
                             std::nullopt};
    Changes changes;
    changes.create(record);
    EXPECT_TRUE(wait(records_.commit(std::move(changes))));
    return request.serial;
  }

  void revoke(const Serial& serial) {
    auto record = wait(records_.certificate(serial)).value();
    record->revocation = Revocation{clock_.now(), RevocationReason::key_compromise};
    record->crl = urls_.shard(ca_, serial);
    Changes changes;
    changes.revoke(record);
    EXPECT_TRUE(wait(records_.commit(std::move(changes))));
  }

  std::string crl_path(const std::string& rest) { return "/crl/" + ca_ + "/" + rest; }
  const Certificate& issuer() { return test_issuer().certificate(); }
  std::string verdict(const Response& response, const Bytes& request, const Serial& serial) {
    return openssl_ocsp_verdict(response.body, request, serial, issuer(), test_issuer().root_pem());
  }

  boost::asio::io_context context_;
  storage::MemoryStore store_;
  Records records_{store_};
  base::ManualClock clock_{kNow};
  PublishedCrls crls_;
  const std::string ca_ = test_issuer().ca();
  const StatusUrls urls_{8, "http://pki.test", true};
  OcspResponder responder_{records_, test_issuers(), clock_, std::chrono::days(1)};
  StatusEdge edge_{urls_, test_issuers(), crls_, &responder_, clock_};
};

std::string header(const Response& response, std::string_view name) {
  for (const Header& one : response.headers) {
    if (one.name == name) return one.value;
  }
  return "";
}

// As clients put a request behind the responder's URL.
std::string ocsp_path(const Bytes& request) {
  std::string text = base::base64url(request);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  return "/ocsp/" + text;
}

TEST_F(StatusEdgeTest, ACrlComesWithWhatCachesNeed) {
  const Response response = get(crl_path("3.crl"));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(*response.shared_body, "CRL");
  EXPECT_EQ(response.headers,
            (std::vector<Header>{{"Content-Type", "application/pkix-crl"},
                                 {"ETag", "\"tag7\""},
                                 {"Last-Modified", "Mon, 23 Nov 2026 04:30:00 GMT"},
                                 {"Expires", "Mon, 23 Nov 2026 04:40:00 GMT"},
                                 {"Cache-Control", "max-age=600, public, no-transform, must-revalidate"}}));
}

TEST_F(StatusEdgeTest, WhatIsCloseToItsNextIsKeptForLess) {
  clock_.advance(std::chrono::days(3) + 12h - 90s);
  EXPECT_THAT(header(get(crl_path("3.crl")), "Cache-Control"), HasSubstr("max-age=90,"));
  clock_.advance(std::chrono::days(3));
  EXPECT_THAT(header(get(crl_path("3.crl")), "Cache-Control"), HasSubstr("max-age=0,"));
}

TEST_F(StatusEdgeTest, WhoHasTheCrlIsToldSo) {
  for (const char* tags : {"\"tag7\"", "W/\"tag7\"", "\"x\", \"tag7\"", "*", " \"tag7\" "}) {
    const Response response = get(crl_path("3.crl"), {{"If-None-Match", tags}});
    EXPECT_EQ(response.status, 304u) << tags;
    EXPECT_EQ(response.shared_body, nullptr);
    EXPECT_EQ(header(response, "ETag"), "\"tag7\"");
  }
  for (const char* tags : {"\"tag8\"", "tag7", "", "\"\"", "\"tag7"})
    EXPECT_EQ(get(crl_path("3.crl"), {{"If-None-Match", tags}}).status, 200u) << tags;
}

// RFC 9110 §13.1.3.
TEST_F(StatusEdgeTest, WhoHasTheCrlOfThatTimeIsToldSo) {
  const auto status = [&](const char* since) {
    return get(crl_path("3.crl"), {{"If-Modified-Since", since}}).status;
  };
  EXPECT_EQ(status("Mon, 23 Nov 2026 04:30:00 GMT"), 304u);
  EXPECT_EQ(status("Monday, 23-Nov-26 04:30:00 GMT"), 304u);
  EXPECT_EQ(status("Mon, 23 Nov 2026 04:30:01 GMT"), 304u);
  EXPECT_EQ(status("Mon, 23 Nov 2026 04:29:59 GMT"), 200u);
  EXPECT_EQ(status("yesterday"), 200u);
  const std::vector<Header> both = {{"If-None-Match", "\"tag8\""},
                                    {"If-Modified-Since", "Mon, 23 Nov 2026 04:30:00 GMT"}};
  EXPECT_EQ(get(crl_path("3.crl"), both).status, 200u) << "the tag says more";
}

TEST_F(StatusEdgeTest, TheSecondCrlOfASecondIsNotTakenForTheFirst) {
  auto crl = std::make_shared<PublishedCrl>(*crls_.find({ca_, 3}));
  ++crl->number;
  crls_.put({ca_, 3}, crl);
  EXPECT_EQ(get(crl_path("3.crl"), {{"If-Modified-Since", "Mon, 23 Nov 2026 04:30:00 GMT"}}).status, 200u);
}

TEST_F(StatusEdgeTest, ARevocationIsToldToWhoHasTheAnswerOfTheSameSecond) {
  const Serial serial = issue();
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  const std::string made = header(get(ocsp_path(request)), "Last-Modified");
  revoke(serial);
  const Response response = get(ocsp_path(request), {{"If-Modified-Since", made}});
  EXPECT_EQ(verdict(response, request, serial), "revoked, keyCompromise");
}

TEST_F(StatusEdgeTest, ACrlThatIsBeingMadeIsNotSaidToBeMissing) {
  const Response response = get(crl_path("4.crl"));
  EXPECT_EQ(response.status, 503u);
  EXPECT_EQ(header(response, "Retry-After"), "1");
  EXPECT_EQ(get(crl_path("7.crl")).status, 503u);
  EXPECT_EQ(get(crl_path("8.crl")).status, 404u);
}

TEST_F(StatusEdgeTest, OtherUrlsLeadNowhere) {
  const std::vector<std::string> targets = {crl_path(""),
                                            crl_path("3"),
                                            crl_path("03.crl"),
                                            crl_path("3.crl/"),
                                            crl_path("3.crl?x"),
                                            crl_path("+3.crl"),
                                            crl_path("-1.crl"),
                                            crl_path("4294967299.crl"),
                                            crl_path(".crl"),
                                            "/crl/",
                                            "/crl/x",
                                            "/crl/0000000000000000/3.crl",
                                            "/",
                                            "/issuer/",
                                            "/issuer/" + ca_,
                                            "/issuer/" + ca_ + ".crt?",
                                            "/ocspx",
                                            "*"};
  for (const std::string& target : targets)
    EXPECT_EQ(get(target).status, 404u) << target;
}

TEST_F(StatusEdgeTest, WhatIsReadIsNotWritten) {
  for (const std::string& target :
       {crl_path("3.crl"), "/issuer/" + ca_ + ".crt", std::string("/ocsp/MAA=")}) {
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
      const Response response = ask({method, target, {}, "", ""});
      EXPECT_EQ(response.status, 405u) << method << target;
      EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
    }
    EXPECT_EQ(ask({"HEAD", target, {}, "", ""}).status, 200u);
  }
  const Response response = get("/ocsp");
  EXPECT_EQ(response.status, 405u);
  EXPECT_EQ(header(response, "Allow"), "POST");
}

TEST_F(StatusEdgeTest, TheIssuersCertificateIsThere) {
  const Response response = get("/issuer/" + ca_ + ".crt");
  EXPECT_EQ(response.body, issuer().der);
  EXPECT_EQ(header(response, "Content-Type"), "application/pkix-cert");
}

TEST_F(StatusEdgeTest, OcspTellsGoodAndThenRevoked) {
  const Serial serial = issue();
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  EXPECT_EQ(verdict(post(request), request, serial), "good");
  EXPECT_EQ(verdict(get(ocsp_path(request)), request, serial), "good");
  revoke(serial);
  EXPECT_EQ(verdict(post(request), request, serial), "revoked, keyCompromise");
  EXPECT_EQ(verdict(get(ocsp_path(request)), request, serial), "revoked, keyCompromise");
}

TEST_F(StatusEdgeTest, OcspIsTheSameInEveryFormOfTheRequest) {
  const Serial serial = issue();
  for (const EVP_MD* digest : {EVP_sha1(), EVP_sha256()}) {
    for (const std::optional<int> nonce : {std::optional<int>(), std::optional<int>(16)}) {
      const Bytes request = openssl_ocsp_request({serial}, issuer(), nonce, digest);
      const Response response = get(ocsp_path(request));
      EXPECT_EQ(
          openssl_ocsp_verdict(response.body, request, serial, issuer(), test_issuer().root_pem(), digest),
          "good");
    }
  }
}

TEST_F(StatusEdgeTest, AnOcspAnswerIsSignedOnceAndThenKeptUntilHalfOfItsLife) {
  const Bytes request = openssl_ocsp_request({issue()}, issuer());
  const Response first = get(ocsp_path(request));
  clock_.advance(12h - 1s);
  EXPECT_EQ(get(ocsp_path(request)).body, first.body);
  clock_.advance(1s);
  EXPECT_NE(get(ocsp_path(request)).body, first.body);
}

TEST_F(StatusEdgeTest, AnOcspAnswerIsMadeAgainBeforeItIsNeeded) {
  const Serial serial = issue();
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  const Response first = get(ocsp_path(request));
  clock_.advance(11h);
  EXPECT_FALSE(wait(responder_.make_again()));
  EXPECT_EQ(get(ocsp_path(request)).body, first.body);
  clock_.advance(57min);
  EXPECT_FALSE(wait(responder_.make_again()));
  const Response second = get(ocsp_path(request));
  EXPECT_NE(second.body, first.body);
  EXPECT_EQ(verdict(second, request, serial), "good");
  clock_.advance(3min);
  EXPECT_EQ(get(ocsp_path(request)).body, second.body);
}

TEST_F(StatusEdgeTest, WhatIsSignedIsCountedForTheAuditLogAndWhatIsKeptIsNot) {
  const Bytes request = openssl_ocsp_request({issue()}, issuer());
  for (int i = 0; i < 3; ++i)
    get(ocsp_path(request));
  post(openssl_ocsp_request({new_serial()}, issuer()));  // which is refused, and so not signed
  clock_.advance(11h + 57min);
  EXPECT_FALSE(wait(responder_.make_again()));
  EXPECT_THAT(audit_events(store_), IsEmpty());
  EXPECT_TRUE(wait(responder_.tally().flush()));
  const std::vector<AuditEvent> events = audit_events(store_);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].kind, audit_kind::kOcspSigned);
  EXPECT_EQ(events[0].count, 2u);
  EXPECT_EQ(events[0].time, kNow);
  EXPECT_EQ(events[0].last, clock_.now());
  EXPECT_EQ(events[0].detail("ca"), ca_);
}

TEST_F(StatusEdgeTest, AStoreThatTakesNoEntryStopsNoAnswer) {
  const Serial serial = issue();
  const Bytes request = openssl_ocsp_request({serial}, issuer(), 16);
  store_.set_full(true);
  EXPECT_EQ(verdict(post(request), request, serial), "good");
  EXPECT_FALSE(wait(responder_.tally().flush(/*all=*/true)));
  EXPECT_EQ(verdict(post(request), request, serial), "good");
}

// So that CRLs do not wait for all of them.
TEST_F(StatusEdgeTest, OcspAnswersAreMadeAgainSoManyAtOnce) {
  for (int i = 0; i < 149; ++i)
    get(ocsp_path(openssl_ocsp_request({issue()}, issuer())));
  const Bytes last = openssl_ocsp_request({issue()}, issuer());
  const Response first = get(ocsp_path(last));
  clock_.advance(11h + 58min);
  EXPECT_TRUE(wait(responder_.make_again()));
  EXPECT_EQ(get(ocsp_path(last)).body, first.body);
  EXPECT_FALSE(wait(responder_.make_again()));
  EXPECT_NE(get(ocsp_path(last)).body, first.body);
}

TEST_F(StatusEdgeTest, AnOcspAnswerWithANonceIsForOneRequest) {
  const Serial serial = issue();
  const Bytes request = openssl_ocsp_request({serial}, issuer(), 32);
  const Response first = get(ocsp_path(request));
  EXPECT_NE(get(ocsp_path(request)).body, first.body);
  EXPECT_EQ(header(first, "Cache-Control"), "no-store");
  EXPECT_EQ(header(first, "ETag"), "");
}

TEST_F(StatusEdgeTest, AnOcspAnswerComesWithWhatCachesNeed) {
  const Bytes request = openssl_ocsp_request({issue()}, issuer());
  const Response response = get(ocsp_path(request));
  EXPECT_EQ(header(response, "Content-Type"), "application/ocsp-response");
  EXPECT_EQ(header(response, "Last-Modified"), "Mon, 23 Nov 2026 04:30:00 GMT");
  EXPECT_EQ(header(response, "Expires"), "Mon, 23 Nov 2026 04:40:00 GMT");
  EXPECT_EQ(header(response, "Cache-Control"), "max-age=600, public, no-transform, must-revalidate");
  const Response again = get(ocsp_path(request), {{"If-None-Match", header(response, "ETag")}});
  EXPECT_EQ(again.status, 304u);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(header(post(request), "Cache-Control"), "no-store");
}

TEST_F(StatusEdgeTest, OcspSaysNothingOfWhatWasNotIssuedHere) {
  const Serial serial = new_serial();
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  EXPECT_EQ(verdict(post(request), request, serial), "unauthorized");
  const Issuer other = Issuer::open(make_development_ca(kNow).value(), kNow).value();
  const Serial own = issue();
  const Bytes of_another_ca = openssl_ocsp_request({own}, other.certificate());
  EXPECT_EQ(verdict(post(of_another_ca), of_another_ca, own), "unauthorized");
  const Bytes of_another_hash = openssl_ocsp_request({own}, issuer(), {}, EVP_sha512());
  EXPECT_EQ(verdict(post(of_another_hash), of_another_hash, own), "unauthorized");
  const Bytes of_both = openssl_ocsp_request({own, serial}, issuer());
  EXPECT_EQ(verdict(post(of_both), of_both, own), "unauthorized");
}

// What was issued and revoked after the backup that the store was restored from.
TEST_F(StatusEdgeTest, OcspTellsOfWhatOnlyACrlKnowsToBeRevoked) {
  const Serial serial = new_serial();
  const RevokedRecord revoked{serial, {kNow, RevocationReason::key_compromise}, kNow + 24h};
  Changes changes;
  changes.put_into_crl({ca_, 5}, revoked);
  EXPECT_TRUE(wait(records_.commit(std::move(changes))));
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  EXPECT_EQ(verdict(post(request), request, serial), "revoked, keyCompromise");

  Changes dropped;
  dropped.drop_from_crl({ca_, 5}, serial);
  EXPECT_TRUE(wait(records_.commit(std::move(dropped))));
  clock_.advance(12h);  // when what is kept of it is not said again
  EXPECT_EQ(verdict(post(request), request, serial), "unauthorized");
}

TEST_F(StatusEdgeTest, OcspTellsOfWhatACrlOfAnotherCaKnowsByThatCaAlone) {
  const Serial serial = new_serial();
  Changes changes;
  changes.put_into_crl({"0123456789abcdef", 5}, {serial, {kNow, RevocationReason::superseded}, kNow + 24h});
  EXPECT_TRUE(wait(records_.commit(std::move(changes))));
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  EXPECT_EQ(verdict(post(request), request, serial), "unauthorized");
}

TEST_F(StatusEdgeTest, OcspSaysNothingOfOurOwnThatWasNeverSigned) {
  const Serial serial = new_serial();
  IssuedCertificate intended{serial, "", "", "", kNow, kNow + 1h, std::nullopt};
  Changes changes;
  changes.create(intended);
  EXPECT_TRUE(wait(records_.commit(std::move(changes))));
  const Bytes request = openssl_ocsp_request({serial}, issuer());
  EXPECT_EQ(verdict(post(request), request, serial), "unauthorized");
}

TEST_F(StatusEdgeTest, WhatIsNoOcspRequestIsAnsweredByOcsp) {
  for (const Response& response : {post("rubbish"), post(""), get("/ocsp/rubbish!"), get("/ocsp/MAA="),
                                   get(ocsp_path(openssl_ocsp_request({new_serial()}, issuer(), 129)))}) {
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.body, ocsp_refusal(OcspRefusal::malformed_request));
    EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  }
}

TEST_F(StatusEdgeTest, AnOcspPostIsOfItsTypeAndSize) {
  const Bytes request = openssl_ocsp_request({issue()}, issuer());
  EXPECT_EQ(post(request, "Application/OCSP-Request ; x=y").status, 200u);
  for (const char* type :
       {"", "application/ocsp-response", "application/octet-stream", "application/ocsp-requests"})
    EXPECT_EQ(post(request, type).status, 415u) << type;
  EXPECT_EQ(post(Bytes(kOcspRequestSizeMax, 'x')).status, 200u);
  EXPECT_EQ(post(Bytes(kOcspRequestSizeMax + 1, 'x')).status, 413u);
}

TEST_F(StatusEdgeTest, WithoutAResponderThereIsNoOcsp) {
  StatusEdge without(urls_, test_issuers(), crls_, nullptr, clock_);
  EXPECT_EQ(
      wait(without.handle({"POST", "/ocsp", {{"Content-Type", "application/ocsp-request"}}, "", ""})).status,
      404u);
  EXPECT_EQ(wait(without.handle({"GET", "/ocsp/MAA=", {}, "", ""})).status, 404u);
}

}  // namespace
}  // namespace acmecore::http
