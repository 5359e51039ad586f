#pragma once

#include <string>

#include "app/cli/audit_report.h"
#include "base/time.h"

namespace app {

// What a report says of the log that it was made from.
struct ReportSource {
  base::Time made;
  std::string server;  // "localhost:8444"; empty: it is not known
  std::string chain;   // a sentence: which entries were verified, and what was found
  bool is_intact = false;
};

// A page for people, whole in itself: nothing is loaded or run. Long tables end after kReportRowsMax with a line that
// says so.
inline constexpr size_t kReportRowsMax = 1000;
std::string html_report(const AuditReport& report, const ReportSource& source);

// All rows of all tables as CSV (RFC 4180); the first column says which table.
std::string csv_report(const AuditReport& report);

}  // namespace app
