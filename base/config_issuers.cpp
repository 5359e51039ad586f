#include "base/config_issuers.h"

#include <algorithm>
#include <string>

#include "base/config_values.h"

namespace base {

namespace {

constexpr size_t kIssuersMax = 20;
constexpr size_t kAlternateChainsMax = 10;

// A directory in the state directory, and a word on the command line.
Result<void> issuer_name(const std::string& text) {
  constexpr size_t kNameSizeMax = 32;
  const bool is_plain = std::ranges::all_of(
      text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (is_plain && !text.empty() && text.size() <= kNameSizeMax) return {};
  return fail(ErrorKind::malformed, "1 to 32 lower-case letters, digits and hyphens");
}

// A file in systemd's directory of them.
Result<void> credential_name(const std::string& text) {
  const bool is_plain = std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (is_plain && !text.starts_with('.')) return {};
  return fail(ErrorKind::malformed, "letters, digits, hyphens, underscores and dots, no dot in front");
}

void read_issuer(ConfigReader& section, CertificateIssuer& issuer) {
  section.text("name", issuer.name, "a name, such as \"team\"", issuer_name);
  section.path("directory", issuer.directory);
  section.texts("alternate_chains", issuer.alternate_chains, "a path", not_empty);
  section.path("passphrase_file", issuer.passphrase_file);
  section.text("passphrase_credential", issuer.passphrase_credential, "a credential's name", credential_name);
  section.path("pkcs11_module", issuer.pkcs11_module);
  section.path("pin_file", issuer.pin_file);
  section.text("pin_credential", issuer.pin_credential, "a credential's name", credential_name);
  if (issuer.name.empty()) section.mistake("name", "the issuer has no name");
  if (issuer.alternate_chains.size() > kAlternateChainsMax) {
    section.mistake("alternate_chains",
                    "there are more than " + std::to_string(kAlternateChainsMax) + " alternate chains");
  }
  if (!issuer.passphrase_file.empty() && !issuer.passphrase_credential.empty())
    section.mistake("passphrase_credential", "the passphrase is in a file or in a credential, not in both");
  if (!issuer.pin_file.empty() && !issuer.pin_credential.empty())
    section.mistake("pin_credential", "the PIN is in a file or in a credential, not in both");
  if (issuer.pkcs11_module.empty() && !issuer.pin_file.empty())
    section.mistake("pin_file", "no token is asked for a PIN without pkcs11_module");
  if (issuer.pkcs11_module.empty() && !issuer.pin_credential.empty())
    section.mistake("pin_credential", "no token is asked for a PIN without pkcs11_module");
}

}  // namespace

void read_issuers(ConfigReader& section, Config::Issuance& issuance) {
  section.tables("issuer", [&](ConfigReader& element) {
    CertificateIssuer issuer;
    issuer.name = "";
    read_issuer(element, issuer);
    if (std::ranges::count(issuance.issuers, issuer.name, &CertificateIssuer::name) > 0)
      element.mistake("name", "another issuer has this name");
    issuance.issuers.push_back(std::move(issuer));
  });
  if (issuance.issuers.size() > kIssuersMax)
    section.mistake("issuer", "there are more than " + std::to_string(kIssuersMax) + " issuers");
  if (!issuance.issuers.empty() && !issuance.alternate_chains.empty()) {
    section.mistake("alternate_chains", "they are said for each [[issuance.issuer]], where there are any");
  }
}

Result<void> check_issuers(const Config::Acme& acme, const Config::Issuance& issuance) {
  const auto check = [&](const std::string& where, const std::string& name) -> Result<void> {
    const bool is_there = issuance.issuers.empty()
                              ? name == kDefaultIssuer
                              : std::ranges::count(issuance.issuers, name, &CertificateIssuer::name) > 0;
    if (name.empty() || is_there) return {};
    return fail(ErrorKind::malformed, where + " has \"" + name + "\" for its issuer, which is none");
  };
  CHECK(check("[acme]", acme.preset.issuer));
  for (const AcmeDirectory& directory : acme.directories)
    CHECK(check("the directory \"" + directory.name + "\"", directory.issuer));
  for (const CertificateProfile& profile : issuance.profiles)
    CHECK(check("the profile \"" + profile.name + "\"", profile.issuer));
  return {};
}

}  // namespace base
