#include "acmecore/rpc/administration_messages.h"

#include <optional>
#include <string>

#include "proto/status.h"
#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;

namespace {

std::string text(std::string_view name) { return std::string(name); }

api::Authorization::Challenge message_of(const Challenge& challenge, Evidence evidence) {
  api::Authorization::Challenge message;
  message.set_type(challenge.type);
  message.set_status(text(name_of(challenge.status)));
  if (challenge.responded) *message.mutable_respond_time() = proto::to_timestamp(*challenge.responded);
  if (challenge.validated) *message.mutable_validate_time() = proto::to_timestamp(*challenge.validated);
  if (challenge.next_look) *message.mutable_next_look_time() = proto::to_timestamp(*challenge.next_look);
  if (challenge.error) *message.mutable_error() = proto::to_problem(*challenge.error);
  if (evidence == Evidence::left_out) return message;
  for (const Observation& observation : challenge.evidence)
    message.add_evidence(sentence(observation));
  return message;
}

api::Order::AutoRenewal message_of(const AutoRenewal& auto_renewal) {
  api::Order::AutoRenewal message;
  *message.mutable_end_time() = proto::to_timestamp(auto_renewal.end_date);
  if (auto_renewal.canceled) *message.mutable_cancel_time() = proto::to_timestamp(*auto_renewal.canceled);
  return message;
}

api::Order::Approval message_of(const Approval& approval, bool waiting) {
  api::Order::Approval message;
  message.set_waiting(waiting);
  *message.mutable_ask_time() = proto::to_timestamp(approval.asked);
  *message.mutable_expire_time() = proto::to_timestamp(approval.until);
  if (approval.decided) *message.mutable_decide_time() = proto::to_timestamp(*approval.decided);
  message.set_by(approval.by);
  return message;
}

}  // namespace

api::Account message_of(const Account& account) {
  api::Account message;
  message.set_id(account.id);
  message.set_directory(account.directory);
  message.set_status(text(name_of(account.status)));
  for (const std::string& contact : account.contacts)
    message.add_contacts(contact);
  message.set_terms_of_service(account.terms_of_service);
  message.set_key_thumbprint(account.key_thumbprint);
  if (account.external_account) message.set_external_account(account.external_account->key_id);
  message.set_principal(account.principal);
  *message.mutable_create_time() = proto::to_timestamp(account.created);
  if (account.revoked) *message.mutable_revoke_time() = proto::to_timestamp(*account.revoked);
  return message;
}

api::Order message_of(const OrderView& view) {
  const Order& order = view.order;
  api::Order message;
  message.set_id(order.id);
  message.set_account(order.account);
  message.set_status(text(name_of(view.status)));
  for (const Identifier& identifier : order.identifiers)
    message.add_names(identifier.text());
  *message.mutable_create_time() = proto::to_timestamp(order.created);
  *message.mutable_expire_time() = proto::to_timestamp(order.expires);
  const auto& [not_before, not_after] = order.validity;
  if (not_before) *message.mutable_not_before() = proto::to_timestamp(*not_before);
  if (not_after) *message.mutable_not_after() = proto::to_timestamp(*not_after);
  message.set_replaces(order.replaces);
  message.set_profile(order.profile);
  if (order.auto_renewal) *message.mutable_auto_renewal() = message_of(*order.auto_renewal);
  if (view.error) *message.mutable_error() = proto::to_problem(*view.error);
  if (order.certificate) message.set_serial(text_of(*order.certificate));
  if (order.approval) *message.mutable_approval() = message_of(*order.approval, can_be_decided(view));
  return message;
}

api::Order message_of(const OrderDetails& details) {
  api::Order message = message_of(details.view);
  for (const AuthorizationView& view : details.authorizations)
    *message.add_authorizations() = message_of(view, Evidence::shown);
  return message;
}

api::Authorization message_of(const AuthorizationView& view, Evidence evidence) {
  const Authorization& authorization = view.authorization;
  api::Authorization message;
  message.set_id(authorization.id);
  message.set_account(authorization.account);
  message.set_name(authorization.identifier.text());
  message.set_status(text(name_of(view.status)));
  *message.mutable_create_time() = proto::to_timestamp(authorization.created);
  *message.mutable_expire_time() = proto::to_timestamp(authorization.expires);
  if (authorization.deactivated) {
    *message.mutable_deactivate_time() = proto::to_timestamp(*authorization.deactivated);
  }
  if (authorization.revoked) *message.mutable_revoke_time() = proto::to_timestamp(*authorization.revoked);
  message.set_subdomain_auth_allowed(authorization.subdomain_auth_allowed);
  for (const Challenge& challenge : authorization.challenges)
    *message.add_challenges() = message_of(challenge, evidence);
  return message;
}

}  // namespace acmecore::rpc
