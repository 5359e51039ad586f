#include "acmecore/ca_ceremony.h"

#include <memory>
#include <utility>

#include "acmecore/ca_chain.h"
#include "acmecore/ca_public_key.h"
#include "acmecore/ca_renewal.h"
#include "acmecore/issuer.h"
#include "acmecore/lint/lint.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"

namespace acmecore {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::filesystem::path;
using IfTaken = CaDirectory::IfTaken;

namespace {

constexpr std::string_view kPemRequest = "CERTIFICATE REQUEST";

// A key, and what its file is to hold.
struct HeldKey {
  std::unique_ptr<const SigningKey> key;
  std::string held;
};

Result<HeldKey> take_key(const CaPlan& plan, const KeyVault& vault);
Result<KeyKind> kind_of(const Certificate& certificate);
Result<CaGeneration> new_request(const CaPlan& plan, const KeyVault& vault, Time now);
IssuingCa wanted_of(const CaPlan& plan, Bytes subject_der, const SigningKey& key);
Result<void> refuse_incumbent(const CaDirectory& directory, GenerationRole role, Incumbent incumbent);
Result<std::string> key_for(const CaDirectory& directory, const KeyVault& vault, const Certificate& issuing);

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
  TRY(Bytes name, name_of(issuing.subject));
  if (name == root_name) return refuse("the root and the issuing CA have one name, and need two");
  const IssuingCa wanted = wanted_of(issuing, std::move(name), *key.key);
  TRY(const Bytes issuing_der, sign_issuing(wanted, root_certificate, *root_key.key, now));

  CaGeneration first{"", GenerationRole::current, key.held, pem_block(kPemCertificate, issuing_der), ""};
  first.ceremonies = {ceremony_of_this_process(CeremonyCommand::init, now)};
  const std::string root_pem = pem_block(kPemCertificate, root_der);
  CHECK(Issuer::open(std::move(key.key), first.chain_pem + root_pem, now));
  CHECK(CaDirectory::create(place.directory, std::move(first), root_key.held, root_pem));
  return {};
}

Result<void> init_development_ca(const CaPlace& place, Time now, bool client_auth) {
  TRY(const CaMaterial made, make_development_ca(now, client_auth));
  TRY(const SoftwareKey root_key, SoftwareKey::parse(made.root_key_pem));
  TRY(const SoftwareKey key, SoftwareKey::parse(made.issuing_key_pem));
  CaGeneration first{"", GenerationRole::current, place.vault.held_of(key), made.issuing_pem, ""};
  CHECK(CaDirectory::create(place.directory, std::move(first), place.vault.held_of(root_key), made.root_pem));
  return {};
}

Result<std::string> request_ca(const CaPlace& place, const CaPlan& plan, Time now, Incumbent requested) {
  TRY(const bool is_absent, CaDirectory::is_absent(place.directory));
  if (is_absent) {
    TRY(const CaGeneration first, new_request(plan, place.vault, now));
    CHECK(CaDirectory::create(place.directory, first, "", ""));
    return first.request_pem;
  }
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory, IfTaken::wait));
  CHECK(refuse_incumbent(directory, GenerationRole::requested, requested));
  TRY(const CaGeneration another, new_request(plan, place.vault, now));
  CHECK(directory.add(another));
  return another.request_pem;
}

Result<GenerationRole> install_ca(const CaPlace& place, std::string_view chain_pem, Time now,
                                  Incumbent next) {
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory, IfTaken::wait));
  CHECK(refuse_incumbent(directory, GenerationRole::next, next));
  TRY(const CaChain chain, read_ca_chain(chain_pem));
  const auto findings = lint::lint_new_ca(chain.issuing().tbs_der, chain.certificates[1], now);
  if (const lint::Finding* const error = lint::first_error(findings))
    return refuse("the certificate is to be made again, for it breaks " + text_of(*error));
  TRY(const std::string held, key_for(directory, place.vault, chain.issuing()));
  TRY(auto key, place.vault.open(held, chain.issuing().spki_der));
  CHECK(Issuer::open(std::move(key), chain_pem, now));
  std::string pem;  // as we write it, whatever stood between the blocks
  for (const Certificate& certificate : chain.certificates)
    pem += pem_block(kPemCertificate, certificate.der);
  const bool is_first = directory.find(GenerationRole::current) == nullptr;
  const CaGeneration* requested = directory.find(GenerationRole::requested);
  const Ceremony ceremony = ceremony_of_this_process(CeremonyCommand::install, now);
  if (requested != nullptr && requested->key == held) {
    CHECK(directory.certify(pem, ceremony));
  } else {
    CHECK(directory.add(CaGeneration{"", GenerationRole::next, held, pem, "", {ceremony}}));
  }
  return is_first ? GenerationRole::current : GenerationRole::next;
}

Result<void> renew_ca(const CaPlace& place, const CaRenewal& renewal, Time now, Incumbent next) {
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory, IfTaken::wait));
  CHECK(refuse_incumbent(directory, GenerationRole::next, next));
  const CaGeneration* current = directory.find(GenerationRole::current);
  if (current == nullptr) return refuse(place.directory.string() + " has no certificate to be renewed");
  TRY(const CaChain chain, read_ca_chain(current->chain_pem));
  if (chain.certificates.size() > 2)
    return refuse(
        "another CA stands between the issuer and the root, and what that is held to would be lost");
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
  Bytes subject;
  if (renewal.same_key) {
    key.held = current->key;
    TRY(key.key, place.vault.open(current->key, chain.issuing().spki_der));
    subject = chain.issuing().subject_der;
  } else {
    TRY(subject, renewed_subject(chain.issuing().subject_der, renewal.plan.subject));
    CaPlan plan = renewal.plan;
    if (plan.token_uri.empty() && !plan.key_kind) {
      if (is_token_uri(current->key)) {
        return refuse(
            "the key that signs now is in a token: name the next one's there (--key), or say which type of "
            "key to make in a file (--key-type)");
      }
      TRY(plan.key_kind, kind_of(chain.issuing()));
    }
    TRY(key, take_key(plan, place.vault));
  }
  const IssuingCa wanted = wanted_of(renewal.plan, std::move(subject), *key.key);
  TRY(auto extensions, renewed_extensions(chain.issuing(), wanted, chain.root()));
  TRY(const Bytes der, sign_issuing(wanted, std::move(extensions), chain.root(), *root_key, now));
  const std::string pem = pem_block(kPemCertificate, der) + pem_block(kPemCertificate, chain.root().der);
  CHECK(Issuer::open(std::move(key.key), pem, now));
  const Ceremony ceremony = ceremony_of_this_process(CeremonyCommand::renew, now);
  return directory.add(CaGeneration{"", GenerationRole::next, key.held, pem, "", {ceremony}});
}

Result<void> rotate_ca(const CaPlace& place, const IssuerDuties& duties, Time now) {
  TRY(CaDirectory directory, CaDirectory::read_to_change(place.directory, IfTaken::wait));
  const CaGeneration* next = directory.find(GenerationRole::next);
  if (next == nullptr) return refuse(place.directory.string() + " has no next certificate to rotate to");
  TRY(const CaChain chain, read_ca_chain(next->chain_pem));
  TRY(auto key, place.vault.open(next->key, chain.issuing().spki_der));
  TRY(const Issuer issuer, Issuer::open(std::move(key), next->chain_pem, now));
  CHECK(check_duties(duties, "the next certificate", chain));
  CHECK(issuer.check_key());
  return directory.rotate(ceremony_of_this_process(CeremonyCommand::rotate, now));
}

namespace {

Result<HeldKey> take_key(const CaPlan& plan, const KeyVault& vault) {
  HeldKey key;
  if (plan.token_uri.empty()) {
    auto made = SoftwareKey::generate(plan.key_kind.value_or(KeyKind::p256));
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

Result<KeyKind> kind_of(const Certificate& certificate) {
  TRY(const PublicKey key, parse_ca_public_key(certificate.spki_der));
  const int bits = EVP_PKEY_get_bits(key.key.get());
  switch (key.type) {
    case KeyType::p256: return KeyKind::p256;
    case KeyType::p384: return KeyKind::p384;
    case KeyType::ed25519: return KeyKind::ed25519;
    case KeyType::p521: break;
    case KeyType::rsa:
      if (bits == 2048) return KeyKind::rsa2048;
      if (bits == 3072) return KeyKind::rsa3072;
      if (bits == 4096) return KeyKind::rsa4096;
  }
  return refuse("the key that signs now is " + std::string(name_of(key.type)) + " of " +
                std::to_string(bits) +
                " bits, as no new one is made: say of which type the new one is to be");
}

IssuingCa wanted_of(const CaPlan& plan, Bytes subject_der, const SigningKey& key) {
  return {std::move(subject_der), key.spki_der(), plan.constraints,   plan.lifetime,
          plan.client_auth,       plan.crl_url,   plan.ca_issuers_url};
}

Result<CaGeneration> new_request(const CaPlan& plan, const KeyVault& vault, Time now) {
  TRY(Bytes subject, name_of(plan.subject));
  TRY(const HeldKey key, take_key(plan, vault));
  const IssuingCa wanted = wanted_of(plan, std::move(subject), *key.key);
  TRY(const Bytes request, sign_ca_request(wanted, *key.key));
  const Ceremony ceremony = ceremony_of_this_process(CeremonyCommand::csr, now);
  return CaGeneration{"", GenerationRole::requested,       key.held,
                      "", pem_block(kPemRequest, request), {ceremony}};
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

}  // namespace

}  // namespace acmecore
