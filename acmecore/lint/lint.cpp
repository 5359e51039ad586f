#include "acmecore/lint/lint.h"

#include <cassert>

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

// Whether a rule is for what is looked at, and its severity there.
using SeverityOf = Severity (*)(const Rule& rule, ProfileRules rules);

Severity of_leaf(const Rule& rule, ProfileRules rules) {
  return rule.certified == Certified::ca ? Severity::off : rule.severity(rules);
}

Severity of_ca(const Rule& rule, ProfileRules rules) {
  const bool is_off = rule.certified == Certified::leaf || rule.severity(rules) == Severity::off;
  return is_off ? Severity::off : Severity::warning;
}

std::vector<Finding> look(BytesView tbs_der, const Certificate& issuer, ProfileRules whose, Time now,
                          SeverityOf severity_of) {
  const auto view = view_tbs(tbs_der);
  if (!view) return {{&rules().front(), Severity::error, view.error().detail}};
  Input input{*view, issuer, whose, now, std::nullopt};
  if (const auto type = key_type_of(view->spki)) input.key_type = *type;
  std::vector<Finding> findings;
  for (const Rule& rule : rules()) {
    const Severity severity = severity_of(rule, whose);
    if (severity == Severity::off) continue;
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
  return look(tbs_der, issuer, rules, now, of_leaf);
}

std::vector<Finding> lint_ca(const Certificate& certificate, const Certificate& issuer, Time now) {
  return look(certificate.tbs_der, issuer, ProfileRules::private_trust, now, of_ca);
}

}  // namespace acmecore::lint
