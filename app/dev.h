#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "app/server.h"
#include "base/config.h"
#include "base/error.h"

namespace app {

inline constexpr const char* kTokenFile = "admin.token";

// `assay dev`: a whole server on loopback, without a configuration.
struct DevOptions {
  std::filesystem::path state = "assay-dev";
  std::vector<base::Name> zones;  // made at the first start; none: acme.test
  std::vector<base::StubZone> stubs;
  // 0: one that the kernel chooses. Nothing: the usual one, or the next that is free.
  std::optional<uint16_t> dns_port;
  std::optional<uint16_t> acme_port;
  std::optional<uint16_t> grpc_port;
  std::optional<uint16_t> publish_port;
  base::log::Level log_level = base::log::Level::warning;
};

struct DevServer {
  base::Config config;
  OwnZones own_zones;
};

// What such a server is started with. Makes the state directory, and in it the token of a credential "admin"
// that may do everything, where there is none. The validator asks this server itself for its zones and for all
// else below "test." that is no stub zone, so that zones made later are found, too.
//
// malformed: a zone is given twice. unavailable: a file cannot be written, or no port is free.
base::Result<DevServer> prepare_dev(const DevOptions& options);

}  // namespace app
