#include "app/cli/authorization_text.h"

#include <google/protobuf/util/time_util.h>

#include <string>

#include "app/cli/problem_text.h"

namespace app {

namespace v1 = assay::v1;
using google::protobuf::util::TimeUtil;

void print_authorization(std::ostream& out, const v1::Authorization& authorization, std::string_view margin) {
  out << margin << authorization.id() << " " << authorization.name() << " " << authorization.status() << "\n"
      << margin << "  of account " << authorization.account() << ", made "
      << TimeUtil::ToString(authorization.create_time()) << ", until "
      << TimeUtil::ToString(authorization.expire_time()) << "\n";
  if (authorization.subdomain_auth_allowed()) out << margin << "  counts for all names below\n";
  if (authorization.has_deactivate_time())
    out << margin << "  deactivated " << TimeUtil::ToString(authorization.deactivate_time()) << "\n";
  if (authorization.has_revoke_time())
    out << margin << "  revoked " << TimeUtil::ToString(authorization.revoke_time()) << "\n";
  for (const auto& challenge : authorization.challenges()) {
    out << margin << "  " << challenge.type() << " " << challenge.status();
    if (challenge.has_validate_time()) out << ", validated " << TimeUtil::ToString(challenge.validate_time());
    if (challenge.has_next_look_time())
      out << ", next look " << TimeUtil::ToString(challenge.next_look_time());
    out << "\n";
    const std::string below = std::string(margin) + "    ";
    if (challenge.has_error()) print_problem(out, challenge.error(), below);
    for (const std::string& line : challenge.evidence())
      out << below << line << "\n";
  }
}

}  // namespace app
