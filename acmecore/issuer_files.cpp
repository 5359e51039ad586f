#include "acmecore/issuer_files.h"

#include <system_error>
#include <utility>

#include "acmecore/ca_file.h"

namespace acmecore {

using base::Bytes;
using base::Result;

namespace {

// A copy, for a rotation waits until the set is let go of.
std::map<std::string, Bytes> certificates_of(const Issuers& issuers) {
  std::map<std::string, Bytes> certificates;
  const auto now = issuers.now();
  for (const NamedIssuer& named : now->all()) {
    for (const IssuerGeneration& generation : named.generations) {
      const std::string& ca = generation.issuer.ca();
      certificates.emplace(ca, now->find(ca)->certificate().der);
    }
  }
  return certificates;
}

}  // namespace

Result<void> IssuerFiles::write(const Issuers& issuers) {
  auto certificates = certificates_of(issuers);
  if (certificates == written_) return {};
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return refuse_ca_file(directory_, "cannot be created: " + error.message());
  for (const auto& [ca, der] : certificates) {
    if (const auto found = written_.find(ca); found != written_.end() && found->second == der) continue;
    CHECK(write_ca_file(directory_ / (ca + ".crt"), der, CaFileKind::certificate));
  }
  CHECK(sync_ca_directory(directory_));
  written_ = std::move(certificates);
  return {};
}

}  // namespace acmecore
