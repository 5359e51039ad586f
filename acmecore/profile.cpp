#include "acmecore/profile.h"

#include <algorithm>

#include "acmecore/der.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::Error;
using base::ErrorKind;
using base::fail;
using base::Result;
using std::chrono::seconds;

namespace {

std::string words_for(const Profile& profile) {
  return profile.name.empty() ? "the CA's profile" : "the profile " + in_quotes(profile.name);
}

}  // namespace

Result<void> check_names(const Profile& profile, const std::vector<Identifier>& names) {
  if (names.size() > profile.names_max) {
    return fail(ErrorKind::invalid_profile,
                words_for(profile) + " has at most " + std::to_string(profile.names_max) +
                    " names in a certificate; here are " + std::to_string(names.size()));
  }
  if (profile.wildcards) return {};
  Error refusal{ErrorKind::invalid_profile, words_for(profile) + " has no wildcards"};
  for (const Identifier& name : names) {
    if (!name.wildcard) continue;
    refusal.suberrors.push_back(
        {ErrorKind::invalid_profile,
         in_quotes(name.text()) + " is a wildcard, of which " + words_for(profile) + " has none",
         name.text()});
  }
  if (refusal.suberrors.empty()) return {};
  return tl::unexpected(std::move(refusal));
}

Result<void> check_key(const Profile& profile, KeyType type) {
  if (profile.key_types.contains(type)) return {};
  std::string allowed;
  for (const KeyType one : profile.key_types)
    allowed += (allowed.empty() ? "" : ", ") + std::string(name_of(one));
  return fail(ErrorKind::bad_csr, words_for(profile) + " has no keys of type " + std::string(name_of(type)) +
                                      "; it has " + allowed);
}

Result<void> check_must_staple(const Profile& profile, bool must_staple) {
  if (!must_staple || profile.content.must_staple) return {};
  return fail(ErrorKind::bad_csr,
              "the CSR asks for OCSP must-staple (RFC 7633), which " + words_for(profile) + " does not have");
}

std::string common_name(const Profile& profile, const std::vector<std::string>& names) {
  if (!profile.common_name) return "";
  const auto found =
      std::ranges::find_if(names, [](const std::string& name) { return name.size() <= kCommonNameSizeMax; });
  return found == names.end() ? "" : *found;
}

Result<void> check_tbs(const Profile& profile, const Certificate& tbs) {
  std::vector<RequestedIdentifier> requested;
  for (const std::string& name : tbs.subject_alt_name.dns_names)
    requested.push_back({"dns", name});
  TRY(const auto names, parse_identifiers(requested));
  CHECK(check_names(profile, names));
  TRY(const KeyType type, key_type_of(tbs.spki_der));
  CHECK(check_key(profile, type));
  const bool has_common_name = tbs.subject_der.find(der::oid(oids::kCommonName)) != base::Bytes::npos;
  if (has_common_name != !common_name(profile, tbs.subject_alt_name.dns_names).empty()) {
    return fail(ErrorKind::internal, "asked to sign a subject that " + words_for(profile) + " does not have");
  }
  const auto lifetime = tbs.validity.not_after - tbs.validity.not_before + seconds(1);
  if (lifetime > std::max(profile.validity.lifetime, profile.validity.lifetime_max)) {
    return fail(ErrorKind::internal, "asked to sign a longer life than " + words_for(profile) + " has");
  }
  return {};
}

}  // namespace acmecore
