#include "acmecore/lint/finding_log.h"

#include "base/log.h"

namespace acmecore::lint {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr size_t kProfileRulesCount = size_t(ProfileRules::short_lived) + 1;

size_t place_of(const Finding& finding, ProfileRules whose) {
  return size_t(finding.rule - rules().data()) * kProfileRulesCount + size_t(whose);
}

}  // namespace

FindingLog::FindingLog() : told_(rules().size() * kProfileRulesCount) {}

Result<void> FindingLog::note(const std::vector<Finding>& findings, ProfileRules whose,
                              const Serial& serial) {
  const Finding* first_error = nullptr;
  for (const Finding& finding : findings) {
    const bool is_error = finding.severity == Severity::error;
    if (is_error && first_error == nullptr) first_error = &finding;
    if (!is_error && told_[place_of(finding, whose)].exchange(true)) continue;
    const auto tell = is_error ? base::log::error : base::log::warning;
    tell(is_error ? "acme.lint.error" : "acme.lint.warning", {{"rule", finding.rule->name},
                                                              {"source", finding.rule->source},
                                                              {"detail", finding.what},
                                                              {"serial", acmecore::text_of(serial)}});
  }
  if (first_error == nullptr) return {};
  return fail(ErrorKind::internal, "what was to be signed breaks " + text_of(*first_error));
}

}  // namespace acmecore::lint
