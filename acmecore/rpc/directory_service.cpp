#include "acmecore/rpc/directory_service.h"

#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::Result;

namespace {

const char* word_of(ExternalAccountMode mode) {
  switch (mode) {
    case ExternalAccountMode::off: return "off";
    case ExternalAccountMode::optional: return "optional";
    case ExternalAccountMode::required: return "required";
  }
  return "off";
}

}  // namespace

grpc::ServerUnaryReactor* DirectoryService::ListDirectories(grpc::CallbackServerContext* context,
                                                            const api::ListDirectoriesRequest*,
                                                            api::ListDirectoriesResponse* response) {
  return calls_.serve(*context, {proto::Permission::administration},
                      [=, this](const Actor&) { return list(*response); });
}

OperatorCalls::Work DirectoryService::list(api::ListDirectoriesResponse& response) const {
  for (const auto& [directory, url] : directories_) {
    api::Directory& message = *response.add_directories();
    message.set_name(directory.name);
    message.set_url(url);
    message.set_external_account(word_of(directory.external_account));
    message.set_terms_of_service(directory.terms_of_service);
    message.set_must_agree_again(directory.must_agree_again);
    message.set_website(directory.website);
    for (const std::string& identity : directory.caa_identities)
      message.add_caa_identities(identity);
    message.set_pre_authorization(directory.pre_authorization);
    message.set_subdomain_authorization(directory.subdomain_authorization);
    for (const Profile* profile : profiles_.shown_by(directory.name))
      message.add_profiles(profile->name);
    message.set_default_profile(profiles_.preset_of(directory.name).name);
    message.set_issuer(directory.issuer);
    for (const std::string& type : directory.challenges)
      message.add_challenges(type);
    if (directory.auto_renewal.is_off()) continue;
    *message.mutable_auto_renewal_max() = proto::to_duration(directory.auto_renewal.max_duration);
  }
  co_return Result<void>();
}

}  // namespace acmecore::rpc
