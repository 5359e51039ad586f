#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/identifier.h"
#include "acmecore/leaf_content.h"
#include "acmecore/public_key.h"
#include "acmecore/validity.h"
#include "base/error.h"

namespace acmecore {

// One kind of certificate that the CA makes (draft-ietf-acme-profiles §1). An operator makes profiles, a directory
// offers some of them (profiles.h), and an order is for one.
struct Profile {
  std::string name = {};         // in orders and in the directory; empty: the only one, which nobody names
  std::string description = {};  // for people: a text or a URL (§3)
  ValidityRule validity = {};
  std::set<KeyType> key_types = {KeyType::rsa, KeyType::p256, KeyType::p384,
                                 KeyType::p521};  // as Policy has them
  bool wildcards = true;
  bool common_name = false;  // whether the subject has one
  size_t names_max = kIdentifiersMax;
  std::string issuer = {};  // signs its certificates; empty: that of the account's directory
  LeafContent content = {};
};

// invalid_profile: the profile has no certificates for these names, because they are more than names_max, or because
// of wildcards, with one suberror for each.
base::Result<void> check_names(const Profile& profile, const std::vector<Identifier>& names);

// bad_csr: it has none for keys of this type.
base::Result<void> check_key(const Profile& profile, KeyType type);

// The common name of a certificate for `names`: where the profile has any, the first that is no longer than
// kCommonNameSizeMax. Empty: none.
std::string common_name(const Profile& profile, const std::vector<std::string>& names);

// bad_csr: a CSR asks for a certificate that is only good with an OCSP response stapled (RFC 7633), and the profile has
// none such.
base::Result<void> check_must_staple(const Profile& profile, bool must_staple);

// What a TBSCertificate says itself: its names, its key, whether its subject has a common name, and that it lasts no
// longer than the rule lets an order ask for. The errors above; internal: the two last.
base::Result<void> check_tbs(const Profile& profile, const Certificate& tbs);

}  // namespace acmecore
