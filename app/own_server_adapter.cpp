#include "app/own_server_adapter.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ctime>
#include <memory>
#include <utility>

#include "base/openssl.h"
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
using validator::doctor::kCanaryLifetime;
using validator::doctor::kCanaryTag;
using validator::doctor::kHoldersToldMax;
using validator::doctor::kRegisteredNamesMax;
using validator::doctor::Registration;

namespace {

constexpr uint16_t kDnsPort = 53;

// All of them are looked at, with room for others in between.
constexpr size_t kCredentialsAPage = 1000;

// A zone that holds the challenges of a single name: no other is to be led there.
bool is_of_one_name(const Name& apex) { return apex.text().starts_with("_acme-challenge."); }

using NamesHandle = base::OpensslHandle<GENERAL_NAMES, GENERAL_NAMES_free>;

// Host names of the certificate, "*." left away.
std::vector<Name> names_of(const X509* leaf) {
  const NamesHandle all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<Name> names;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()) && names.size() < kCertificateNamesMax; ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(all.get(), i);
    if (one->type != GEN_DNS) continue;
    std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(one->d.dNSName)),
                     size_t(ASN1_STRING_length(one->d.dNSName)));
    if (text.starts_with("*.")) text.erase(0, 2);
    if (auto name = Name::parse(text)) names.push_back(*std::move(name));
  }
  return names;
}

// Nothing where it cannot be read.
std::optional<ApiCertificate> read_leaf(const std::string& chain_pem) {
  const base::BioHandle pem(BIO_new_mem_buf(chain_pem.data(), int(chain_pem.size())));
  const base::X509Handle leaf(pem ? PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr) : nullptr);
  std::tm time{};
  if (!leaf || ASN1_TIME_to_tm(X509_get0_notAfter(leaf.get()), &time) != 1) return std::nullopt;
  ApiCertificate certificate;
  certificate.expires = base::Time(std::chrono::seconds(timegm(&time)));
  certificate.names = names_of(leaf.get());
  return certificate;
}

// Of all its directories: a CAA record that names one of them means us.
std::vector<std::string> identities_in(const base::Config& config) {
  if (!config.roles.contains(base::Role::ca)) return {};
  if (config.acme.directories.empty()) return config.acme.preset.caa_identities;
  std::vector<std::string> all;
  for (const base::AcmeDirectory& directory : config.acme.directories) {
    for (const std::string& identity : directory.caa_identities) {
      if (std::find(all.begin(), all.end(), identity) == all.end()) all.push_back(identity);
    }
  }
  return all;
}

}  // namespace

OwnServerAdapter::OwnServerAdapter(DnsRole& dns, const base::Config& config, const base::Clock& clock)
    : dns_(dns),
      clock_(clock),
      caa_identities_(identities_in(config)),
      update_(config.update),
      handing_out_(config.publish.registration) {}

void OwnServerAdapter::note_chain(const std::string& door, const std::string& chain_pem, bool from_own_ca) {
  const std::lock_guard lock(certificates_mutex_);
  std::erase_if(certificates_, [&](const ApiCertificate& certificate) { return certificate.door == door; });
  auto certificate = read_leaf(chain_pem);
  if (!certificate) return;
  certificate->door = door;
  certificate->from_own_ca = from_own_ca;
  certificates_.push_back(*std::move(certificate));
}

std::optional<Name> OwnServerAdapter::zone_of(const Name& name) const {
  auto zone = dns_.publishing().zone_of(name);
  if (!zone) return std::nullopt;
  return *std::move(zone);
}

Task<Result<std::optional<Host>>> OwnServerAdapter::host() {
  for (base::Bytes after;;) {
    CO_TRY(const auto zones, co_await dns_.publishing().list_zones(after, kZonesPage));
    for (const dnsserver::Zone& zone : zones.items) {
      if (!is_of_one_name(zone.apex)) co_return Host{zone.apex, zone.name_servers.front()};
    }
    if (zones.next.empty()) co_return std::nullopt;
    after = zones.next;
  }
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

std::vector<ApiCertificate> OwnServerAdapter::api_certificates() const {
  const std::lock_guard lock(certificates_mutex_);
  return certificates_;
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
