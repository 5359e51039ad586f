#include "app/propagation_adapter.h"

#include <algorithm>
#include <utility>

#include "validator/doctor/answers.h"
#include "validator/served.h"

namespace app {

using base::Name;
using base::Result;
using base::Task;
using dnsserver::AddressSeen;
using dnsserver::Sighting;
using std::chrono::seconds;
using validator::Reply;
using validator::ServerAddress;

namespace {

seconds denial_of(const Reply& reply) {
  return seconds(validator::doctor::negative_ttl_of(reply).value_or(0));
}

// A server of the zone above knows of the zone.
bool delegates(const Reply& reply, const Name& apex) {
  const auto has_ns = [&](const std::vector<validator::Record>& section) {
    return !validator::Response::find(section, apex, validator::kNs).empty();
  };
  return reply.answered() && (has_ns(reply.response->authority) || has_ns(reply.response->answer));
}

}  // namespace

PropagationAdapter::PropagationAdapter(const validator::doctor::Instruments& with)
    : with_(with), finder_(with.resolver, validator::doctor::ports_of(with)) {}

Task<Result<Sighting>> PropagationAdapter::look(Name apex, Name owner, base::Bytes value,
                                                dnsserver::GivenUp given_up) {
  CO_TRY(auto names, co_await with_.own.name_servers(apex));
  validator::doctor::AttendedResolver resolver(with_.resolver, given_up);
  validator::doctor::AttendedProber prober(with_.prober, given_up);
  validator::ZoneFinder finder(resolver, validator::doctor::ports_of(with_));
  validator::FoundZone zone{apex, {}};
  zone.servers = co_await finder.look_up(apex, std::move(names));
  const auto served =
      co_await validator::ask_served(prober, zone.addresses(), std::move(owner), std::move(value));
  Sighting sighting;
  for (const validator::Served& at : served) {
    sighting.addresses.push_back(
        {at.at.server.text(), at.at.endpoint.text(), at.serves, at.said, with_.clock.now()});
  }
  for (const validator::NameServer& server : zone.servers) {
    if (!server.endpoints.empty()) continue;
    sighting.addresses.push_back(
        {server.name.text(), "", false, "no address (" + server.why + ")", with_.clock.now()});
  }
  // Who has all that he waits for is told the whole of it.
  const bool is_everywhere = std::ranges::all_of(sighting.addresses, &AddressSeen::serves);
  if (is_everywhere || !given_up()) sighting.denied_for = co_await denied_for(apex, zone.addresses());
  co_return sighting;
}

Task<seconds> PropagationAdapter::denied_for(const Name& apex, std::vector<ServerAddress> addresses) {
  seconds longest{0};
  const validator::Query soa{.name = apex, .type = validator::kSoa};
  for (const ServerAddress& at : addresses) {
    const Reply reply = co_await with_.prober.ask(at.endpoint, soa, validator::Transport::udp);
    longest = denial_of(reply);
    if (reply.answered()) break;  // they all serve the same zone
  }
  if (apex.is_root()) co_return longest;
  const auto above = co_await finder_.zone_of(apex.parent());
  if (!above) co_return longest;
  const validator::Query ns{.name = apex, .type = validator::kNs};
  for (const ServerAddress& at : above->addresses()) {
    const Reply reply = co_await with_.prober.ask(at.endpoint, ns, validator::Transport::udp);
    if (!delegates(reply, apex)) longest = std::max(longest, denial_of(reply));
  }
  co_return longest;
}

Task<> PropagationAdapter::pause(std::chrono::milliseconds duration) { co_await with_.pause.wait(duration); }

}  // namespace app
