#pragma once

#include <string_view>
#include <utility>

namespace base {

// What a credential may do: each permission opens gRPC services.
enum class Permission {
  zones,
  challenges,
  certificates,
  credentials,
  external_accounts,
  administration,
  approval,
  audit
};

// As the configuration writes them.
inline constexpr std::pair<std::string_view, Permission> kPermissions[] = {
    {"zones", Permission::zones},
    {"challenges", Permission::challenges},
    {"certificates", Permission::certificates},
    {"credentials", Permission::credentials},
    {"external_accounts", Permission::external_accounts},
    {"administration", Permission::administration},
    {"approval", Permission::approval},
    {"audit", Permission::audit}};

constexpr std::string_view name_of(Permission permission) {
  for (const auto& [name, one] : kPermissions) {
    if (one == permission) return name;
  }
  return "";
}

}  // namespace base
