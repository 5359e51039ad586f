#include "acmecore/crl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <random>

#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/crl_fixture.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using base::parse_rfc3339;
using std::chrono::seconds;
using testing::HasSubstr;
using namespace std::string_view_literals;

const SigningKey& issuing_key() {
  static const SoftwareKey key = SoftwareKey::parse(test_ca().issuing_key_pem).value();
  return key;
}

Bytes signed_crl(const CrlFields& fields, BytesView entries) {
  const Bytes tbs = tbs_cert_list(fields, entries, test_issuer().certificate(), issuing_key());
  return sign_tbs_cert_list(tbs, issuing_key()).value();
}

std::vector<RevokedCertificate> read_entries(const Crl& crl) {
  std::vector<RevokedCertificate> found;
  const auto take = [&](const CrlEntry& entry) {
    found.push_back(revoked_certificate(entry).value());
    return true;
  };
  EXPECT_TRUE(for_each_entry(crl.entries.value_or(""), take));
  return found;
}

// Every reason, and times of both forms.
std::vector<RevokedCertificate> revoked_for_each_reason() {
  std::vector<RevokedCertificate> all;
  for (const int code : {0, 1, 3, 4, 5, 9}) {
    all.push_back(revoked("010" + std::to_string(code), *reason_with_code(code)));
  }
  all.back().revocation.time = parse_rfc3339("2050-01-01T00:00:00Z").value();
  return all;
}

TEST(Crl, WhatIsWrittenIsReadAgain) {
  const Bytes entries = entries_of(revoked_for_each_reason());
  const Bytes der = signed_crl(good_crl_fields(), entries);
  const Crl crl = parse_crl(der).value();
  EXPECT_EQ(crl.issuer_der, test_issuer().certificate().subject_der);
  EXPECT_EQ(crl.this_update, kNow);
  EXPECT_EQ(crl.next_update, kNow + std::chrono::days(7));
  EXPECT_EQ(crl_number(crl).value(), 7u);
  EXPECT_EQ(crl.entries, entries);
  EXPECT_EQ(read_entries(crl), revoked_for_each_reason());
}

TEST(Crl, AnEntryIsSerialAndTimeAndAReasonThatIsNotCritical) {
  EXPECT_EQ(entries_of({revoked("0102", RevocationReason::unspecified)}),
            "\x30\x13\x02\x02\x01\x02\x17\x0d"
            "261122043000Z"sv);
  EXPECT_EQ(entries_of({revoked("0102", RevocationReason::superseded)}),
            "\x30\x21\x02\x02\x01\x02\x17\x0d"
            "261122043000Z"
            "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x04"sv);
}

TEST(Crl, WithoutEntriesThereIsNoListOfThem) {
  const Bytes der = signed_crl(good_crl_fields(), "");
  EXPECT_EQ(parse_crl(der).value().entries, std::nullopt);
  EXPECT_EQ(X509_CRL_get_REVOKED(read_crl_by_openssl(der).get()), nullptr);
}

TEST(Crl, TheDistributionPointHasTheOctetsOfTheCertificates) {
  EXPECT_EQ(issuing_distribution_point({"http://a.test/1"}),
            "\x30\x18\xa0\x13\xa0\x11\x86\x0f"
            "http://a.test/1"
            "\x81\x01\xff"sv);
  EXPECT_EQ(issuing_distribution_point({"http://a.test/1", "http://b.test/1"}).substr(4, 2), "\xa0\x22"sv);
}

// The structures of OpenSSL's own reading.
void expect_openssl_reads(const Bytes& der, const CrlFields& fields,
                          const std::vector<RevokedCertificate>& all) {
  const X509CrlHandle crl = read_crl_by_openssl(der);
  ASSERT_TRUE(crl);
  EXPECT_EQ(X509_CRL_get_version(crl.get()), 1);
  EXPECT_EQ(X509_CRL_verify(crl.get(), parse_public_key(issuing_key().spki_der())->key.get()), 1);
  const auto time_of = [](const ASN1_TIME* time) {
    tm parts{};
    EXPECT_EQ(ASN1_TIME_to_tm(time, &parts), 1);
    return base::Time(seconds(timegm(&parts)));
  };
  EXPECT_EQ(time_of(X509_CRL_get0_lastUpdate(crl.get())), fields.this_update);
  EXPECT_EQ(time_of(X509_CRL_get0_nextUpdate(crl.get())), fields.next_update);
  EXPECT_EQ(X509_CRL_get_ext_count(crl.get()), 3);

  int critical = -1;
  const base::OpensslHandle<ASN1_INTEGER, ASN1_INTEGER_free> number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl.get(), NID_crl_number, &critical, nullptr)));
  uint64_t value = 0;
  EXPECT_EQ(ASN1_INTEGER_get_uint64(&value, number.get()), 1);
  EXPECT_EQ(value, fields.number);
  EXPECT_EQ(critical, 0);
  const base::OpensslHandle<AUTHORITY_KEYID, AUTHORITY_KEYID_free> authority(static_cast<AUTHORITY_KEYID*>(
      X509_CRL_get_ext_d2i(crl.get(), NID_authority_key_identifier, &critical, nullptr)));
  ASSERT_TRUE(authority);
  EXPECT_EQ(authority->issuer, nullptr);
  EXPECT_EQ(authority->serial, nullptr);
  EXPECT_EQ(critical, 0);
  const base::OpensslHandle<ISSUING_DIST_POINT, ISSUING_DIST_POINT_free> point(
      static_cast<ISSUING_DIST_POINT*>(
          X509_CRL_get_ext_d2i(crl.get(), NID_issuing_distribution_point, &critical, nullptr)));
  ASSERT_TRUE(point);
  EXPECT_EQ(critical, 1);
  EXPECT_EQ(point->onlyuser, 0xff);
  EXPECT_EQ(point->onlyCA, 0);
  EXPECT_EQ(point->indirectCRL, 0);
  EXPECT_EQ(point->onlysomereasons, nullptr);
  ASSERT_EQ(point->distpoint->type, 0);
  const GENERAL_NAME* name = sk_GENERAL_NAME_value(point->distpoint->name.fullname, 0);
  ASSERT_EQ(name->type, GEN_URI);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(name->d.ia5->data), size_t(name->d.ia5->length)),
            fields.distribution_points.front());

  STACK_OF(X509_REVOKED)* entries = X509_CRL_get_REVOKED(crl.get());
  ASSERT_EQ(size_t(std::max(sk_X509_REVOKED_num(entries), 0)), all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    const X509_REVOKED* entry = sk_X509_REVOKED_value(entries, int(i));
    const ASN1_INTEGER* serial = X509_REVOKED_get0_serialNumber(entry);
    Bytes octets(reinterpret_cast<const char*>(serial->data), size_t(serial->length));
    if ((octets[0] & 0x80) != 0) octets.insert(octets.begin(), '\0');  // OpenSSL keeps the magnitude
    EXPECT_EQ(octets, all[i].serial.octets);
    EXPECT_EQ(time_of(X509_REVOKED_get0_revocationDate(entry)), all[i].revocation.time);
    const base::OpensslHandle<ASN1_ENUMERATED, ASN1_ENUMERATED_free> reason(
        static_cast<ASN1_ENUMERATED*>(X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &critical, nullptr)));
    EXPECT_EQ(reason ? ASN1_ENUMERATED_get(reason.get()) : 0, long(all[i].revocation.reason));
    EXPECT_EQ(X509_REVOKED_get_ext_count(entry), reason ? 1 : 0);
  }
}

TEST(CrlDifferential, OpensslReadsTheSame) {
  std::mt19937 random(7);  // NOLINT: the same in every run
  for (const size_t count : {0, 1, 2, 40, 3000}) {
    std::vector<RevokedCertificate> all;
    for (size_t i = 0; i < count; ++i) {
      constexpr RevocationReason kReasons[] = {RevocationReason::unspecified,
                                               RevocationReason::key_compromise,
                                               RevocationReason::affiliation_changed,
                                               RevocationReason::superseded,
                                               RevocationReason::cessation_of_operation,
                                               RevocationReason::privilege_withdrawn};
      all.push_back({new_serial(), {kNow - seconds(random() % 1'000'000), kReasons[random() % 6]}});
    }
    const CrlFields fields{
        {kCrlUri}, random(), kNow - seconds(random() % 1000), kNow + seconds(random() % 1000)};
    expect_openssl_reads(signed_crl(fields, entries_of(all)), fields, all);
  }
}

TEST(CrlDifferential, SerialsOfEverySizeAreReadTheSame) {
  std::vector<RevokedCertificate> all;
  for (const char* serial : {"01", "7f", "0080", "00ff", "0100", "7fffffffffffffffffffffffffffffffffffffff"})
    all.push_back(revoked(serial, RevocationReason::superseded));
  expect_openssl_reads(signed_crl(good_crl_fields(), entries_of(all)), good_crl_fields(), all);
}

// A CRL whose TBSCertList is `from` with each `what` replaced by `by`, of the same size.
std::string refusal(BytesView what, BytesView by) {
  Bytes der = signed_crl(good_crl_fields(), entries_of({revoked("0102", RevocationReason::superseded)}));
  const size_t at = der.find(what);
  EXPECT_NE(at, Bytes::npos);
  der.replace(at, what.size(), by);
  const auto crl = parse_crl(der);
  if (!crl) {
    EXPECT_EQ(crl.error().kind, base::ErrorKind::malformed);
    return crl.error().detail;
  }
  std::string found;
  const auto take = [&](const CrlEntry& entry) {
    const auto read = revoked_certificate(entry);
    if (!read) found = read.error().detail;
    return true;
  };
  const auto read = for_each_entry(crl->entries.value(), take);
  return read ? found : read.error().detail;
}

TEST(CrlReading, WhatIsNoCrlOfOursIsRefused) {
  EXPECT_EQ(refusal("\x02\x01\x01"sv, "\x02\x01\x01"sv), "");
  EXPECT_THAT(refusal("\x02\x01\x01"sv, "\x02\x01\x00"sv), HasSubstr("version 2"));
  EXPECT_THAT(refusal("\x02\x01\x01"sv, "\x02\x01\x02"sv), HasSubstr("version 2"));
  EXPECT_THAT(refusal("\x04\x03\x02\x30"sv, "\x04\x03\x03\x30"sv), HasSubstr("two different"));
  EXPECT_THAT(refusal("261123043000Z"sv, "2611230430000"sv), HasSubstr("time"));
  EXPECT_THAT(refusal("\x0a\x01\x04"sv, "\x0a\x01\x06"sv), HasSubstr("none of ours"));  // certificateHold
  EXPECT_THAT(refusal("\x0a\x01\x04"sv, "\x0a\x01\x00"sv), HasSubstr("none of ours"));  // written out
  EXPECT_THAT(refusal("\x02\x02\x01\x02"sv, "\x02\x02\x00\x02"sv), HasSubstr("more octets than it needs"));
  EXPECT_THAT(refusal("\x02\x02\x01\x02"sv, "\x02\x02\x81\x02"sv), HasSubstr("negative"));
}

TEST(CrlReading, OctetsBehindItOrMissingAreRefused) {
  const Bytes der = signed_crl(good_crl_fields(), "");
  EXPECT_TRUE(parse_crl(der));
  EXPECT_FALSE(parse_crl(der + '\0'));
  for (size_t size = 0; size < der.size(); ++size)
    EXPECT_FALSE(parse_crl(der.substr(0, size))) << size;
}

TEST(CrlReading, ANumberThatIsNoneOfOursIsRefused) {
  const auto number = [](BytesView value) {
    Crl crl;
    crl.extensions = {{Bytes(oids::kCrlNumber), false, Bytes(value)}};
    return crl_number(crl);
  };
  EXPECT_EQ(number("\x02\x01\x00"sv).value(), 0u);
  EXPECT_EQ(number("\x02\x09\x00\xff\xff\xff\xff\xff\xff\xff\xff"sv).value(), ~uint64_t{0});
  for (const BytesView bad : {"\x02\x01\xff"sv, "\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00"sv,
                              "\x02\x00"sv, "\x04\x01\x01"sv, ""sv, "\x02\x01\x01\x00"sv})
    EXPECT_FALSE(number(bad));
  EXPECT_FALSE(crl_number(Crl{}));
}

}  // namespace
}  // namespace acmecore
