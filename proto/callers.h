#pragma once

#include <grpcpp/server_context.h>

#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/permission.h"

namespace proto {

using base::Permission;

// Who may call. At least one of the two proofs is set.
struct Credential {
  std::string name;
  std::string token_sha256;      // 32 octets: what a bearer token must hash to; empty: no token
  std::string certificate_name;  // a SAN (dNSName or URI) or the CN of a client certificate; or empty
  std::set<Permission> permissions;
};

// What a call brought along, as the transport saw it.
struct Presented {
  std::string token;                           // of "authorization: Bearer …"; empty where there was none
  std::vector<std::string> certificate_names;  // only of a certificate that the transport verified
};

Presented presented_by(const grpc::CallbackServerContext& context);

// Tells callers apart. Immutable, so any thread may ask.
class Callers {
 public:
  explicit Callers(std::vector<Credential> credentials) : credentials_(std::move(credentials)) {}

  // The name of the caller's credential, which has the permission. UNAUTHENTICATED: it proved to be nobody that is
  // known here. PERMISSION_DENIED: it is known but may not do this.
  tl::expected<std::string, grpc::Status> authorize(const Presented& presented, Permission permission) const;
  // The same for what several permissions allow, of which one is enough.
  tl::expected<std::string, grpc::Status> authorize(const Presented& presented,
                                                    std::initializer_list<Permission> any_of) const;

 private:
  const Credential* find(const Presented& presented) const;

  std::vector<Credential> credentials_;
};

}  // namespace proto
