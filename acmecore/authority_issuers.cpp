#include <algorithm>
#include <utility>

#include "acmecore/authority.h"

// Who signs a certificate, and who has signed one.
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

const Directory& Authority::directory_of(const Account& account) const {
  if (!account.principal.empty()) return options_.preset;
  const auto found = std::ranges::find(options_.directories, account.directory, &Directory::name);
  return found == options_.directories.end() ? options_.preset : *found;
}

const std::string& Authority::issuer_of(const Account& account, const Profile& profile) const {
  return profile.issuer.empty() ? directory_of(account).issuer : profile.issuer;
}

Validity Authority::issuer_validity(const Account& account, const Profile& profile) const {
  return issuers_.now()->current(issuer_of(account, profile)).certificate().validity;
}

Result<void> Authority::check_issuer(const Account& account, const Profile& profile,
                                     const std::vector<Identifier>& names) const {
  SubjectAltName alternatives;
  std::vector<std::string>& texts = alternatives.dns_names;
  for (const Identifier& name : names)
    texts.push_back(name.text());
  const LeafContent& content = profile.content;
  const bool has_subject =
      !content.country.empty() || !content.organization.empty() || !common_name(profile, texts).empty();
  return issuers_.now()->current(issuer_of(account, profile)).check_names(alternatives, has_subject);
}

Task<Result<CertificateChain>> Authority::certificate(Account account, Serial serial, size_t chain) {
  CO_TRY(auto record, co_await records_.certificate(std::move(serial)));
  if (record->account != account.id) co_return fail(ErrorKind::not_found, "there is no such certificate");
  co_return chain_of(std::move(record.value), chain);
}

Result<CertificateChain> Authority::chain_of(IssuedCertificate certificate, size_t chain) const {
  const auto issuers = issuers_.now();
  const Issuer* const issuer = issuers->signer_of(certificate);
  if (issuer == nullptr) {
    return fail(ErrorKind::unavailable, "the issuing CA of the certificate " + text_of(certificate.serial) +
                                            " is not configured any more");
  }
  if (chain >= issuer->chains()) return fail(ErrorKind::not_found, "there is no such chain");
  std::string pem = issuer->chain_pem(certificate.der, chain);
  return CertificateChain{std::move(certificate.der), std::move(pem), issuer->id(chain), issuer->chains()};
}

Result<base::Bytes> Authority::issuer_certificate(std::string_view id) const {
  const auto issuers = issuers_.now();
  const base::Bytes* const der = issuers->issuing_der(id);
  if (der == nullptr) return fail(ErrorKind::not_found, "there is no such issuing CA");
  return *der;
}

}  // namespace acmecore
