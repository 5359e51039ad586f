#include "dnsserver/rpc/credential_service.h"

#include <algorithm>

#include "base/log.h"
#include "dnsserver/rpc/credential_messages.h"
#include "dnsserver/rpc/fields.h"
#include "dnsserver/rpc/serve.h"
#include "dnsserver/uuid.h"

namespace dnsserver::rpc {

namespace {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;
using grpc::StatusCode;
using proto::Permission;

// Shows the secrets of the keys that the request asked to be made, and of no other.
void show_secrets_of(const google::protobuf::RepeatedPtrField<api::TsigKey>& asked,
                     const Credential& credential, api::Credential& message) {
  for (const api::TsigKey& key : asked) {
    const auto name = Name::parse(key.name());
    for (int i = 0; name && i < message.tsig_keys_size(); ++i) {
      const TsigKey& held = credential.tsig_keys[size_t(i)];
      if (held.name == *name) message.mutable_tsig_keys(i)->set_secret(base64(held.secret));
    }
  }
}

}  // namespace

grpc::ServerUnaryReactor* CredentialService::CreateCredential(grpc::CallbackServerContext* context,
                                                              const api::CreateCredentialRequest* request,
                                                              api::CreateCredentialResponse* response) {
  const auto method = [=, this](Administrator by) {
    return status_of(create(std::move(by), *request, *response), StatusCode::ALREADY_EXISTS);
  };
  return serve(*context, callers_, Permission::credentials, executor_, method);
}

grpc::ServerUnaryReactor* CredentialService::GetCredential(grpc::CallbackServerContext* context,
                                                           const api::GetCredentialRequest* request,
                                                           api::GetCredentialResponse* response) {
  const auto method = [=, this](const Administrator&) {
    return status_of(get(*request, *response), StatusCode::ABORTED);
  };
  return serve(*context, callers_, Permission::credentials, executor_, method);
}

grpc::ServerUnaryReactor* CredentialService::ListCredentials(grpc::CallbackServerContext* context,
                                                             const api::ListCredentialsRequest* request,
                                                             api::ListCredentialsResponse* response) {
  const auto method = [=, this](const Administrator&) {
    return status_of(list(*request, *response), StatusCode::ABORTED);
  };
  return serve(*context, callers_, Permission::credentials, executor_, method);
}

grpc::ServerUnaryReactor* CredentialService::UpdateCredential(grpc::CallbackServerContext* context,
                                                              const api::UpdateCredentialRequest* request,
                                                              api::UpdateCredentialResponse* response) {
  const auto method = [=, this](Administrator by) {
    return status_of(update(std::move(by), *request, *response), StatusCode::ALREADY_EXISTS);
  };
  return serve(*context, callers_, Permission::credentials, executor_, method);
}

grpc::ServerUnaryReactor* CredentialService::DeleteCredential(grpc::CallbackServerContext* context,
                                                              const api::DeleteCredentialRequest* request,
                                                              api::DeleteCredentialResponse* response) {
  const auto method = [=, this](Administrator by) {
    return status_of(remove(std::move(by), *request, *response), StatusCode::ABORTED);
  };
  return serve(*context, callers_, Permission::credentials, executor_, method);
}

Task<Result<void>> CredentialService::create(Administrator by, const api::CreateCredentialRequest& request,
                                             api::CreateCredentialResponse& response) {
  CO_TRY(Credential wanted, read_credential(request.credential()));
  std::string user_name = request.credential().user_name();
  if (!request.with_password() && (!user_name.empty() || wanted.tsig_keys.empty())) {
    co_return fail(ErrorKind::malformed,
                   "with_password: without a password there is no user name, and a TSIG key");
  }
  if (request.with_password()) {
    if (user_name.empty()) user_name = random_uuid();
    response.set_password(make_password());
    Login login;
    login.name = std::move(user_name);
    login.password = hash_of_password(response.password());
    wanted.login = std::move(login);
  }
  CO_TRY(const SharedCredential created, co_await credentials_.create(std::move(wanted), by));
  write_credential(*created, Secrets::shown, *response.mutable_credential());
  base::log::info("dns.credential.created", {{"by", by.credential}, {"credential", created->id}});
  co_return Result<void>();
}

Task<Result<void>> CredentialService::get(const api::GetCredentialRequest& request,
                                          api::GetCredentialResponse& response) {
  CO_TRY(const SharedCredential credential, credentials_.get(request.id()));
  write_credential(*credential, Secrets::hidden, *response.mutable_credential());
  co_return Result<void>();
}

Task<Result<void>> CredentialService::list(const api::ListCredentialsRequest& request,
                                           api::ListCredentialsResponse& response) {
  const std::string_view which = "ListCredentials";
  CO_TRY(const size_t page_size, parse_page_size(request.page_size()));
  CO_TRY(const Bytes after, parse_page_token(which, request.page_token()));
  const auto page = credentials_.list(after, page_size);
  for (const SharedCredential& credential : page)
    write_credential(*credential, Secrets::hidden, *response.add_credentials());
  if (page.size() == page_size) response.set_next_page_token(page_token(which, page.back()->id));
  co_return Result<void>();
}

Task<Result<void>> CredentialService::update(Administrator by, const api::UpdateCredentialRequest& request,
                                             api::UpdateCredentialResponse& response) {
  if (request.renew_password()) response.set_password(make_password());
  const Credentials::Edit edit = [&](Credential& credential) -> Result<void> {
    CHECK(read_update(request, credential));
    if (!request.renew_password()) return {};
    if (!credential.login) credential.login = Login{random_uuid(), {}};
    credential.login->password = hash_of_password(response.password());
    return {};
  };
  CO_TRY(const SharedCredential updated, co_await credentials_.update(request.id(), edit, by));
  write_credential(*updated, Secrets::hidden, *response.mutable_credential());
  show_secrets_of(request.add_tsig_keys(), *updated, *response.mutable_credential());
  base::log::info("dns.credential.updated", {{"by", by.credential}, {"credential", updated->id}});
  co_return Result<void>();
}

Task<Result<void>> CredentialService::remove(Administrator by, const api::DeleteCredentialRequest& request,
                                             api::DeleteCredentialResponse& response) {
  const std::string id = request.id();
  CO_CHECK(co_await credentials_.remove(id, by));
  CO_TRY(const size_t removed, co_await publishing_.remove_all(id));
  response.set_removed_count(uint32_t(removed));
  base::log::info("dns.credential.removed", {{"by", by.credential}, {"credential", id}, {"values", removed}});
  co_return Result<void>();
}

}  // namespace dnsserver::rpc
