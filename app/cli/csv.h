#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace app {

// One record of a CSV file (RFC 4180) with its CRLF. A field that a spreadsheet would take for a formula gets an
// apostrophe in front, which it does not show.
std::string csv_record(const std::vector<std::string>& fields);

}  // namespace app
