#include "acmecore/certificate_writer.h"

#include "acmecore/der.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;
using namespace std::string_view_literals;

Bytes encode(const std::vector<Extension>& extensions) {
  constexpr BytesView kTrue = "\x01\x01\xff"sv;
  Bytes encoded;
  for (const Extension& extension : extensions) {
    encoded += der::sequence({der::oid(extension.oid), extension.critical ? kTrue : BytesView(),
                              der::octet_string(extension.value)});
  }
  return der::element(der::kSequence, encoded);
}

Bytes tbs_certificate(const TbsFields& fields, const SigningKey& key) {
  constexpr BytesView kVersion3 = "\xa0\x03\x02\x01\x02"sv;
  return der::sequence({
      kVersion3,
      der::element(der::kInteger, fields.serial.octets),
      key.signature_algorithm_der(),
      fields.issuer_der,
      der::sequence({der::time(fields.validity.not_before), der::time(fields.validity.not_after)}),
      fields.subject_der,
      fields.spki_der,
      der::element(der::context_constructed(3), encode(fields.extensions)),
  });
}

Result<Bytes> sign_tbs(BytesView tbs_der, const SigningKey& key) {
  TRY(const Bytes signature, key.sign(tbs_der));
  return der::sequence({tbs_der, key.signature_algorithm_der(), der::bit_string(signature)});
}

Result<Bytes> sign_certificate(const TbsFields& fields, const SigningKey& key) {
  return sign_tbs(tbs_certificate(fields, key), key);
}

}  // namespace acmecore
