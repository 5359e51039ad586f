#include "acmecore/rpc/ca_messages.h"

#include "acmecore/ca_public_key.h"
#include "acmecore/crl_shard.h"
#include "acmecore/distinguished_name.h"
#include "acmecore/key_vault.h"
#include "acmecore/serial.h"
#include "base/openssl.h"
#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::Result;

namespace {

void put(const CaChain& chain, api::IssuingCertificate& message) {
  const Certificate& certificate = chain.issuing();
  message.set_id(text_of(Serial{base::sha256(certificate.der)}));
  message.set_ca(ca_id(certificate));
  message.set_subject(text_of_name(certificate.subject_der));
  message.set_issuer(text_of_name(certificate.issuer_der));
  message.set_serial(text_of(certificate.serial));
  message.set_key_type(text_of_ca_key(certificate.spki_der));
  *message.mutable_not_before() = proto::to_timestamp(certificate.validity.not_before);
  *message.mutable_not_after() = proto::to_timestamp(certificate.validity.not_after);
  message.set_certificate_der(certificate.der);
  for (const NameConstraints& constraints : chain.constraints) {
    for (const std::string& text : texts_of(constraints.permitted))
      message.add_permitted(text);
    for (const std::string& text : texts_of(constraints.excluded))
      message.add_excluded(text);
  }
}

}  // namespace

api::Issuer message_of(const NamedIssuer& issuer) {
  api::Issuer message;
  message.set_name(issuer.name);
  for (const IssuerGeneration& generation : issuer.generations) {
    api::IssuingCertificate& certificate = *message.add_certificates();
    certificate.set_role(std::string(name_of(generation.role)));
    certificate.set_file(generation.name);
    certificate.set_key(generation.key);
    put(generation.issuer.chain(), certificate);
  }
  return message;
}

Result<api::Issuer> message_of(const std::string& name, const CaDirectory& directory) {
  api::Issuer message;
  message.set_name(name);
  for (const CaGeneration& generation : directory.generations()) {
    api::IssuingCertificate& certificate = *message.add_certificates();
    certificate.set_role(std::string(name_of(generation.role)));
    certificate.set_file(generation.name);
    certificate.set_key(place_of_key(generation.key));
    if (generation.role == GenerationRole::requested) continue;
    TRY(const CaChain chain, read_ca_chain(generation.chain_pem));
    put(chain, certificate);
  }
  return message;
}

}  // namespace acmecore::rpc
