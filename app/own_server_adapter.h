#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "app/dns_role.h"
#include "base/config.h"
#include "base/time.h"
#include "validator/doctor/own_server.h"

namespace app {

// Zones that are read together, where one to suggest is looked for.
inline constexpr size_t kZonesPage = 100;
// Names of a door's certificate that are told.
inline constexpr size_t kCertificateNamesMax = 20;

// What the validator's doctor wants to know of the challenge authority in this process. Thread-safe.
class OwnServerAdapter final : public validator::doctor::OwnServer {
 public:
  // `dns` and `clock` outlive the adapter.
  OwnServerAdapter(DnsRole& dns, const base::Config& config, const base::Clock& clock);

  // The chain that a door ("gRPC") is served with from now on, from files or from our own CA.
  void note_chain(const std::string& door, const std::string& chain_pem, bool from_own_ca);

  std::vector<base::Endpoint> listeners() const override { return dns_.endpoints(); }
  std::optional<base::Name> zone_of(const base::Name& name) const override;
  base::Task<base::Result<std::optional<validator::doctor::Host>>> host() override;
  base::Task<base::Result<std::vector<base::Name>>> name_servers(base::Name apex) override;
  std::vector<validator::doctor::ApiCertificate> api_certificates() const override;
  std::vector<std::string> caa_identities() const override { return caa_identities_; }
  std::string port_53_holder() const override;
  base::Task<base::Result<validator::doctor::Registration>> registration(std::string id,
                                                                         base::Name owner) override;
  base::Task<base::Result<validator::doctor::Holders>> holders(base::Name owner) override;
  base::Task<base::Result<void>> present(validator::doctor::Caller caller, base::Name owner,
                                         base::Bytes value) override;
  base::Task<base::Result<void>> remove(validator::doctor::Caller caller, base::Name owner,
                                        base::Bytes value) override;

 private:
  base::Result<dnsserver::Writer> writer_of(const validator::doctor::Caller& caller) const;
  validator::doctor::Registration registration_of(const dnsserver::Credential& credential,
                                                  const base::Name& owner) const;
  bool can_be_chosen_at(const base::Name& owner) const;

  DnsRole& dns_;
  const base::Clock& clock_;
  const std::vector<std::string> caa_identities_;
  const base::Config::Update update_;
  const base::Config::Publish::Registration handing_out_;
  // Examinations read them while listeners get new ones.
  mutable std::mutex certificates_mutex_;
  std::vector<validator::doctor::ApiCertificate> certificates_;
};

}  // namespace app
