#include "app/publisher_adapter.h"

#include <utility>

namespace app {

using base::Result;
using base::Task;

Task<Result<base::Name>> PublisherAdapter::zone_of(base::Name owner) { co_return publishing_.zone_of(owner); }

Task<Result<std::optional<acmecore::ChallengePublisher::Host>>> PublisherAdapter::suggested_host() {
  CO_TRY(const auto zones, co_await publishing_.list_zones("", 1));
  std::optional<Host> host;
  if (!zones.items.empty()) {
    const dnsserver::Zone& zone = zones.items.front();
    host.emplace();
    host->apex = zone.apex;
    host->name_server = zone.name_servers.front();
  }
  co_return host;
}

Task<Result<void>> PublisherAdapter::present(std::string credential, base::Name owner, std::string value,
                                             base::Time expires) {
  dnsserver::Writer writer = dnsserver::Writer::of_configuration(std::move(credential));
  CO_CHECK(co_await publishing_.present(std::move(writer), std::move(owner), std::move(value), expires));
  co_return Result<void>();
}

Task<Result<void>> PublisherAdapter::remove(std::string credential, base::Name owner, std::string value) {
  std::optional<base::Bytes> only(std::move(value));
  dnsserver::Writer writer = dnsserver::Writer::of_configuration(std::move(credential));
  CO_CHECK(co_await publishing_.remove(std::move(writer), std::move(owner), std::move(only)));
  co_return Result<void>();
}

}  // namespace app
