#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/leaf_content.h"
#include "acmecore/lint/rule.h"
#include "base/bytes.h"
#include "base/time.h"

namespace acmecore::lint {

// When the drafts are linted; half an hour behind it they begin.
inline const base::Time kSigning = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

// A TBSCertificate in pieces, each of which a test can break in ways that the writers of acmecore cannot.
struct TbsDraft {
  struct Extension {
    base::Bytes oid;       // content octets
    base::Bytes critical;  // the BOOLEAN, whole, or nothing
    base::Bytes value;
  };

  base::Bytes version;              // [0], whole
  base::Bytes serial;               // content octets
  base::Bytes signature_algorithm;  // whole, as the next ones
  base::Bytes issuer;
  base::Bytes not_before;
  base::Bytes not_after;
  base::Bytes subject;
  base::Bytes spki;
  base::Bytes unique_ids;  // between spki and extensions
  std::vector<Extension> extensions;

  base::Bytes der() const;

  // REQUIRES: it is there.
  Extension& extension(base::BytesView oid);
  void erase(base::BytesView oid);
  void add(base::BytesView oid, base::BytesView value, bool critical = false);

  // A subject that is not empty, beside which the subjectAltName is not critical.
  void set_subject(base::BytesView name);
  void set_names(std::initializer_list<base::BytesView> general_names);
  void set_validity(base::Time not_before, base::Time not_after);
};

// What test_issuer() signs for assay.dev and *.assay.dev, without a finding: 90 days, or 6 of a short-lived one.
TbsDraft good_draft(ProfileRules rules);

base::Bytes dns_name(base::BytesView name);
base::Bytes ip_address(base::BytesView octets);
base::Bytes url(base::BytesView text);
// A Name of these RDNs, and an RDN of one attribute.
base::Bytes name(std::initializer_list<base::BytesView> rdns);
base::Bytes rdn(base::BytesView type, uint8_t string_type, base::BytesView value);
// Of nameConstraints: one permitted name.
base::Bytes permitted(base::BytesView name);
base::Bytes rsa_spki(base::BytesView modulus, base::BytesView exponent);

// A certificate that breaks a rule, and the nearest one that does not.
struct Case {
  std::string_view rule;
  std::string_view what;
  void (*broken)(TbsDraft&);
  void (*good)(TbsDraft&) = [](TbsDraft&) {};
  ProfileRules rules = ProfileRules::public_trust;
  void (*issuer)(Certificate&) = [](Certificate&) {};  // as test_issuer() is to be in both
};

std::vector<Case> joined(std::initializer_list<std::vector<Case>> lists);

// By theme, as the rules.
std::vector<Case> field_cases();
std::vector<Case> date_cases();
std::vector<Case> subject_cases();
std::vector<Case> name_cases();
std::vector<Case> extension_cases();
std::vector<Case> pointer_cases();
std::vector<Case> key_cases();
std::vector<Case> ca_cases();

}  // namespace acmecore::lint
