#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/endpoint.h"
#include "base/error.h"
#include "base/name.h"
#include "base/task.h"
#include "base/time.h"
#include "validator/doctor/registration.h"

namespace validator::doctor {

// For how long a canary lives that nobody came to remove.
inline constexpr std::chrono::minutes kCanaryLifetime{5};
// Its values are told apart from those of the credential's clients.
inline constexpr const char* kCanaryTag = "assay-doctor";

// A zone of ours that names may be delegated to, and its primary name server.
struct Host {
  base::Name apex;
  base::Name name_server;
};

// A certificate that values are published over.
struct ApiCertificate {
  std::string door;  // "gRPC"
  base::Time expires;
  bool from_own_ca = false;
  std::vector<base::Name> names = {};  // that it is for; the first of them are enough

  bool operator==(const ApiCertificate&) const = default;
};

// The challenge authority that the doctor belongs to, in the doctor's words. Nothing of it is asked over DNS.
class OwnServer {
 public:
  virtual ~OwnServer() = default;

  // Where it answers DNS.
  virtual std::vector<base::Endpoint> listeners() const = 0;
  // Apex of its zone that holds `name`.
  virtual std::optional<base::Name> zone_of(const base::Name& name) const = 0;
  // The zone to suggest; nothing: there is none yet.
  virtual base::Task<base::Result<std::optional<Host>>> host() = 0;
  // NS at the apex of one of its zones.
  virtual base::Task<base::Result<std::vector<base::Name>>> name_servers(base::Name apex) = 0;
  // Of the doors that speak TLS.
  virtual std::vector<ApiCertificate> api_certificates() const = 0;
  // Whom its own CA answers to in CAA records; empty: it has no CA.
  virtual std::vector<std::string> caa_identities() const = 0;

  // The program that has port 53 where this server does not, "systemd-resolve (process 412)"; empty: not known.
  virtual std::string port_53_holder() const = 0;

  // The credential with this id, and whether its scopes hold `owner`. not_found.
  virtual base::Task<base::Result<Registration>> registration(std::string id, base::Name owner) = 0;
  // Whose scopes hold `owner`.
  virtual base::Task<base::Result<Holders>> holders(base::Name owner) = 0;

  // What the caller publishes by its own credential. The errors are those of publishing.
  virtual base::Task<base::Result<void>> present(Caller caller, base::Name owner, base::Bytes value) = 0;
  virtual base::Task<base::Result<void>> remove(Caller caller, base::Name owner, base::Bytes value) = 0;
};

}  // namespace validator::doctor
