#pragma once

#include <string>

#include "validator/doctor/finding.h"

namespace validator::doctor {

// A remedy in the words of those who will carry it out, ready to paste.
struct Paste {
  std::string bind;     // nsupdate's commands
  std::string knot;     // knotc's
  std::string windows;  // PowerShell, module DnsServer
  std::string route53;  // a change batch, for `aws route53 change-resource-record-sets --change-batch`
};

Paste paste_of(const Remedy& remedy);

}  // namespace validator::doctor
