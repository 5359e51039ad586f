#include "tests/acmecore/rpc/issue_fixture.h"

#include "base/log.h"

namespace acmecore::rpc {

using assay::v1::IssueResponse;

IssueTest::IssueTest() {
  base::log::configure(base::log::Level::error, base::log::Format::text);
  dns_.add_zone("acme.test");
}

PolicyRules IssueTest::policy_rules() {
  PolicyRules rules;
  rules.deny = patterns({"**.denied.test"});
  rules.approval = patterns({"**.asked.acme.test"});
  rules.key_types.erase(KeyType::rsa);
  PolicyRules::ForSubscribers own;
  own.external_accounts = {"key-1"};
  own.allow = patterns({"**.key.test"});
  PolicyRules::ForSubscribers team;
  team.directories = {"team"};
  team.allow = patterns({"**.team.test"});
  team.key_types = {KeyType::p384};
  rules.for_subscribers = {own, team};
  return rules;
}

AuthorityOptions IssueTest::options() {
  Profile usual, plain;
  usual.name = "usual";
  plain.name = "plain";
  plain.validity.lifetime = std::chrono::days(7);
  plain.key_types = {KeyType::p256};
  plain.wildcards = false;
  AuthorityOptions options;
  options.profiles = Profiles({usual, plain}, {}, {{"usual", "plain"}, "usual"});
  return options;
}

assay::v1::IssueRequest IssueTest::request_for(const std::vector<std::string>& names) {
  CsrDraft draft;
  draft.san.clear();
  for (const std::string& name : names)
    draft.san += (draft.san.empty() ? "DNS:" : ",DNS:") + name;
  assay::v1::IssueRequest request;
  request.set_csr_der(make_csr(draft));
  request.mutable_names()->Assign(names.begin(), names.end());
  return request;
}

base::Result<void> IssueTest::issue(const assay::v1::IssueRequest& request, const std::string& principal) {
  IssueCall call(services(), principal, caller_);
  return support::run_task(io_, call.run(request));
}

std::vector<std::string> IssueTest::told() const {
  std::vector<std::string> lines;
  for (const IssueResponse& event : caller_.events()) {
    switch (event.event_case()) {
      case IssueResponse::kOrderCreated: lines.push_back("order"); break;
      case IssueResponse::kDelegationFound:
        lines.push_back("delegation " + event.delegation_found().name());
        break;
      case IssueResponse::kTxtPublished: lines.push_back("txt " + event.txt_published().owner()); break;
      case IssueResponse::kValidated:
        lines.push_back((event.validated().wildcard() ? "valid *." : "valid ") + event.validated().name());
        break;
      case IssueResponse::kApprovalNeeded: lines.push_back("approval"); break;
      case IssueResponse::kCertificateIssued: lines.push_back("certificate"); break;
      case IssueResponse::EVENT_NOT_SET: lines.push_back("nothing"); break;
    }
  }
  return lines;
}

}  // namespace acmecore::rpc
