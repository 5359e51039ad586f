#include "acmecore/public_suffixes.h"

#include <libpsl.h>

namespace acmecore {

using base::Result;

void PublicSuffixes::Free::operator()(psl_ctx_st* list) const { psl_free(list); }

Result<PublicSuffixes> PublicSuffixes::open() {
  psl_ctx_t* list = psl_latest(nullptr);
  if (list == nullptr) {
    return base::fail(base::ErrorKind::unavailable,
                      "there is no public suffix list on this machine: install the package \"publicsuffix\"");
  }
  return PublicSuffixes(list);
}

bool PublicSuffixes::is_public_suffix(const std::string& name, Section section) const {
  const int private_too = section == Section::icann_and_private ? PSL_TYPE_PRIVATE : 0;
  return psl_is_public_suffix2(list_.get(), name.c_str(),
                               PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE | private_too) == 1;
}

bool PublicSuffixes::has_public_top_level(std::string_view name) const {
  const size_t dot = name.rfind('.');
  return is_public_suffix(std::string(dot == std::string_view::npos ? name : name.substr(dot + 1)),
                          Section::icann);
}

std::string PublicSuffixes::registered_domain(const std::string& name) const {
  const char* registered = psl_registrable_domain(list_.get(), name.c_str());
  return registered == nullptr ? name : registered;
}

}  // namespace acmecore
