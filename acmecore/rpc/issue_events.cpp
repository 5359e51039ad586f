#include "acmecore/rpc/issue_events.h"

#include <utility>

#include "proto/time.h"

namespace acmecore::rpc {

using assay::v1::IssueResponse;

IssueResponse order_created(const Order& order) {
  IssueResponse response;
  auto& event = *response.mutable_order_created();
  event.set_order(order.id);
  for (const Identifier& identifier : order.identifiers)
    event.add_names(identifier.text());
  *event.mutable_expire_time() = proto::to_timestamp(order.expires);
  return response;
}

IssueResponse delegation_found(const Identifier& identifier, const Delegation& delegation) {
  IssueResponse response;
  auto& event = *response.mutable_delegation_found();
  event.set_name(identifier.name);
  for (const base::Name& name : delegation.path.names)
    event.add_path(name.text());
  event.set_zone(delegation.zone.text());
  return response;
}

IssueResponse txt_published(const base::Name& owner, const std::string& value, base::Time expires) {
  IssueResponse response;
  auto& event = *response.mutable_txt_published();
  event.set_owner(owner.text());
  event.set_value(value);
  *event.mutable_expire_time() = proto::to_timestamp(expires);
  return response;
}

IssueResponse validated(const Authorization& authorization) {
  IssueResponse response;
  auto& event = *response.mutable_validated();
  event.set_name(authorization.identifier.name);
  event.set_wildcard(authorization.identifier.wildcard);
  if (const Challenge* challenge = authorization.find_challenge(kDns01)) {
    for (const Observation& observation : challenge->evidence)
      event.add_evidence(sentence(observation));
  }
  return response;
}

IssueResponse approval_needed(const Order& order) {
  IssueResponse response;
  auto& event = *response.mutable_approval_needed();
  event.set_order(order.id);
  *event.mutable_expire_time() = proto::to_timestamp(order.approval->until);
  return response;
}

IssueResponse certificate_issued(const Certificate& leaf, std::string pem_chain) {
  IssueResponse response;
  auto& event = *response.mutable_certificate_issued();
  event.set_pem_chain(std::move(pem_chain));
  event.set_serial(text_of(leaf.serial));
  *event.mutable_not_before() = proto::to_timestamp(leaf.validity.not_before);
  *event.mutable_not_after() = proto::to_timestamp(leaf.validity.not_after);
  return response;
}

}  // namespace acmecore::rpc
