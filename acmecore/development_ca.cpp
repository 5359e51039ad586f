#include "acmecore/development_ca.h"

#include "acmecore/ca_profile.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"
#include "base/random.h"

namespace acmecore {

using base::Bytes;
using base::Result;
using base::Time;

namespace {

// "XX" stands for no country (BR 3.2.2.3).
Result<Bytes> development_name(const std::string& common_name) {
  return name_of(CaSubject{common_name, "Assay Development", "XX"});
}

}  // namespace

Result<CaMaterial> make_development_ca(Time now, bool client_auth) {
  const std::string suffix = text_of(Serial{base::random_bytes(4)});
  const SoftwareKey root_key = SoftwareKey::generate();
  TRY(const Bytes root_name, development_name("Assay Development Root CA " + suffix));
  TRY(const Bytes root_der, sign_root(root_name, root_key, now, kRootLifetime));
  TRY(const Certificate root, parse_certificate(root_der));

  const SoftwareKey issuing_key = SoftwareKey::generate();
  IssuingCa issuing;
  TRY(issuing.subject_der, development_name("Assay Development Issuing CA " + suffix));
  issuing.spki_der = issuing_key.spki_der();
  issuing.client_auth = client_auth;
  TRY(const Bytes issuing_der, sign_issuing(issuing, root, root_key, now));

  return CaMaterial{root_key.pem(), pem_block(kPemCertificate, root_der), issuing_key.pem(),
                    pem_block(kPemCertificate, issuing_der)};
}

}  // namespace acmecore
