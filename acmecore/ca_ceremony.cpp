#include "acmecore/ca_ceremony.h"

#include <memory>
#include <utility>

#include "acmecore/ca_certificate.h"
#include "acmecore/ca_chain.h"
#include "acmecore/issuer.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"

namespace acmecore {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::filesystem::path;

namespace {

constexpr std::string_view kPemRequest = "CERTIFICATE REQUEST";

// A key, and what its file is to hold.
struct HeldKey {
  std::unique_ptr<const SigningKey> key;
  std::string held;
};

Result<HeldKey> take_key(const CaPlan& plan, const KeyVault& vault);
Result<CaGeneration> new_request(const CaPlan& plan, const KeyVault& vault);
Result<void> refuse_incumbent(const CaDirectory& directory, GenerationRole role, Incumbent incumbent);
Result<std::string> key_for(const CaDirectory& directory, const KeyVault& vault, const Certificate& issuing);
Result<NameConstraints> constraints_of(const Certificate& certificate);

tl::unexpected<base::Error> refuse(const std::string& why) { return fail(ErrorKind::unavailable, why); }

}  // namespace

Result<void> init_ca(const CaPlace& place, const CaPlan& root, const CaPlan& issuing, Time now) {
  TRY(const bool is_absent, CaDirectory::is_absent(place.directory));
  if (!is_absent) return refuse(place.directory.string() + " is not empty: a new CA goes where nothing is");
  TRY(const Bytes root_name, name_of(root.subject));
  TRY(const HeldKey root_key, take_key(root, place.vault));
  TRY(const Bytes root_der, sign_root(root_name, *root_key.key, now, root.lifetime));
  TRY(const Certificate root_certificate, parse_certificate(root_der));

  TRY(HeldKey key, take_key(issuing, place.vault));
  IssuingCa wanted;
  TRY(wanted.subject_der, name_of(issuing.subject));
  if (wanted.subject_der == root_name)
    return refuse("the root and the issuing CA have one name, and need two");
  wanted.spki_der = key.key->spki_der();
  wanted.constraints = issuing.constraints;
  wanted.lifetime = issuing.lifetime;
  TRY(const Bytes issuing_der, sign_issuing(wanted, root_certificate, *root_key.key, now));

  CaGeneration first{"", GenerationRole::current, key.held, pem_block(kPemCertificate, issuing_der), ""};
  const std::string root_pem = pem_block(kPemCertificate, root_der);
  CHECK(Issuer::open(std::move(key.key), first.chain_pem + root_pem, now));
  CHECK(CaDirectory::create(place.directory, std::move(first), root_key.held, root_pem));
  return {};
}

Result<void> init_development_ca(const CaPlace& place, Time now) {
  TRY(const CaMaterial made, make_development_ca(now));
  TRY(const SoftwareKey root_key, SoftwareKey::parse(made.root_key_pem));
  TRY(const SoftwareKey key, SoftwareKey::parse(made.issuing_key_pem));
  CaGeneration first{"", GenerationRole::current, place.vault.held_of(key), made.issuing_pem, ""};
  CHECK(CaDirectory::create(place.directory, std::move(first), place.vault.held_of(root_key), made.root_pem));
  return {};
}

Result<std::string> request_ca(const CaPlace& place, const CaPlan& plan, Incumbent requested) {
  TRY(const bool is_absent, CaDirectory::is_absent(place.directory));
  if (is_absent) {
    TRY(const CaGeneration first, new_request(plan, place.vault));
    CHECK(CaDirectory::create(place.directory, first, "", ""));
    return first.request_pem;
  }
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory));
  CHECK(refuse_incumbent(directory, GenerationRole::requested, requested));
  TRY(const CaGeneration another, new_request(plan, place.vault));
  CHECK(directory.add(another));
  return another.request_pem;
}

Result<GenerationRole> install_ca(const CaPlace& place, std::string_view chain_pem, Time now,
                                  Incumbent next) {
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory));
  CHECK(refuse_incumbent(directory, GenerationRole::next, next));
  TRY(const CaChain chain, read_ca_chain(chain_pem));
  TRY(const std::string held, key_for(directory, place.vault, chain.issuing()));
  TRY(auto key, place.vault.open(held, chain.issuing().spki_der));
  CHECK(Issuer::open(std::move(key), chain_pem, now));
  std::string pem;  // as we write it, whatever stood between the blocks
  for (const Certificate& certificate : chain.certificates)
    pem += pem_block(kPemCertificate, certificate.der);
  const bool is_first = directory.find(GenerationRole::current) == nullptr;
  const CaGeneration* requested = directory.find(GenerationRole::requested);
  if (requested != nullptr && requested->key == held) {
    CHECK(directory.certify(pem));
  } else {
    CHECK(directory.add(CaGeneration{"", GenerationRole::next, held, pem, ""}));
  }
  return is_first ? GenerationRole::current : GenerationRole::next;
}

Result<void> renew_ca(const CaPlace& place, const CaRenewal& renewal, Time now, Incumbent next) {
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory));
  CHECK(refuse_incumbent(directory, GenerationRole::next, next));
  const CaGeneration* current = directory.find(GenerationRole::current);
  if (current == nullptr) return refuse(place.directory.string() + " has no certificate to be renewed");
  TRY(const CaChain chain, read_ca_chain(current->chain_pem));
  TRY(const auto own_root_key, directory.root_key());
  const std::string root_held = renewal.root_key.empty() ? own_root_key.value_or("") : renewal.root_key;
  if (root_held.empty()) {
    return refuse(
        "the key of the root is not there: name its file, or have somebody else's root certify a "
        "request");
  }
  TRY(const auto root_key, place.vault.open(root_held, {}));
  if (root_key->spki_der() != chain.root().spki_der)
    return refuse("the key of the root is not that of the issuer's root certificate");
  if (find_extension(chain.root().extensions, oids::kSubjectKeyIdentifier) == nullptr)
    return refuse("the root's certificate has no subjectKeyIdentifier, by which one below it names it");

  HeldKey key;
  IssuingCa wanted;
  if (renewal.same_key) {
    key.held = current->key;
    TRY(key.key, place.vault.open(current->key, chain.issuing().spki_der));
    wanted.subject_der = chain.issuing().subject_der;
  } else {
    TRY(wanted.subject_der, name_of(renewal.plan.subject));
    TRY(key, take_key(renewal.plan, place.vault));
  }
  wanted.spki_der = key.key->spki_der();
  wanted.lifetime = renewal.plan.lifetime;
  wanted.constraints = renewal.plan.constraints;
  if (!renewal.constraints) {
    TRY(wanted.constraints, constraints_of(chain.issuing()));
  }
  TRY(const Bytes der, sign_issuing(wanted, chain.root(), *root_key, now));
  const std::string pem = pem_block(kPemCertificate, der) + pem_block(kPemCertificate, chain.root().der);
  CHECK(Issuer::open(std::move(key.key), pem, now));
  return directory.add(CaGeneration{"", GenerationRole::next, key.held, pem, ""});
}

Result<void> rotate_ca(const CaPlace& place, const IssuerDuties& duties, Time now) {
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory));
  const CaGeneration* next = directory.find(GenerationRole::next);
  if (next == nullptr) return refuse(place.directory.string() + " has no next certificate to rotate to");
  TRY(const CaChain chain, read_ca_chain(next->chain_pem));
  TRY(auto key, place.vault.open(next->key, chain.issuing().spki_der));
  TRY(const Issuer issuer, Issuer::open(std::move(key), next->chain_pem, now));
  if (duties.crls) CHECK(check_crl_issuer("the next certificate", chain.issuing()));
  if (duties.ocsp_responses) CHECK(check_ocsp_signer("the next certificate", chain.issuing()));
  CHECK(issuer.check_key());
  return directory.rotate();
}

namespace {

Result<HeldKey> take_key(const CaPlan& plan, const KeyVault& vault) {
  HeldKey key;
  if (plan.token_uri.empty()) {
    auto made = SoftwareKey::generate(plan.key_kind);
    key.held = vault.held_of(made);
    key.key = std::make_unique<const SoftwareKey>(std::move(made));
    return key;
  }
  if (!is_token_uri(plan.token_uri))
    return fail(ErrorKind::malformed, "a key in a token is named by a PKCS#11 URI, \"pkcs11:…\"");
  key.held = plan.token_uri + "\n";
  TRY(key.key, vault.open(key.held, {}));
  return key;
}

Result<CaGeneration> new_request(const CaPlan& plan, const KeyVault& vault) {
  TRY(const Bytes subject, name_of(plan.subject));
  TRY(const HeldKey key, take_key(plan, vault));
  TRY(const Bytes request, sign_ca_request(subject, *key.key, plan.constraints));
  return CaGeneration{"", GenerationRole::requested, key.held, "", pem_block(kPemRequest, request)};
}

Result<void> refuse_incumbent(const CaDirectory& directory, GenerationRole role, Incumbent incumbent) {
  const CaGeneration* there = directory.find(role);
  if (there == nullptr || incumbent == Incumbent::goes) return {};
  return refuse(role == GenerationRole::next ? "there is a next certificate already, " + there->name + ".pem"
                                             : "there is a request already, " + there->name + ".csr");
}

// What the key file holds of the key that `issuing` is a certificate of.
Result<std::string> key_for(const CaDirectory& directory, const KeyVault& vault, const Certificate& issuing) {
  const CaGeneration* requested = directory.find(GenerationRole::requested);
  if (requested != nullptr) {
    TRY(const auto key, vault.open(requested->key, {}));
    if (key->spki_der() == issuing.spki_der) return requested->key;
  }
  const CaGeneration* current = directory.find(GenerationRole::current);
  if (current != nullptr) {
    TRY(const CaChain chain, read_ca_chain(current->chain_pem));
    if (chain.issuing().spki_der == issuing.spki_der) return current->key;
  }
  return refuse(
      requested != nullptr
          ? "the certificate is neither for the key of " + requested->name +
                ".csr nor for the key that signs now"
          : "the certificate is not for the key that signs now, and there is no request of another");
}

Result<NameConstraints> constraints_of(const Certificate& certificate) {
  const Extension* found = find_extension(certificate.extensions, oids::kNameConstraints);
  if (found == nullptr) return NameConstraints();
  TRY(NameConstraints constraints, parse_name_constraints(found->value));
  if (!constraints.on_subjects) return constraints;
  return refuse("the certificate is held to certain subjects, which a new one would not be");
}

}  // namespace

}  // namespace acmecore
