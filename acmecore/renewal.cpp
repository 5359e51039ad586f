#include "acmecore/renewal.h"

#include <algorithm>

#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "base/base64url.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

tl::unexpected<base::Error> no_id() {
  return fail(
      ErrorKind::malformed,
      "this names no certificate: base64url of its authority key identifier, a dot, and base64url of its "
      "serial number (RFC 9773 §4.1)");
}

}  // namespace

Result<CertificateId> parse_certificate_id(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos || text.size() > kCertificateIdSizeMax) return no_id();
  auto key_identifier = base::parse_base64url(text.substr(0, dot));
  const auto octets = base::parse_base64url(text.substr(dot + 1));
  if (!key_identifier || key_identifier->empty() || !octets) return no_id();
  auto serial = serial_from_octets(*octets);
  if (!serial) return no_id();
  return CertificateId{*std::move(key_identifier), *std::move(serial)};
}

std::string text_of(const CertificateId& id) {
  return base::base64url(id.key_identifier) + "." + base::base64url(id.serial.octets);
}

Result<CertificateId> certificate_id(const Certificate& certificate) {
  const auto missing = fail(ErrorKind::not_found, "the certificate has no authority key identifier");
  const Extension* extension = find_extension(certificate.extensions, oids::kAuthorityKeyIdentifier);
  if (extension == nullptr) return missing;
  const auto fields = der::only(der::kSequence, extension->value);
  if (!fields) return missing;
  der::Reader reader(*fields);
  const auto key_identifier = reader.next(der::context(0));
  if (!key_identifier) return missing;
  return CertificateId{base::Bytes(key_identifier->content), certificate.serial};
}

RenewalInfo renewal_info(const Validity& validity, const std::optional<Revocation>& revocation) {
  const milliseconds life = validity.not_after - validity.not_before + seconds(1);
  const seconds ask_again =
      std::clamp<seconds>(std::chrono::floor<seconds>(life / 50), kAskAgainMin, kAskAgainMax);
  if (revocation) {
    const base::Time end = std::chrono::floor<seconds>(revocation->time);
    return {end - std::chrono::hours(1), end, ask_again};
  }
  const milliseconds before = life < kShortLived ? life / 2 : life * 2 / 3;
  const base::Time start = std::chrono::floor<seconds>(validity.not_before + before);
  return {start, start + std::max<seconds>(std::chrono::floor<seconds>(life / 50), seconds(1)), ask_again};
}

}  // namespace acmecore
