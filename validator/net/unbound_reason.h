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

// The first error in the log: what libunbound has against its settings. Empty if there is none.
std::string first_error(std::string_view log);

}  // namespace validator
