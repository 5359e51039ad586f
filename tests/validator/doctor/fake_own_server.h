#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/dns_message.h"
#include "tests/support/gate.h"
#include "validator/doctor/own_server.h"

namespace validator::doctor {

// Our server with the zone acme.test, of which values are what is published. "web" is a credential of its
// configuration. Who looks for holders can be held at its gate.
class FakeOwnServer final : public OwnServer {
 public:
  explicit FakeOwnServer(base::Endpoint listener) : listener_(std::move(listener)) {}

  std::vector<base::Endpoint> listeners() const override { return {listener_}; }
  std::optional<base::Name> zone_of(const base::Name& owner) const override {
    return owner.is_under(support::name("acme.test")) ? std::optional(support::name("acme.test"))
                                                      : std::nullopt;
  }
  base::Task<base::Result<std::optional<Host>>> host() override {
    std::optional<Host> host = Host{support::name("acme.test"), support::name("ns1.acme.test")};
    co_return host;
  }
  base::Task<base::Result<std::vector<base::Name>>> name_servers(base::Name) override {
    std::vector<base::Name> names{support::name("ns1.acme.test")};
    co_return names;
  }
  std::vector<ApiCertificate> api_certificates() const override { return certificates_; }
  std::vector<std::string> caa_identities() const override { return {"acme.test"}; }
  std::string port_53_holder() const override { return "systemd-resolve (process 412)"; }
  base::Task<base::Result<Registration>> registration(std::string id, base::Name owner) override {
    for (const auto& [name, registration] : registrations_) {
      if (registration.id != id) continue;
      Registration found = registration;
      found.may_write = name == owner;
      found.names = {name};
      co_return found;
    }
    co_return base::fail(base::ErrorKind::not_found, "there is no credential " + id);
  }
  base::Task<base::Result<Holders>> holders(base::Name owner) override {
    co_await gate_.pass();
    Holders holders;
    for (const auto& [name, registration] : registrations_) {
      if (name == owner) holders.registrations.push_back(registration);
    }
    co_return holders;
  }
  base::Task<base::Result<void>> present(Caller caller, base::Name owner, base::Bytes value) override {
    if (caller.name != "web" && !caller.is_registered) {
      co_return base::fail(base::ErrorKind::unauthorized, "not " + caller.name);
    }
    presented_.insert(value);
    values_.insert({owner.lowered(), value});
    co_return base::Result<void>();
  }
  base::Task<base::Result<void>> remove(Caller, base::Name owner, base::Bytes value) override {
    values_.erase({owner.lowered(), value});
    co_return base::Result<void>();
  }

  const base::Endpoint listener_;
  std::set<std::pair<base::Bytes, base::Bytes>> values_;
  std::set<base::Bytes> presented_;
  std::vector<ApiCertificate> certificates_;
  std::vector<std::pair<base::Name, Registration>> registrations_;
  support::Gate gate_;
};

}  // namespace validator::doctor
