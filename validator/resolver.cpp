#include "validator/resolver.h"

namespace validator {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::noerror: return "NOERROR";
    case Outcome::nodata: return "NODATA";
    case Outcome::nxdomain: return "NXDOMAIN";
    case Outcome::servfail: return "SERVFAIL";
    case Outcome::timeout: return "timeout";
  }
  return "SERVFAIL";
}

std::string_view name_of(Security security) {
  switch (security) {
    case Security::secure: return "secure";
    case Security::insecure: return "insecure";
    case Security::bogus: return "bogus";
  }
  return "bogus";
}

}  // namespace validator
