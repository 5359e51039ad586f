#include "acmecore/ocsp_response.h"

#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;

namespace {

constexpr char kSuccessful = 0;

Bytes enumerated(char value) { return der::element(der::kEnumerated, {&value, 1}); }

// CertStatus.
Bytes status(const std::optional<Revocation>& revocation) {
  if (!revocation) return der::element(der::context(0), "");
  Bytes info = der::generalized_time(revocation->time);
  if (revocation->reason != RevocationReason::unspecified) {
    info += der::element(der::context_constructed(0), enumerated(char(revocation->reason)));
  }
  return der::element(der::context_constructed(1), info);
}

Bytes single_response(const OcspSingle& single, const OcspFields& fields) {
  const Bytes next_update = der::generalized_time(fields.next_update);
  return der::sequence({single.cert_id_der, status(single.revocation),
                        der::generalized_time(fields.this_update),
                        der::element(der::context_constructed(0), next_update)});
}

}  // namespace

Bytes ocsp_refusal(OcspRefusal status) { return der::sequence({enumerated(char(status))}); }

Bytes ocsp_data(const OcspFields& fields) {
  Bytes responses;
  for (const OcspSingle& single : fields.certificates)
    responses += single_response(single, fields);
  Bytes extensions;
  if (fields.nonce) {
    const Bytes nonce =
        der::sequence({der::oid(oids::kOcspNonce), der::octet_string(der::octet_string(*fields.nonce))});
    extensions = der::element(der::context_constructed(1), der::sequence({nonce}));
  }
  const Bytes by_key =
      der::element(der::context_constructed(2), der::octet_string(fields.responder_key_hash));
  return der::sequence({by_key, der::generalized_time(fields.produced_at),
                        der::element(der::kSequence, responses), extensions});
}

Result<Bytes> sign_ocsp_data(BytesView data_der, const SigningKey& key) {
  TRY(const Bytes signature, key.sign(data_der));
  const Bytes basic = der::sequence({data_der, key.signature_algorithm_der(), der::bit_string(signature)});
  const Bytes response_bytes = der::sequence({der::oid(oids::kOcspBasic), der::octet_string(basic)});
  return der::sequence({enumerated(kSuccessful), der::element(der::context_constructed(0), response_bytes)});
}

}  // namespace acmecore
