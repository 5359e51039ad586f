#include "app/own_server_adapter.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <utility>

#include "dnsserver/rrtype.h"

namespace app {

using base::Name;
using base::Result;
using base::Task;
using validator::doctor::ApiCertificate;
using validator::doctor::Host;

namespace {

// For how long a canary lives that nobody came to remove.
constexpr std::chrono::minutes kCanaryLifetime{5};

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
      api_from_own_ca_(config.grpc.tls.empty()) {}

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

Task<Result<void>> OwnServerAdapter::present(std::string credential, Name owner, base::Bytes value) {
  const base::Time expires = clock_.now() + kCanaryLifetime;
  dnsserver::Writer writer = dnsserver::Writer::of_configuration(std::move(credential));
  CO_CHECK(co_await dns_.publishing().present(std::move(writer), std::move(owner), std::move(value), expires));
  co_return Result<void>();
}

Task<Result<void>> OwnServerAdapter::remove(std::string credential, Name owner, base::Bytes value) {
  std::optional<base::Bytes> only(std::move(value));
  dnsserver::Writer writer = dnsserver::Writer::of_configuration(std::move(credential));
  CO_CHECK(co_await dns_.publishing().remove(std::move(writer), std::move(owner), std::move(only)));
  co_return Result<void>();
}

}  // namespace app
