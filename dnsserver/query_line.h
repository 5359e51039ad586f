#pragma once

#include <string>

#include "dnsserver/tap_record.h"

namespace dnsserver {

enum class QueryLineFormat { text, json };

// One line of the query log, without its line feed: when, who asked for which name and type over which transport, and
// the RCODE, size and flags of what was answered. No octet of RDATA: challenge values are in no log.
//
//   2026-11-27T02:14:45.123Z 192.0.2.1#40000 udp www.corp.test. TXT NOERROR 61 aa
//   {"time":"…","client":"192.0.2.1","port":40000,"transport":"udp","name":"www.corp.test.","type":"TXT", …}
//
// The name is as it was asked, in presentation form; "-" is what there is not.
std::string query_line(const TapRecord& record, QueryLineFormat format);

}  // namespace dnsserver
