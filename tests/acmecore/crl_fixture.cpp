#include "tests/acmecore/crl_fixture.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;

CrlFields good_crl_fields() { return {{kCrlUri}, 7, kNow, kNow + std::chrono::days(7)}; }

RevokedCertificate revoked(const std::string& serial, RevocationReason reason) {
  return {parse_serial(serial).value(), {kNow - std::chrono::days(1), reason}};
}

Bytes entries_of(const std::vector<RevokedCertificate>& revoked) {
  Bytes entries;
  for (const RevokedCertificate& one : revoked)
    append_entry(entries, one);
  return entries;
}

X509CrlHandle read_crl_by_openssl(BytesView der) {
  const uint8_t* at = base::octets(der);
  X509CrlHandle crl(d2i_X509_CRL(nullptr, &at, long(der.size())));
  return at == base::octets(der) + der.size() ? std::move(crl) : nullptr;
}

}  // namespace acmecore
