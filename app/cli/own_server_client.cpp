#include "app/cli/own_server_client.h"

#include <utility>

#include "proto/time.h"
#include "validator/rpc/messages.h"

namespace app {

namespace v1 = assay::v1;
using base::Name;
using base::Result;
using base::Task;
using validator::doctor::ApiCertificate;
using validator::doctor::Caller;
using validator::doctor::Holders;
using validator::doctor::Host;
using validator::doctor::kCanaryLifetime;
using validator::doctor::kCanaryTag;
using validator::doctor::Registration;

namespace {

tl::unexpected<base::Error> failed(const grpc::Status& status) {
  return base::fail(base::ErrorKind::unavailable, status.error_message());
}

}  // namespace

tl::expected<std::unique_ptr<OwnServerClient>, grpc::Status> OwnServerClient::open(const Client& client) {
  v1::DescribeServerResponse server;
  const auto status = client.stub<v1::DoctorService>()->DescribeServer(client.context().get(), {}, &server);
  if (!status.ok()) return tl::unexpected(status);
  return std::unique_ptr<OwnServerClient>(new OwnServerClient(client, std::move(server)));
}

OwnServerClient::OwnServerClient(const Client& client, v1::DescribeServerResponse server)
    : client_(client),
      server_(std::move(server)),
      clock_ahead_(base::SystemClock().now() - proto::from_timestamp(server_.time()).value_or(base::Time{})),
      doctor_(client.stub<v1::DoctorService>()),
      challenges_(client.stub<v1::ChallengeService>()) {
  for (const std::string& text : server_.listeners()) {
    if (auto listener = base::parse_endpoint(text)) listeners_.push_back(*std::move(listener));
  }
}

Caller OwnServerClient::caller() const { return validator::rpc::read_caller(server_.caller()); }

Result<v1::DescribeNameResponse> OwnServerClient::describe(const Name& name, const std::string& credential,
                                                           bool with_holders) const {
  v1::DescribeNameRequest request;
  request.set_name(name.text());
  request.set_credential(credential);
  request.set_with_holders(with_holders);
  const std::string key = request.SerializeAsString();
  if (const auto found = described_.find(key); found != described_.end()) return found->second;
  v1::DescribeNameResponse response;
  const auto status = doctor_->DescribeName(client_.context().get(), request, &response);
  if (!status.ok()) {
    if (status_.ok()) status_ = status;
    return failed(status);
  }
  return described_.emplace(key, std::move(response)).first->second;
}

std::optional<Name> OwnServerClient::zone_of(const Name& name) const {
  const auto described = describe(name);
  if (!described || described->zone().empty()) return std::nullopt;
  auto zone = Name::parse(described->zone());
  return zone ? std::optional(*std::move(zone)) : std::nullopt;
}

Task<Result<std::optional<Host>>> OwnServerClient::host() {
  std::optional<Host> host;
  if (!server_.host_zone().empty()) {
    host.emplace();
    CO_TRY(host->apex, Name::parse(server_.host_zone()));
    CO_TRY(host->name_server, Name::parse(server_.host_name_server()));
  }
  co_return host;
}

Task<Result<std::vector<Name>>> OwnServerClient::name_servers(Name apex) {
  CO_TRY(const auto described, describe(apex));
  std::vector<Name> names;
  for (const std::string& text : described.name_servers()) {
    CO_TRY(names.emplace_back(), Name::parse(text));
  }
  co_return names;
}

std::vector<ApiCertificate> OwnServerClient::api_certificates() const {
  std::vector<ApiCertificate> certificates;
  for (const v1::DoorCertificate& message : server_.certificates()) {
    if (auto certificate = validator::rpc::read_certificate(message))
      certificates.push_back(*std::move(certificate));
  }
  return certificates;
}

std::vector<std::string> OwnServerClient::caa_identities() const {
  return {server_.caa_identities().begin(), server_.caa_identities().end()};
}

Task<Result<Registration>> OwnServerClient::registration(std::string id, Name owner) {
  CO_TRY(const auto described, describe(owner, id));
  if (!described.has_registration()) {
    co_return base::fail(base::ErrorKind::not_found, described.registration_error());
  }
  co_return validator::rpc::read_registration(described.registration());
}

Task<Result<Holders>> OwnServerClient::holders(Name owner) {
  CO_TRY(const auto described, describe(owner, "", true));
  Holders holders;
  for (const v1::Registration& message : described.holders()) {
    CO_TRY(holders.registrations.emplace_back(), validator::rpc::read_registration(message));
  }
  holders.was_handed_out = described.was_handed_out();
  holders.can_be_chosen = described.can_be_chosen();
  co_return holders;
}

Task<Result<void>> OwnServerClient::present(Caller, Name owner, base::Bytes value) {
  v1::PresentChallengeRequest request;
  request.set_name(owner.text());
  request.set_value(std::move(value));
  request.set_tag(kCanaryTag);
  *request.mutable_lifetime() = proto::to_duration(kCanaryLifetime);
  v1::PresentChallengeResponse response;
  const auto status = challenges_->PresentChallenge(client_.context().get(), request, &response);
  if (!status.ok()) co_return failed(status);
  co_return Result<void>();
}

Task<Result<void>> OwnServerClient::remove(Caller, Name owner, base::Bytes value) {
  v1::RemoveChallengeRequest request;
  request.set_name(owner.text());
  request.set_value(std::move(value));
  request.set_tag(kCanaryTag);
  v1::RemoveChallengeResponse response;
  const auto status = challenges_->RemoveChallenge(client_.context().get(), request, &response);
  if (!status.ok()) co_return failed(status);
  co_return Result<void>();
}

}  // namespace app
