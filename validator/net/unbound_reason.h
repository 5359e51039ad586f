#pragma once

#include <string>
#include <string_view>

namespace validator {

// Octets of libunbound's explanations that are kept. They quote names, which strangers choose.
inline constexpr size_t kWhySizeMax = 500;

// Why a look-up ended with SERVFAIL, of the last line in libunbound's log that says so, which is written just
// before its callback: "[time] libunbound[pid:0] error: SERVFAIL <x. TXT IN>: all servers failed" is "all servers
// failed". Empty if no line does. Like the other two: printable ASCII, at most kWhySizeMax.
std::string servfail_reason(std::string_view log);

// Why an answer is bogus, of libunbound's own words: "validation failure <x. TXT IN>: signature expired" is
// "signature expired".
std::string bogus_reason(std::string_view why_bogus);

// The server that was the last to respond to `question` ("x.test. TXT"), with the zone that it was asked as a server
// of: "info: response for x.test. TXT IN", then "info: reply from <test.> 192.0.2.1#53" is "192.0.2.1#53 (test.)".
// Empty if none did.
std::string last_server(std::string_view log, std::string_view question);

// The first error in the log: what libunbound has against its settings. Empty if there is none.
std::string first_error(std::string_view log);

}  // namespace validator
