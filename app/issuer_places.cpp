#include "app/issuer_places.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <utility>

#include "acmecore/pkcs11/token_key.h"
#include "acmecore/pkcs11/token_module.h"
#include "acmecore/software_key.h"
#include "app/alternate_chains.h"
#include "app/files.h"
#include "app/issuer_duties.h"
#include "app/state.h"

namespace app {

using acmecore::pkcs11::TokenModule;
using base::Result;

namespace {

// A library is initialized once in a process, whoever uses it.
using Modules = std::map<std::filesystem::path, std::shared_ptr<TokenModule>>;

// Empty: neither is named. systemd puts credentials into a directory that the service alone can read
// (systemd.exec(5), LoadCredential=).
Result<std::string> read_secret_of(const std::filesystem::path& file, const std::string& credential) {
  if (!file.empty()) return read_token(file);
  if (credential.empty()) return std::string();
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  if (directory != nullptr) return read_token(std::filesystem::path(directory) / credential);
  return base::fail(
      base::ErrorKind::unavailable,
      "the credential \"" + credential +
          "\" is not there: CREDENTIALS_DIRECTORY is not set, as systemd does for LoadCredential=");
}

acmecore::KeyVault::OpenToken token_opener(std::shared_ptr<TokenModule> module, std::string pin) {
  return
      [module = std::move(module), pin = std::move(pin)](const std::string& uri, base::BytesView spki_der) {
        return acmecore::pkcs11::TokenKey::open(module, {uri, pin}, spki_der);
      };
}

Result<acmecore::IssuerPlace> place_of(const base::CertificateIssuer& issuer, const base::Config& config,
                                       Modules& modules) {
  TRY(std::string passphrase, read_secret_of(issuer.passphrase_file, issuer.passphrase_credential));
  if (passphrase.size() > acmecore::kPassphraseSizeMax) {
    return base::fail(base::ErrorKind::unavailable,
                      "the passphrase of the issuer \"" + issuer.name + "\" has more than " +
                          std::to_string(acmecore::kPassphraseSizeMax) + " characters");
  }
  acmecore::KeyVault::OpenToken open_token;
  if (!issuer.pkcs11_module.empty()) {
    auto& module = modules[issuer.pkcs11_module];
    if (module == nullptr) module = std::make_shared<TokenModule>(issuer.pkcs11_module);
    TRY(std::string pin, read_secret_of(issuer.pin_file, issuer.pin_credential));
    open_token = token_opener(module, std::move(pin));
  }
  acmecore::KeyVault vault(std::move(passphrase), std::move(open_token));
  return acmecore::IssuerPlace{issuer.name,
                               {directory_of(issuer, config), std::move(vault)},
                               [paths = issuer.alternate_chains] { return load_alternate_chains(paths); },
                               duties_of(config, issuer.name)};
}

}  // namespace

std::vector<base::CertificateIssuer> configured_issuers(const base::Config& config) {
  if (!config.issuance.issuers.empty()) return config.issuance.issuers;
  base::CertificateIssuer only;
  only.alternate_chains = config.issuance.alternate_chains;
  return {only};
}

std::string issuer_of(const base::AcmeDirectory& directory, const base::Config& config) {
  return directory.issuer.empty() ? configured_issuers(config).front().name : directory.issuer;
}

std::filesystem::path directory_of(const base::CertificateIssuer& issuer, const base::Config& config) {
  if (!issuer.directory.empty()) return issuer.directory;
  if (issuer.name == base::kDefaultIssuer) return config.state_directory / kCaDirectory;
  return config.state_directory / kIssuersDirectory / issuer.name;
}

Result<std::vector<acmecore::IssuerPlace>> issuer_places(const base::Config& config) {
  Modules modules;
  std::vector<acmecore::IssuerPlace> places;
  for (const base::CertificateIssuer& issuer : configured_issuers(config)) {
    TRY(acmecore::IssuerPlace place, place_of(issuer, config, modules));
    places.push_back(std::move(place));
  }
  return places;
}

Result<acmecore::IssuerPlace> issuer_place(const base::Config& config, std::string_view name) {
  const auto issuers = configured_issuers(config);
  const auto found = std::ranges::find(issuers, name, &base::CertificateIssuer::name);
  if (found == issuers.end()) {
    return base::fail(base::ErrorKind::not_found,
                      "the configuration has no issuer called \"" + std::string(name) + "\"");
  }
  Modules modules;
  return place_of(*found, config, modules);
}

}  // namespace app
