#include "acmecore/verify_issued.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "acmecore/certificate_writer.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using std::chrono::seconds;
using testing::HasSubstr;
using namespace std::string_view_literals;

const SigningKey& issuing_key() {
  static const SoftwareKey key = SoftwareKey::parse(test_ca().issuing_key_pem).value();
  return key;
}

std::string difference(BytesView leaf, const LeafRequest& request) {
  const Certificate& issuer = test_issuer().certificate();
  const auto verified =
      verify_issued(leaf, request, issuer, SignatureVerifier(parse_public_key(issuer.spki_der).value()));
  if (verified) return "";
  EXPECT_EQ(verified.error().kind, base::ErrorKind::internal);
  return verified.error().detail;
}

// Signs, with the right key, the leaf that `change` makes of the right one.
std::string difference_after(const std::function<void(TbsFields&)>& change) {
  LeafRequest request = good_leaf_request();
  request.content.policies = {Bytes(oids::kDomainValidated)};
  TbsFields fields = leaf_fields(request, test_issuer().certificate());
  change(fields);
  return difference(sign_certificate(fields, issuing_key()).value(), request);
}

Extension& extension(TbsFields& fields, BytesView oid) {
  for (Extension& candidate : fields.extensions) {
    if (candidate.oid == oid) return candidate;
  }
  return fields.extensions.at(99);
}

TEST(VerifyIssued, TheCertificateThatWasAskedForIsAccepted) {
  EXPECT_EQ(difference_after([](TbsFields&) {}), "");
}

TEST(VerifyIssued, AnotherSerialIsRefused) {
  EXPECT_THAT(difference_after([](TbsFields& f) { f.serial = new_serial(); }), HasSubstr("serial"));
}

TEST(VerifyIssued, AnotherIssuerIsRefused) {
  EXPECT_THAT(difference_after([](TbsFields& f) { f.issuer_der = "\x30\x00"sv; }), HasSubstr("issuer"));
  // The same name in another string type (a re-encoding).
  EXPECT_THAT(difference_after([](TbsFields& f) { f.issuer_der[f.issuer_der.find('\x0c')] = '\x13'; }),
              HasSubstr("issuer"));
}

TEST(VerifyIssued, AnotherValidityIsRefused) {
  EXPECT_THAT(difference_after([](TbsFields& f) { f.validity.not_after += seconds(1); }),
              HasSubstr("validity"));
  EXPECT_THAT(difference_after([](TbsFields& f) { f.validity.not_before -= seconds(1); }),
              HasSubstr("validity"));
}

TEST(VerifyIssued, ASubjectIsRefused) {
  EXPECT_THAT(difference_after([](TbsFields& f) { f.subject_der = f.issuer_der; }), HasSubstr("subject"));
}

TEST(VerifyIssued, AnotherCommonNameOrNoneIsRefused) {
  LeafRequest request = good_leaf_request();
  request.common_name = "corp.test";
  const Certificate& issuer = test_issuer().certificate();
  const Bytes good = sign_certificate(leaf_fields(request, issuer), issuing_key()).value();
  EXPECT_EQ(difference(good, request), "");
  LeafRequest other = request;
  for (const char* name : {"", "*.corp.test"}) {
    other.common_name = name;
    EXPECT_THAT(difference(good, other), HasSubstr("subject")) << name;
    const Bytes bad = sign_certificate(leaf_fields(other, issuer), issuing_key()).value();
    EXPECT_THAT(difference(bad, request), HasSubstr("subject")) << name;
  }
  TbsFields critical = leaf_fields(request, issuer);
  extension(critical, oids::kSubjectAltName).critical = true;
  EXPECT_THAT(difference(sign_certificate(critical, issuing_key()).value(), request),
              HasSubstr("criticality"));
}

TEST(VerifyIssued, AnotherPublicKeyIsRefused) {
  EXPECT_THAT(difference_after([](TbsFields& f) { f.spki_der = spki_of(make_p256().get()); }),
              HasSubstr("public key"));
}

TEST(VerifyIssued, OtherNamesAreRefused) {
  const auto with_names = [](BytesView san) {
    return difference_after([san](TbsFields& f) { extension(f, oids::kSubjectAltName).value = san; });
  };
  EXPECT_EQ(with_names("\x30\x18\x82\x0b*.corp.test\x82\x09"
                       "corp.test"),
            "");
  EXPECT_THAT(with_names("\x30\x0d\x82\x0b*.corp.test"), HasSubstr("names"));
  EXPECT_THAT(with_names("\x30\x18\x82\x0b*.corp.test\x82\x09"
                         "evil.test"),
              HasSubstr("names"));
  EXPECT_THAT(with_names("\x30\x18\x82\x0b*.corp.test\x82\x09"
                         "Corp.test"),
              HasSubstr("names"));
  EXPECT_THAT(with_names("\x30\x1e\x82\x0b*.corp.test\x82\x09"
                         "corp.test\x87\x04\x7f\x01\x01\x01"),
              HasSubstr("names"));
  EXPECT_NE(with_names("\x30\x18\x82\x0b*.corp.test\x86\x09"
                       "corp.test"),
            "");
}

// Everything that a profile can say.
LeafRequest full_request() {
  LeafRequest request = good_leaf_request();
  request.common_name = "corp.test";
  request.content.client_auth = true;
  request.content.key_encipherment = true;
  request.content.subject_key_identifier = true;
  request.content.policies = {"\x2a\x03\x04", Bytes(oids::kDomainValidated)};
  request.content.ca_issuers_url = "http://pki.corp.test/" + std::string(130, 'i');
  request.content.ocsp_url = "http://ocsp.corp.test/";
  request.content.crl_distribution_point = "http://crl.corp.test/" + std::string(230, 'c');
  request.content.must_staple = true;
  request.content.country = "DE";
  request.content.organization =
      "Pr\xc3\xbc"
      "fer & S\xc3\xb6hne " +
      std::string(100, 'o');
  return request;
}

TEST(VerifyIssued, EverythingThatAProfileCanSayIsCompared) {
  const Certificate& issuer = test_issuer().certificate();
  LeafRequest request = full_request();
  for (const auto& key : {make_p256(), make_ec("P-521"), make_rsa(2048)}) {
    request.spki_der = spki_of(key.get());
    const Bytes leaf = sign_certificate(leaf_fields(request, issuer), issuing_key()).value();
    EXPECT_EQ(difference(leaf, request), "");

    const std::function<void(LeafContent&)> changes[] = {
        [](LeafContent& c) { c.client_auth = false; },
        [](LeafContent& c) { c.subject_key_identifier = false; },
        [](LeafContent& c) { c.policies.pop_back(); },
        [](LeafContent& c) { std::swap(c.policies[0], c.policies[1]); },
        [](LeafContent& c) { c.policies.clear(); },
        [](LeafContent& c) { c.ca_issuers_url.back() = 'j'; },
        [](LeafContent& c) { c.ca_issuers_url.clear(); },
        [](LeafContent& c) { c.ocsp_url.clear(); },
        [](LeafContent& c) { std::swap(c.ocsp_url, c.ca_issuers_url); },
        [](LeafContent& c) { c.crl_distribution_point.pop_back(); },
        [](LeafContent& c) { c.crl_distribution_point.clear(); },
        [](LeafContent& c) { c.must_staple = false; },
        [](LeafContent& c) { c.country = "AT"; },
        [](LeafContent& c) { c.country.clear(); },
        [](LeafContent& c) { c.organization.clear(); },
        [](LeafContent& c) { std::swap(c.organization, c.country); },
    };
    for (const auto& change : changes) {
      LeafRequest other = request;
      change(other.content);
      EXPECT_NE(difference(leaf, other), "") << &change - changes;
      EXPECT_NE(difference(sign_certificate(leaf_fields(other, issuer), issuing_key()).value(), request), "")
          << &change - changes;
    }
  }
}

TEST(VerifyIssued, KeyEnciphermentIsOfRsaKeysAlone) {
  const Certificate& issuer = test_issuer().certificate();
  LeafRequest request = full_request();
  LeafRequest without = request;
  without.content.key_encipherment = false;
  EXPECT_EQ(difference(sign_certificate(leaf_fields(request, issuer), issuing_key()).value(), without), "");
  request.spki_der = without.spki_der = spki_of(make_rsa(2048).get());
  EXPECT_NE(difference(sign_certificate(leaf_fields(request, issuer), issuing_key()).value(), without), "");
}

TEST(VerifyIssued, ExtensionsInAnotherOrderAreRefused) {
  EXPECT_NE(difference_after([](TbsFields& f) { std::swap(f.extensions[0], f.extensions[1]); }), "");
}

TEST(VerifyIssued, AnExtensionLessIsRefused) {
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_NE(difference_after([i](TbsFields& f) { f.extensions.erase(f.extensions.begin() + long(i)); }), "")
        << i;
  }
}

TEST(VerifyIssued, AnExtensionMoreIsRefused) {
  EXPECT_THAT(difference_after([](TbsFields& f) {
                f.extensions.push_back({Bytes(oids::kTlsFeature), false, Bytes("\x30\x03\x02\x01\x05"sv)});
              }),
              HasSubstr("number of extensions"));
  EXPECT_THAT(difference_after([](TbsFields& f) { f.extensions.push_back(f.extensions[0]); }),
              HasSubstr("twice"));
  EXPECT_NE(difference_after([](TbsFields& f) { f.extensions[0].oid = oids::kTlsFeature; }), "");
}

TEST(VerifyIssued, AnotherCriticalityIsRefused) {
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_NE(difference_after([i](TbsFields& f) { f.extensions[i].critical = !f.extensions[i].critical; }),
              "")
        << i;
  }
}

TEST(VerifyIssued, AnotherValueOfAnExtensionIsRefused) {
  const auto with = [](BytesView oid, BytesView value) {
    return difference_after([=](TbsFields& f) { extension(f, oid).value = value; });
  };
  EXPECT_EQ(with(oids::kKeyUsage, "\x03\x02\x07\x80"sv), "");
  EXPECT_NE(with(oids::kKeyUsage, "\x03\x02\x05\xa0"sv), "");              // keyEncipherment too
  EXPECT_NE(with(oids::kKeyUsage, "\x03\x02\x01\x06"sv), "");              // a CA's
  EXPECT_NE(with(oids::kBasicConstraints, "\x30\x03\x01\x01\xff"sv), "");  // cA
  EXPECT_NE(with(oids::kBasicConstraints, "\x30\x03\x01\x01\x00"sv), "");  // FALSE written out
  EXPECT_NE(with(oids::kExtendedKeyUsage, der::sequence({der::oid(oids::kClientAuth)})), "");
  EXPECT_NE(with(oids::kExtendedKeyUsage,
                 der::sequence({der::oid(oids::kServerAuth), der::oid(oids::kClientAuth)})),
            "");
  EXPECT_NE(
      with(oids::kCertificatePolicies, der::sequence({der::sequence({der::oid("\x55\x1d\x20\x00"sv)})})), "");
  EXPECT_NE(with(oids::kAuthorityKeyIdentifier, "\x30\x16\x80\x14" + Bytes(20, 'x')), "");
  EXPECT_NE(with(oids::kAuthorityKeyIdentifier, "\x30\x00"sv), "");
}

TEST(VerifyIssued, TheSignatureOfAnotherKeyIsRefused) {
  const LeafRequest request = good_leaf_request();
  const TbsFields fields = leaf_fields(request, test_issuer().certificate());
  EXPECT_THAT(difference(sign_certificate(fields, SoftwareKey::generate()).value(), request),
              HasSubstr("signature"));
}

TEST(VerifyIssued, EveryChangedOctetIsNoticed) {
  const LeafRequest request = good_leaf_request();
  const Bytes good = test_issuer().sign_leaf(request).value();
  EXPECT_EQ(difference(good, request), "");
  for (size_t at = 0; at < good.size(); ++at) {
    Bytes changed = good;
    changed[at] = char(changed[at] ^ 1);
    EXPECT_NE(difference(changed, request), "") << at;
  }
  EXPECT_NE(difference(good + '\0', request), "");
}

}  // namespace
}  // namespace acmecore
