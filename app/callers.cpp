#include "app/callers.h"

#include <algorithm>

#include "app/files.h"
#include "base/openssl.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

Result<proto::Credential> load(const base::Credential& from) {
  proto::Credential credential;
  credential.name = from.name;
  credential.certificate_name = from.certificate_name;
  credential.permissions = from.permissions;
  if (from.token_file.empty()) return credential;
  TRY(const std::string token, read_token(from.token_file));
  if (token.size() < kTokenSizeMin) {
    return fail(ErrorKind::malformed, "the token in " + from.token_file.string() + " has fewer than " +
                                          std::to_string(kTokenSizeMin) + " characters");
  }
  credential.token_sha256 = base::sha256(token);
  return credential;
}

}  // namespace

Result<std::vector<proto::Credential>> load_credentials(const base::Config::Grpc& config) {
  if (config.credentials.empty()) {
    return fail(
        ErrorKind::malformed,
        "gRPC is never open to all, and nobody may call it: add a [[grpc.credential]] with a token_file "
        "or a certificate_name");
  }
  std::vector<proto::Credential> all;
  for (const base::Credential& from : config.credentials) {
    TRY(proto::Credential credential, load(from));
    const auto same_token = [&credential](const proto::Credential& other) {
      return !credential.token_sha256.empty() && other.token_sha256 == credential.token_sha256;
    };
    const auto other = std::find_if(all.begin(), all.end(), same_token);
    if (other != all.end()) {
      return fail(ErrorKind::malformed, "the credentials \"" + other->name + "\" and \"" + credential.name +
                                            "\" have the same token, so nobody could tell them apart");
    }
    all.push_back(std::move(credential));
  }
  return all;
}

}  // namespace app
