#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "acmecore/authorization.h"
#include "acmecore/auto_renewal.h"

namespace acmecore {

// Whether an account is made with an external account binding (RFC 8555 §7.3.4). Where it is off, a binding is
// not looked at and not shown; where it is optional, one that is given has to be good.
enum class ExternalAccountMode { off, optional, required };

// The directory that is there when none is configured, and whose URLs carry no name.
inline constexpr std::string_view kDefaultDirectory = "default";

// The issuer that is there when none is configured.
inline constexpr std::string_view kDefaultIssuer = "default";

// One ACME server of several in one process (RFC 8555 §7.1.1), with accounts of its own. Empty: the directory
// object leaves it out.
struct Directory {
  std::string name = std::string(kDefaultDirectory);
  ExternalAccountMode external_account = ExternalAccountMode::off;
  std::string terms_of_service = {};  // a URL that new accounts must agree to
  bool must_agree_again = false;  // an account that agreed to others orders nothing before it agreed to these
  std::string website = {};
  std::vector<std::string> caa_identities = {};
  std::string renewal_explanation = {};  // a URL, beside the time to renew (RFC 9773 §4.2)
  bool subdomain_authorization =
      false;                          // authorizations may count for all that is below their name (RFC 9444)
  bool pre_authorization = false;     // newAuthz (§7.4.1); otherwise there is no such resource
  AutoRenewalRule auto_renewal = {};  // RFC 8739
  std::string issuer =
      std::string(kDefaultIssuer);  // signs its certificates, unless their profile has another
  std::vector<std::string> challenges = {std::string(kDns01)};  // types that new authorizations offer
  std::string limits_help = {};  // a URL for those whom a rate limit stops, which is linked to then (§6.6)
};

}  // namespace acmecore
