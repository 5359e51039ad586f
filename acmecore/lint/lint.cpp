#include "acmecore/lint/lint.h"

#include <algorithm>
#include <cassert>

#include "acmecore/ca_public_key.h"

namespace acmecore::lint {

using base::BytesView;
using base::Time;

namespace {

std::vector<Rule> all_rules() {
  std::vector<Rule> all;
  for (const auto& theme :
       {field_rules(), date_rules(), subject_rules(), name_rules(), extension_rules(), usage_rules(),
        identifier_rules(), policy_rules(), pointer_rules(), key_rules(), ca_rules()}) {
    all.insert(all.end(), theme.begin(), theme.end());
  }
  return all;
}

// `certified`: leaf or ca.
std::vector<Finding> look(BytesView tbs_der, const Certificate& issuer, ProfileRules whose, Time now,
                          Certified certified) {
  const auto view = view_tbs(tbs_der);
  if (!view) return {{&rules().front(), Severity::error, view.error().detail}};
  Input input{*view, issuer, whose, now, std::nullopt};
  const auto type = certified == Certified::ca ? ca_key_type_of(view->spki) : key_type_of(view->spki);
  if (type) input.key_type = *type;
  std::vector<Finding> findings;
  for (const Rule& rule : rules()) {
    const Severity severity = rule.severity(whose);
    if (severity == Severity::off || (rule.certified != certified && rule.certified != Certified::both))
      continue;
    if (Fault fault = rule.check(input)) findings.push_back({&rule, severity, *std::move(fault)});
  }
  return findings;
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::off: return "off";
    case Severity::warning: return "warning";
    case Severity::error: return "error";
  }
  return "";
}

std::span<const Rule> rules() {
  static const std::vector<Rule> all = all_rules();
  assert(all.front().name == "tbs_structure");
  return all;
}

std::string text_of(const Finding& finding) {
  return std::string(finding.rule->name) + " (" + std::string(finding.rule->source) + "): " + finding.what;
}

std::vector<Finding> lint_leaf(BytesView tbs_der, const Certificate& issuer, ProfileRules rules, Time now) {
  return look(tbs_der, issuer, rules, now, Certified::leaf);
}

std::vector<Finding> lint_new_ca(BytesView tbs_der, const Certificate& issuer, Time now) {
  return look(tbs_der, issuer, ProfileRules::private_trust, now, Certified::ca);
}

std::vector<Finding> lint_ca(const Certificate& certificate, const Certificate* issuer, Time now) {
  Certificate unknown;
  unknown.subject_der = certificate.issuer_der;
  auto findings = lint_new_ca(certificate.tbs_der, issuer == nullptr ? unknown : *issuer, now);
  for (Finding& finding : findings)
    finding.severity = Severity::warning;
  return findings;
}

const Finding* first_error(const std::vector<Finding>& findings) {
  const auto found = std::ranges::find(findings, Severity::error, &Finding::severity);
  return found == findings.end() ? nullptr : &*found;
}

}  // namespace acmecore::lint
