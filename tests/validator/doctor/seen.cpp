#include "tests/validator/doctor/seen.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace validator::doctor {

using support::Response;

namespace {

base::Bytes soa_rdata() {
  return base::Bytes(support::name("ns.test").wire()) + base::Bytes(support::name("hostmaster.test").wire()) +
         base::Bytes("\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\5", 20);
}

}  // namespace

Response answer_to(std::string_view name, uint16_t type) { return Response(support::question(name, type)); }

Reply reply(const Response& response, Transport transport) {
  Reply reply;
  reply.response = parse_response(response.bytes()).value();
  reply.transport = transport;
  return reply;
}

Reply silent(std::string why) {
  Reply reply;
  reply.why = std::move(why);
  return reply;
}

Reply soa_of(std::string_view apex) { return reply(answer_to(apex, kSoa).answer(apex, kSoa, soa_rdata())); }

Reply nodata(std::string_view name, uint16_t type, std::string_view apex) {
  return reply(answer_to(name, type).authority(apex, kSoa, soa_rdata()));
}

Reply nxdomain(std::string_view name, uint16_t type, std::string_view apex) {
  return reply(answer_to(name, type).rcode(kNxdomain).authority(apex, kSoa, soa_rdata()));
}

Reply refused(std::string_view name, uint16_t type) { return reply(answer_to(name, type).rcode(kRefused)); }

Reply referral(std::string_view cut, std::initializer_list<std::string_view> servers) {
  Response response = answer_to(cut, kTxt);
  response.not_authoritative();
  for (const auto server : servers)
    response.authority(cut, kNs, support::name(server).wire());
  return reply(response);
}

Reply ns_of(std::string_view apex, std::initializer_list<std::string_view> servers) {
  Response response = answer_to(apex, kNs);
  for (const auto server : servers)
    response.answer(apex, kNs, support::name(server).wire());
  return reply(response);
}

Reply txt_of(std::string_view name, std::initializer_list<std::string_view> values) {
  Response response = answer_to(name, kTxt);
  for (const auto value : values)
    response.answer(name, kTxt, support::txt(value));
  return reply(response);
}

Reply cname_of(std::string_view name, std::string_view target) {
  return reply(answer_to(name, kCname).cname(name, target));
}

ServerAddress server(std::string_view name, std::string_view address) {
  return {support::name(name), {std::string(address), 53}};
}

NameServer name_server(std::string_view name, std::initializer_list<std::string_view> addresses) {
  NameServer server;
  server.name = support::name(name);
  for (const auto address : addresses)
    server.endpoints.push_back({std::string(address), 53});
  if (server.endpoints.empty()) server.why = "NXDOMAIN";
  return server;
}

Lookup lookup(std::string_view name, Outcome outcome, std::initializer_list<std::string_view> path) {
  Lookup lookup;
  lookup.name = support::name(name);
  lookup.path.push_back(lookup.name);
  for (const auto target : path)
    lookup.path.push_back(support::name(target));
  lookup.outcome = outcome;
  return lookup;
}

Finding finding(const Findings& findings, std::string_view id) {
  const auto found = std::ranges::find(findings, id, &Finding::id);
  if (found == findings.end()) throw std::logic_error("no finding " + std::string(id));
  return *found;
}

}  // namespace validator::doctor
