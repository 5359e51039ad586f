#include "validator/served.h"

#include "validator/resolver.h"
#include "validator/txt.h"

namespace validator {

namespace {

// Values of one answer that are told.
constexpr size_t kToldMax = 3;

}  // namespace

Served read_served(const ServerAddress& at, const Reply& reply, const base::Name& owner,
                   base::BytesView value) {
  Served served{at, false, said(reply)};
  if (!reply.has_rcode(kNoerror)) return served;
  const auto records = Response::find(reply.response->answer, owner, kTxt);
  for (size_t i = 0; i < records.size(); ++i) {
    const auto found = txt_value(records[i]->rdata);
    served.serves = served.serves || (found && *found == value);
    if (i == 0) served.said = "TXT";
    if (i < kToldMax) served.said += " " + shown(found.value_or(records[i]->rdata));
  }
  if (records.size() > kToldMax) served.said += " and " + std::to_string(records.size() - kToldMax) + " more";
  return served;
}

base::Task<std::vector<Served>> ask_served(Prober& prober, std::vector<ServerAddress> addresses,
                                           base::Name owner, base::Bytes value) {
  std::vector<Served> all;
  const Query query{.name = owner, .type = kTxt};
  for (const ServerAddress& at : addresses) {
    const Reply reply = co_await prober.ask(at.endpoint, query, Transport::udp);
    all.push_back(read_served(at, reply, owner, value));
  }
  co_return all;
}

}  // namespace validator
