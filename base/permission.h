#pragma once

#include <string_view>

namespace base {

// What a credential may do: each permission opens gRPC services.
enum class Permission { zones, challenges, certificates, credentials, external_accounts };

// As the configuration writes it.
constexpr std::string_view name_of(Permission permission) {
  switch (permission) {
    case Permission::zones: return "zones";
    case Permission::challenges: return "challenges";
    case Permission::certificates: return "certificates";
    case Permission::credentials: return "credentials";
    case Permission::external_accounts: return "external_accounts";
  }
  return "";
}

}  // namespace base
