#include "acmecore/certificate.h"

#include "acmecore/ca_public_key.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/signature.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

constexpr BytesView kVersion3 = "\x02\x01\x02"sv;  // INTEGER 2

Result<void> read_tbs(Certificate& certificate);
Result<Validity> read_validity(der::Reader& reader);

}  // namespace

Result<Certificate> parse_certificate(BytesView der) {
  if (der.size() > kCertificateSizeMax)
    return fail(ErrorKind::malformed, "the certificate is larger than 32 KiB");
  TRY(const BytesView content, der::only(der::kSequence, der));
  der::Reader reader(content);
  TRY(const der::Element tbs, reader.next(der::kSequence));
  TRY(const der::Element algorithm, reader.next(der::kSequence));
  TRY(const BytesView signature, reader.bit_string());
  CHECK(reader.end());

  TRY(Certificate certificate, parse_tbs_certificate(tbs.whole));
  if (certificate.signature_algorithm_der != algorithm.whole) {
    return fail(ErrorKind::malformed, "the certificate names two different signature algorithms");
  }
  certificate.der = der;
  certificate.signature = signature;
  return certificate;
}

Result<Certificate> parse_tbs_certificate(BytesView tbs_der) {
  Certificate certificate;
  certificate.tbs_der = tbs_der;
  CHECK(read_tbs(certificate));
  return certificate;
}

bool is_issued_by(const Certificate& certificate, const Certificate& issuer) {
  if (certificate.issuer_der != issuer.subject_der) return false;
  const auto algorithm = parse_signature_algorithm(certificate.signature_algorithm_der);
  const auto key = parse_ca_public_key(issuer.spki_der);
  return algorithm && key && verify_signature(*algorithm, *key, certificate.tbs_der, certificate.signature);
}

namespace {

Result<void> read_tbs(Certificate& certificate) {
  TRY(const BytesView content, der::only(der::kSequence, certificate.tbs_der));
  der::Reader reader(content);
  TRY(const der::Element version, reader.next(der::context_constructed(0)));
  if (version.content != kVersion3) return fail(ErrorKind::malformed, "the certificate is not of version 3");
  TRY(const BytesView serial, reader.integer());
  TRY(certificate.serial, serial_from_octets(serial));
  TRY(const der::Element algorithm, reader.next(der::kSequence));
  certificate.signature_algorithm_der = algorithm.whole;
  TRY(const der::Element issuer, reader.next(der::kSequence));
  certificate.issuer_der = issuer.whole;
  TRY(certificate.validity, read_validity(reader));
  TRY(const der::Element subject, reader.next(der::kSequence));
  certificate.subject_der = subject.whole;
  TRY(const der::Element spki, reader.next(der::kSequence));
  certificate.spki_der = spki.whole;
  if (!reader.at_end()) {  // issuerUniqueID and subjectUniqueID are as good as extinct: malformed
    TRY(const der::Element extensions, reader.next(der::context_constructed(3)));
    TRY(certificate.extensions, parse_extensions(extensions.content));
  }
  CHECK(reader.end());
  if (const Extension* san = find_extension(certificate.extensions, oids::kSubjectAltName)) {
    TRY(certificate.subject_alt_name, parse_subject_alt_name(san->value));
  }
  return {};
}

Result<Validity> read_validity(der::Reader& reader) {
  TRY(const der::Element element, reader.next(der::kSequence));
  der::Reader times(element.content);
  TRY(const base::Time not_before, times.time());
  TRY(const base::Time not_after, times.time());
  CHECK(times.end());
  return Validity{not_before, not_after};
}

}  // namespace

}  // namespace acmecore
