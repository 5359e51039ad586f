#include "app/own_server_adapter.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <memory>
#include <utility>

#include "dnsserver/net/port_holder.h"
#include "dnsserver/rrtype.h"

namespace app {

using base::Name;
using base::Result;
using base::Task;
using validator::doctor::ApiCertificate;
using validator::doctor::Caller;
using validator::doctor::Holders;
using validator::doctor::Host;
using validator::doctor::kHoldersToldMax;
using validator::doctor::kRegisteredNamesMax;
using validator::doctor::Registration;

namespace {

// For how long a canary lives that nobody came to remove.
constexpr std::chrono::minutes kCanaryLifetime{5};

// Its values are told apart from those of the credential's clients.
constexpr const char* kCanaryTag = "assay-doctor";

constexpr uint16_t kDnsPort = 53;

// All of them are looked at, with room for others in between.
constexpr size_t kCredentialsAPage = 1000;

// Zones that are looked at for one to suggest.
constexpr size_t kHostsSeenMax = 100;

// A zone that holds the challenges of a single name: no other is to be led there.
bool is_of_one_name(const Name& apex) { return apex.text().starts_with("_acme-challenge."); }

// When the leaf ends, in seconds of the epoch; 0 where that cannot be read.
int64_t expiry_of(const std::string& chain_pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> pem(
      BIO_new_mem_buf(chain_pem.data(), int(chain_pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> leaf(
      pem ? PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
  std::tm time{};
  if (!leaf || ASN1_TIME_to_tm(X509_get0_notAfter(leaf.get()), &time) != 1) return 0;
  return timegm(&time);
}

}  // namespace

OwnServerAdapter::OwnServerAdapter(DnsRole& dns, const base::Config& config, const base::Clock& clock)
    : dns_(dns),
      clock_(clock),
      caa_identities_(config.roles.contains(base::Role::ca) ? config.acme.caa_identities
                                                            : std::vector<std::string>()),
      api_from_own_ca_(config.grpc.tls.empty()),
      update_(config.update),
      handing_out_(config.publish.registration) {}

void OwnServerAdapter::note_api_chain(const std::string& chain_pem) { api_expires_ = expiry_of(chain_pem); }

std::optional<Name> OwnServerAdapter::zone_of(const Name& name) const {
  auto zone = dns_.publishing().zone_of(name);
  if (!zone) return std::nullopt;
  return *std::move(zone);
}

Task<Result<std::optional<Host>>> OwnServerAdapter::host() {
  CO_TRY(const auto zones, co_await dns_.publishing().list_zones("", kHostsSeenMax));
  std::optional<Host> host;
  for (const dnsserver::Zone& zone : zones.items) {
    if (is_of_one_name(zone.apex)) continue;
    host.emplace();
    host->apex = zone.apex;
    host->name_server = zone.name_servers.front();
    break;
  }
  co_return host;
}

Task<Result<std::vector<Name>>> OwnServerAdapter::name_servers(Name apex) {
  CO_TRY(const auto rrsets, co_await dns_.publishing().list_rrsets(std::move(apex), "", 1));
  std::vector<Name> names;
  for (const dnsserver::RRset& rrset : rrsets.items) {
    if (rrset.type != dnsserver::kTypeNs) continue;
    for (const base::Bytes& rdata : rrset.rdata) {
      CO_TRY(names.emplace_back(), Name::from_wire(rdata));
    }
  }
  co_return names;
}

Result<ApiCertificate> OwnServerAdapter::api_certificate() const {
  const int64_t expires = api_expires_;
  if (expires == 0) return base::fail(base::ErrorKind::not_found, "The API's certificate could not be read");
  return ApiCertificate{base::Time(std::chrono::seconds(expires)), api_from_own_ca_};
}

std::string OwnServerAdapter::port_53_holder() const {
  const auto listeners = dns_.endpoints();
  const bool has_53 = std::ranges::any_of(listeners, [](const auto& at) { return at.port == kDnsPort; });
  if (has_53 || listeners.empty()) return "";
  return dnsserver::net::port_holder({"0.0.0.0", kDnsPort}, dnsserver::net::SocketKind::udp);
}

Result<dnsserver::Writer> OwnServerAdapter::writer_of(const Caller& caller) const {
  if (!caller.is_registered) return dnsserver::Writer::of_configuration(caller.name);
  TRY(auto credential, dns_.credentials().get(caller.name));
  return dnsserver::Writer::of(std::move(credential), caller.address);
}

Registration OwnServerAdapter::registration_of(const dnsserver::Credential& credential,
                                               const Name& owner) const {
  Registration registration;
  registration.id = credential.id;
  registration.disabled = credential.disabled;
  registration.expires = credential.expires;
  registration.networks = credential.sources;
  for (const dnsserver::TsigKey& key : credential.tsig_keys) {
    const std::string algorithm(dnsserver::name_of(key.algorithm));
    registration.key_algorithms.push_back(algorithm);
    const bool refused = (key.algorithm == dnsserver::TsigAlgorithm::hmac_md5 && !update_.allow_hmac_md5) ||
                         (key.algorithm == dnsserver::TsigAlgorithm::hmac_sha1 && !update_.allow_hmac_sha1);
    if (refused) registration.refused_algorithms.push_back(algorithm);
  }
  for (const dnsserver::Scope& scope : credential.scopes) {
    const bool is_one_name = scope.reach == dnsserver::Scope::Reach::name && !scope.excluded;
    if (is_one_name && registration.names.size() < kRegisteredNamesMax && zone_of(scope.name))
      registration.names.push_back(scope.name);
  }
  registration.may_write = dnsserver::check_scope(credential, owner).has_value();
  return registration;
}

Task<Result<Registration>> OwnServerAdapter::registration(std::string id, Name owner) {
  CO_TRY(const auto credential, dns_.credentials().get(id));
  co_return registration_of(*credential, owner);
}

Task<Result<Holders>> OwnServerAdapter::holders(Name owner) {
  Holders holders;
  CO_TRY(holders.was_handed_out, co_await dns_.credentials().was_handed_out(owner));
  holders.can_be_chosen = can_be_chosen_at(owner);
  std::string after;
  for (;;) {
    const auto page = dns_.credentials().list(after, kCredentialsAPage);
    for (const auto& credential : page) {
      if (holders.registrations.size() >= kHoldersToldMax) co_return holders;
      if (dnsserver::check_scope(*credential, owner))
        holders.registrations.push_back(registration_of(*credential, owner));
    }
    if (page.size() < kCredentialsAPage) co_return holders;
    after = page.back()->id;
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
  }
}

bool OwnServerAdapter::can_be_chosen_at(const Name& owner) const {
  return handing_out_.access == base::RegistrationAccess::guarded && !owner.is_root() &&
         owner.parent() == handing_out_.zone;
}

Task<Result<void>> OwnServerAdapter::present(Caller caller, Name owner, base::Bytes value) {
  CO_TRY(auto writer, writer_of(caller));
  writer.tag = kCanaryTag;
  const base::Time expires = clock_.now() + kCanaryLifetime;
  CO_CHECK(
      co_await dns_.publishing().present(std::move(writer), std::move(owner), std::move(value), expires));
  co_return Result<void>();
}

Task<Result<void>> OwnServerAdapter::remove(Caller caller, Name owner, base::Bytes value) {
  CO_TRY(auto writer, writer_of(caller));
  writer.tag = kCanaryTag;
  std::optional<base::Bytes> only(std::move(value));
  CO_CHECK(co_await dns_.publishing().remove(std::move(writer), std::move(owner), std::move(only)));
  co_return Result<void>();
}

}  // namespace app
