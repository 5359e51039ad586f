#include "app/propagation_adapter.h"

#include <algorithm>
#include <utility>

#include "validator/doctor/answers.h"
#include "validator/served.h"
#include "validator/zone_finder.h"

namespace app {

using base::Name;
using base::Result;
using base::Task;
using dnsserver::AddressSeen;
using dnsserver::FoundServer;
using dnsserver::GivenUp;
using std::chrono::seconds;
using validator::FoundZone;
using validator::Query;
using validator::Question;
using validator::Reply;
using validator::ServerAddress;
using validator::ZoneFinder;
using validator::doctor::AttendedProber;
using validator::doctor::AttendedResolver;

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

// The first kServerAddressesMax of all of them.
std::vector<ServerAddress> addresses_of(const std::vector<FoundServer>& servers) {
  FoundZone zone;
  for (const FoundServer& server : servers)
    zone.servers.push_back({server.name, false, server.endpoints, server.why});
  return zone.addresses();
}

void add_questions(const std::vector<ServerAddress>& addresses, const Query& query,
                   std::vector<Question>& questions) {
  for (const ServerAddress& at : addresses)
    questions.push_back({at.endpoint, query});
}

}  // namespace

Task<Result<std::vector<FoundServer>>> PropagationAdapter::find_servers(Name apex, GivenUp given_up) {
  CO_TRY(auto names, co_await with_.own.name_servers(apex));
  AttendedResolver resolver(with_.resolver, given_up);
  ZoneFinder finder(resolver, validator::doctor::ports_of(with_));
  const auto found = co_await finder.look_up(apex, std::move(names));
  std::vector<FoundServer> servers;
  for (const validator::NameServer& server : found)
    servers.push_back({server.name, server.endpoints, server.why});
  co_return servers;
}

Task<std::vector<AddressSeen>> PropagationAdapter::look(std::vector<FoundServer> servers, Name owner,
                                                        base::Bytes value, GivenUp given_up) {
  AttendedProber prober(with_.prober, given_up);
  const auto addresses = addresses_of(servers);
  const Query txt{.name = owner, .type = validator::kTxt};
  std::vector<Question> questions;
  add_questions(addresses, txt, questions);
  const std::vector<Reply> replies = co_await with_.ask_all(prober, std::move(questions));
  std::vector<AddressSeen> all;
  for (size_t i = 0; i < addresses.size(); ++i) {
    const ServerAddress& at = addresses[i];
    const auto served = validator::read_served(at, replies[i], owner, value);
    all.push_back({at.server.text(), at.endpoint.text(), served.serves, served.said, with_.clock.now()});
  }
  for (const FoundServer& server : servers) {
    if (!server.endpoints.empty()) continue;
    all.push_back({server.name.text(), "", false, "no address (" + server.why + ")", with_.clock.now()});
  }
  co_return all;
}

Task<seconds> PropagationAdapter::denied_for(Name apex, std::vector<FoundServer> servers, GivenUp given_up) {
  AttendedResolver resolver(with_.resolver, given_up);
  AttendedProber prober(with_.prober, given_up);
  const auto in_zone = addresses_of(servers);
  const Query soa{.name = apex, .type = validator::kSoa};
  std::vector<Question> questions;
  add_questions(in_zone, soa, questions);
  if (!apex.is_root()) {
    ZoneFinder finder(resolver, validator::doctor::ports_of(with_));
    const auto above = co_await finder.zone_of(apex.parent());
    const Query ns{.name = apex, .type = validator::kNs};
    if (above) add_questions(above->addresses(), ns, questions);
  }
  const std::vector<Reply> replies = co_await with_.ask_all(prober, std::move(questions));
  seconds longest{0};
  for (size_t i = 0; i < replies.size(); ++i) {
    const bool is_above = i >= in_zone.size();
    if (!is_above || !delegates(replies[i], apex)) longest = std::max(longest, denial_of(replies[i]));
  }
  co_return longest;
}

Task<> PropagationAdapter::pause(std::chrono::milliseconds duration) { co_await with_.pause.wait(duration); }

}  // namespace app
