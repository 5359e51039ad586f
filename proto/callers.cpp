#include "proto/callers.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/openssl.h"

namespace proto {

namespace {

constexpr std::string_view kBearer = "bearer ";

// RFC 6750 §2.1; the scheme's case does not matter (RFC 9110 §11.1).
std::string bearer_token(std::string_view header) {
  if (header.size() <= kBearer.size()) return "";
  const bool is_bearer = std::equal(kBearer.begin(), kBearer.end(), header.begin(),
                                    [](char expected, char c) { return expected == (c | 0x20); });
  return is_bearer ? std::string(header.substr(kBearer.size())) : "";
}

}  // namespace

Presented presented_by(const grpc::CallbackServerContext& context) {
  Presented presented;
  const auto header = context.client_metadata().find("authorization");
  if (header != context.client_metadata().end()) {
    presented.token = bearer_token({header->second.data(), header->second.size()});
  }
  const auto auth = context.auth_context();
  if (auth && auth->IsPeerAuthenticated()) {
    for (const char* property : {"x509_subject_alternative_name", "x509_common_name"}) {
      for (const auto& value : auth->FindPropertyValues(property)) {
        presented.certificate_names.emplace_back(value.data(), value.size());
      }
    }
  }
  return presented;
}

const Credential* Callers::find(const Presented& presented) const {
  if (!presented.token.empty()) {
    const std::string digest = base::sha256(presented.token);
    for (const Credential& credential : credentials_) {
      // In the same time wherever the first difference is.
      if (credential.token_sha256.size() == digest.size() &&
          CRYPTO_memcmp(credential.token_sha256.data(), digest.data(), digest.size()) == 0) {
        return &credential;
      }
    }
    return nullptr;  // a wrong token is not forgiven for a good certificate
  }
  for (const Credential& credential : credentials_) {
    if (!credential.certificate_name.empty() &&
        std::ranges::find(presented.certificate_names, credential.certificate_name) !=
            presented.certificate_names.end()) {
      return &credential;
    }
  }
  return nullptr;
}

tl::expected<std::string, grpc::Status> Callers::authorize(const Presented& presented,
                                                           Permission permission) const {
  return authorize(presented, std::initializer_list<Permission>{permission});
}

tl::expected<std::string, grpc::Status> Callers::authorize(const Presented& presented,
                                                           std::initializer_list<Permission> any_of) const {
  const Credential* credential = find(presented);
  if (credential == nullptr) {
    return tl::unexpected(
        grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                     "neither a known bearer token nor a known client certificate came with this call"));
  }
  std::string lacked;
  for (const Permission permission : any_of) {
    if (credential->permissions.contains(permission)) return credential->name;
    lacked += (lacked.empty() ? "\"" : " or \"") + std::string(name_of(permission)) + "\"";
  }
  return tl::unexpected(
      grpc::Status(grpc::StatusCode::PERMISSION_DENIED,
                   "credential \"" + credential->name + "\" lacks the permission " + lacked));
}

}  // namespace proto
