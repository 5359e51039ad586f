#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace validator {

// One CAA record (RFC 8659 §4.1).
struct Caa {
  bool critical = false;
  std::string tag;  // lower-case: "issue"
  std::string value;

  bool operator==(const Caa&) const = default;
};

// malformed: no tag, one that is longer than the RDATA, or one that is not of letters and digits.
base::Result<Caa> parse_caa(base::BytesView rdata);

// What an issue property's value says: "ca.example; accounturi=https://…" (§4.2, RFC 8657).
struct CaaIssuer {
  std::string domain;  // lower-case, without blanks; empty: nobody may
  std::vector<std::pair<std::string, std::string>> parameters = {};  // tags in lower case

  // The value of a parameter; empty where there is none.
  std::string_view parameter(std::string_view tag) const;
};
CaaIssuer parse_caa_issuer(std::string_view value);

// Who asks to issue, and how.
struct CaaQuestion {
  std::string issuer;  // "ca.example"
  bool wildcard = false;
  std::string method = "dns-01";  // against validationmethods (RFC 8657 §4)
};

// The properties that let the issuer: issuewild for a wildcard where there is one, else issue.
std::vector<Caa> properties_for(const std::vector<Caa>& relevant, const CaaQuestion& question);

// The record as a zone file has it: 0 issue "ca.example".
std::string caa_presentation(const Caa& caa);

// Whether the relevant RRset lets the issuer issue: issuewild outranks issue for a wildcard (§4.3), a critical
// property that is not known here lets nobody, and no issue property at all lets everybody. accounturi is for
// the CA to compare.
bool permits(const std::vector<Caa>& relevant, const CaaQuestion& question);

}  // namespace validator
