#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/cli/client.h"
#include "assay/v1/challenge.grpc.pb.h"
#include "assay/v1/doctor.grpc.pb.h"
#include "validator/doctor/own_server.h"

namespace app {

// What an examination in this process wants to know of a server that runs elsewhere. Each function is a call, which
// the thread waits for, and what it said is not asked again. For one thread.
class OwnServerClient final : public validator::doctor::OwnServer {
 public:
  // Asks the server what it is. `client` outlives the result. The status is that of the call.
  static tl::expected<std::unique_ptr<OwnServerClient>, grpc::Status> open(const Client& client);

  // Who this process is to the server.
  validator::doctor::Caller caller() const;
  // The first description that the server did not give. What was concluded without it is worth nothing.
  const grpc::Status& status() const { return status_; }
  // By how much this host's clock was ahead of the server's.
  std::chrono::milliseconds clock_ahead() const { return clock_ahead_; }

  std::vector<base::Endpoint> listeners() const override { return listeners_; }
  std::optional<base::Name> zone_of(const base::Name& name) const override;
  base::Task<base::Result<std::optional<validator::doctor::Host>>> host() override;
  base::Task<base::Result<std::vector<base::Name>>> name_servers(base::Name apex) override;
  std::vector<validator::doctor::ApiCertificate> api_certificates() const override;
  std::vector<std::string> caa_identities() const override;
  std::string port_53_holder() const override { return server_.port_53_holder(); }
  base::Task<base::Result<validator::doctor::Registration>> registration(std::string id,
                                                                         base::Name owner) override;
  base::Task<base::Result<validator::doctor::Holders>> holders(base::Name owner) override;
  base::Task<base::Result<void>> present(validator::doctor::Caller caller, base::Name owner,
                                         base::Bytes value) override;
  base::Task<base::Result<void>> remove(validator::doctor::Caller caller, base::Name owner,
                                        base::Bytes value) override;

 private:
  OwnServerClient(const Client& client, assay::v1::DescribeServerResponse server);

  base::Result<assay::v1::DescribeNameResponse> describe(const base::Name& name,
                                                         const std::string& credential = "",
                                                         bool with_holders = false) const;

  const Client& client_;
  const assay::v1::DescribeServerResponse server_;
  const std::chrono::milliseconds clock_ahead_;
  std::vector<base::Endpoint> listeners_;
  const std::unique_ptr<assay::v1::DoctorService::Stub> doctor_;
  const std::unique_ptr<assay::v1::ChallengeService::Stub> challenges_;
  mutable grpc::Status status_;
  mutable std::map<std::string, assay::v1::DescribeNameResponse> described_;  // by the request's octets
};

}  // namespace app
