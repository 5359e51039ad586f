#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "tests/support/dns_message.h"
#include "validator/doctor/finding.h"
#include "validator/prober.h"
#include "validator/resolver.h"
#include "validator/zone_finder.h"

// What servers said, for tests of what is concluded from it.
namespace validator::doctor {

// The answer to a question for `name`, with AA.
support::Response answer_to(std::string_view name, uint16_t type);
Reply reply(const support::Response& response, Transport transport = Transport::udp);
Reply silent(std::string why = "no answer within 2 s");
// NOERROR with AA and SOA of `apex` in the answer.
Reply soa_of(std::string_view apex);
// NODATA and NXDOMAIN, with a SOA of `apex`.
Reply nodata(std::string_view name, uint16_t type, std::string_view apex);
Reply nxdomain(std::string_view name, uint16_t type, std::string_view apex);
Reply refused(std::string_view name, uint16_t type);
// NS of `cut` in the authority section, without AA.
Reply referral(std::string_view cut, std::initializer_list<std::string_view> servers);
// NS of `apex` in the answer, with AA.
Reply ns_of(std::string_view apex, std::initializer_list<std::string_view> servers);
Reply txt_of(std::string_view name, std::initializer_list<std::string_view> values);
Reply cname_of(std::string_view name, std::string_view target);

ServerAddress server(std::string_view name, std::string_view address);
NameServer name_server(std::string_view name, std::initializer_list<std::string_view> addresses);
Lookup lookup(std::string_view name, Outcome outcome, std::initializer_list<std::string_view> path = {});

// The finding of that check. REQUIRES: there is one.
Finding finding(const Findings& findings, std::string_view id);

}  // namespace validator::doctor
