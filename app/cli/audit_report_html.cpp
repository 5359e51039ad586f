#include <algorithm>
#include <functional>
#include <map>
#include <string_view>
#include <utility>

#include "acmecore/http/page.h"
#include "app/cli/audit_report_text.h"
#include "app/cli/svg_plot.h"

namespace app {

using acmecore::http::html;
using base::Time;

namespace {

// Of a plot over time; of one by kind.
constexpr int kColumnsMax = 62;
constexpr size_t kBarsMax = 8;

// Of one certificate, before the others are folded away.
constexpr size_t kNamesShown = 5;
constexpr size_t kProofsShown = 3;

constexpr std::string_view kStyle = R"(
:root { --ink: #1d2733; --soft: #5b6875; --line: #dfe4ea; --fill: #f5f7f9; --accent: #2563a8; --good: #1c7c4a;
  --bad: #b3261e; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1120px; padding: 32px 28px 64px; color: var(--ink);
  font: 14px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 17px; margin: 40px 0 4px; padding-top: 12px; border-top: 1px solid var(--line); }
h3 { font-size: 13px; margin: 0 0 8px; color: var(--soft); font-weight: 600; }
p { margin: 4px 0 12px; color: var(--soft); }
code, .mono { font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
.chain { margin: 16px 0 24px; padding: 10px 14px; border-left: 4px solid var(--good); background: var(--fill);
  overflow-wrap: anywhere; }
.chain.bad { border-color: var(--bad); color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0 0 24px; }
.tile { border: 1px solid var(--line); border-radius: 6px; padding: 12px 14px; }
.tile b { display: block; font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(420px, 1fr)); gap: 20px 28px; }
.plot { border: 1px solid var(--line); border-radius: 6px; padding: 14px 16px 8px; }
svg { width: 100%; height: auto; display: block; }
.bar { fill: var(--accent); } .grid { stroke: var(--line); } .label { fill: var(--soft); font-size: 12px; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; font-size: 13px; }
th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); }
th, td { padding: 6px 10px 6px 0; vertical-align: top; }
td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; } .count { text-align: right; padding-right: 0; }
.seen { font-size: 12px; color: var(--soft); } td div + div, details { margin-top: 4px; }
summary { color: var(--accent); cursor: pointer; }
.warn { color: var(--bad); } .fine { color: var(--good); } .soft { color: var(--soft); }
@media print { body { max-width: none; padding: 0; } .plot, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; } }
)";

// "2026-11-23 04:30:00", in UTC.
std::string shown(Time time) {
  std::string text = base::rfc3339(std::chrono::floor<std::chrono::seconds>(time));
  text[text.find('T')] = ' ';
  text.pop_back();
  return text;
}

std::string day(Time time) { return base::rfc3339(time).substr(0, 10); }

std::string cell(const std::string& content, const std::string& style = "") {
  return (style.empty() ? "<td>" : "<td class=\"" + style + "\">") + content + "</td>";
}

std::string tile(uint64_t number, const std::string& what) {
  return "<div class=\"tile\"><b>" + std::to_string(number) + "</b><span>" + html(what) + "</span></div>\n";
}

std::string plot(const std::string& title, const std::string& svg) {
  return "<div class=\"plot\"><h3>" + html(title) + "</h3>\n" + svg + "</div>\n";
}

// Of a table; all of its columns have 100 together, whatever stands in them.
struct Column {
  std::string title;
  int percent;
  std::string style = {};
};

// A table of at most kReportRowsMax of these, or `none` where there are none of them.
template <class Row>
std::string table(const std::vector<Column>& columns, const std::vector<Row>& rows,
                  const std::function<std::string(const Row&)>& cells, const std::string& none) {
  if (rows.empty()) return "<p>" + html(none) + "</p>\n";
  std::string text = "<table><tr>";
  for (const Column& column : columns) {
    text += "<th style=\"width: " + std::to_string(column.percent) + "%\"" +
            (column.style.empty() ? "" : " class=\"" + column.style + "\"") + ">" + html(column.title) +
            "</th>";
  }
  text += "</tr>\n";
  for (size_t i = 0; i < rows.size() && i < kReportRowsMax; ++i)
    text += "<tr>" + cells(rows[i]) + "</tr>\n";
  text += "</table>\n";
  if (rows.size() <= kReportRowsMax) return text;
  return text + "<p>And " + std::to_string(rows.size() - kReportRowsMax) +
         " others, which the report as CSV has.</p>\n";
}

// How many there were in each part of the period: days, or so many days that there are no more than kColumnsMax.
class Timeline {
 public:
  explicit Timeline(const ReportPeriod& period)
      : begin_(std::chrono::floor<std::chrono::days>(period.since)) {
    const auto days = std::chrono::ceil<std::chrono::days>(period.until - Time(begin_)).count();
    days_each_ = std::max<int64_t>(1, (days + kColumnsMax - 1) / kColumnsMax);
    counts_.resize(size_t(std::max<int64_t>(1, (days + days_each_ - 1) / days_each_)));
  }

  void add(Time time, uint64_t count) {
    const auto days = std::chrono::floor<std::chrono::days>(time - Time(begin_)).count();
    const auto at = std::clamp<int64_t>(days / days_each_, 0, int64_t(counts_.size()) - 1);
    counts_[size_t(at)] += count;
  }

  std::vector<PlotBar> columns() const {
    std::vector<PlotBar> columns;
    for (size_t i = 0; i < counts_.size(); ++i) {
      const Time from = begin_ + std::chrono::days(int64_t(i) * days_each_);
      columns.push_back({day(from).substr(5), counts_[i]});
    }
    return columns;
  }

  std::string each() const {
    return days_each_ == 1 ? "a day" : "in " + std::to_string(days_each_) + " days";
  }

 private:
  std::chrono::sys_days begin_;
  int64_t days_each_ = 1;
  std::vector<uint64_t> counts_;
};

// The greatest first; what is behind kBarsMax is one.
std::vector<PlotBar> ranked(const std::map<std::string, uint64_t>& counts) {
  std::vector<PlotBar> bars;
  for (const auto& [name, count] : counts)
    bars.push_back({name, count});
  std::ranges::stable_sort(bars, std::greater(), &PlotBar::value);
  if (bars.size() <= kBarsMax) return bars;
  PlotBar others{"others", 0};
  for (size_t i = kBarsMax - 1; i < bars.size(); ++i)
    others.value += bars[i].value;
  bars.resize(kBarsMax - 1);
  bars.push_back(others);
  return bars;
}

std::string plots(const AuditReport& report) {
  Timeline issued(report.period());
  Timeline refused(report.period());
  std::map<std::string, uint64_t> by_account;
  std::map<std::string, uint64_t> by_problem;
  for (const ReportedCertificate& certificate : report.issued()) {
    issued.add(certificate.issued, 1);
    ++by_account[certificate.account.empty() ? "this server" : certificate.account];
  }
  for (const ReportedEvent& refusal : report.refused()) {
    refused.add(refusal.time, refusal.count);
    by_problem[refusal.kind + (refusal.problem.empty() ? "" : ": " + refusal.problem)] += refusal.count;
  }
  std::string text = "<div class=\"plots\">\n";
  text += plot("Certificates issued " + issued.each(), column_plot("Certificates issued", issued.columns()));
  text += plot("Requests refused " + refused.each(), column_plot("Requests refused", refused.columns()));
  if (!by_account.empty())
    text += plot("Certificates by account", bar_plot("Certificates by account", ranked(by_account)));
  if (!by_problem.empty())
    text += plot("Refusals by reason", bar_plot("Refusals by reason", ranked(by_problem)));
  return text + "</div>\n";
}

// The `first` ones of these, and the others where a reader unfolds them.
std::string folded(const std::vector<std::string>& parts, size_t first) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i == first)
      text += "<details><summary>and " + std::to_string(parts.size() - first) + " more</summary>";
    text += parts[i];
  }
  return text + (parts.size() > first ? "</details>" : "");
}

// Names with a space between them (or other words), and a serial number.
std::string names_and_serial(const std::string& names, const std::string& serial) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin < names.size();) {
    const size_t end = std::min(names.find(' ', begin), names.size());
    parts.push_back(html(names.substr(begin, end - begin)) + " ");
    begin = end + 1;
  }
  return folded(parts, kNamesShown) +
         (serial.empty() ? "" : "<div class=\"mono soft\">" + html(serial) + "</div>");
}

std::string proof_cell(const ReportedCertificate& certificate) {
  if (certificate.account.empty()) return cell("<span class=\"soft\">for this server's own listeners</span>");
  std::vector<std::string> proofs;
  for (const ReportedProof& proof : certificate.proofs) {
    proofs.push_back("<div>" + html(proof.names) + " by " + html(proof.method) + ", " + shown(proof.time) +
                     "<br><span class=\"seen\">" + html(proof.seen) + "</span></div>");
  }
  return cell(proofs.empty() ? "<span class=\"warn\">its validation is older than the log</span>"
                             : folded(proofs, kProofsShown));
}

std::string issued_cells(const ReportedCertificate& certificate) {
  std::string state = certificate.not_after ? "until " + shown(*certificate.not_after) : "";
  if (!certificate.revoked.empty())
    state += "<br><span class=\"warn\">revoked " + html(certificate.revoked) + "</span>";
  std::string by = html(certificate.asked_by);
  if (!certificate.approved_by.empty()) by += "<br>approved by " + html(certificate.approved_by);
  if (!certificate.profile.empty())
    state += "<br><span class=\"soft\">profile " + html(certificate.profile) + "</span>";
  return cell(shown(certificate.issued), "time") +
         cell(names_and_serial(certificate.names, certificate.serial)) + cell(by) + proof_cell(certificate) +
         cell(state);
}

std::string event_cells(const ReportedEvent& event) {
  std::string why = html(event.reason);
  if (!event.problem.empty()) why = "<b>" + html(event.problem) + "</b> " + why;
  return cell(shown(event.time), "time") + cell(html(event.kind)) +
         cell(names_and_serial(event.about, event.serial)) + cell(html(event.by)) + cell(why) +
         cell(std::to_string(event.count), "count");
}

std::string expiring_cells(const ExpiringCertificate& certificate) {
  return cell(shown(certificate.not_after), "time") +
         cell(names_and_serial(certificate.names, certificate.serial)) + cell(html(certificate.account)) +
         cell(certificate.renewed ? "<span class=\"fine\">renewed</span>"
                                  : "<span class=\"warn\">not renewed</span>");
}

std::string section(const std::string& title, const std::string& what, const std::string& content) {
  return "<h2>" + html(title) + "</h2>\n<p>" + html(what) + "</p>\n" + content;
}

std::string sections(const AuditReport& report) {
  const std::vector<Column> issued = {
      {"time (UTC)", 14}, {"names", 25}, {"asked by", 14}, {"proof", 32}, {"valid", 15}};
  const std::vector<Column> events = {{"time (UTC)", 14}, {"what", 15}, {"about", 25},
                                      {"by", 16},         {"why", 25},  {"times", 5, "count"}};
  const std::vector<Column> expiring = {{"ends (UTC)", 14}, {"names", 44}, {"account", 28}, {"", 14}};
  std::string text;
  text += section(
      "Issued", "Every certificate, who asked for it, and the proof that it rests on.",
      table<ReportedCertificate>(issued, report.issued(), issued_cells, "No certificate was issued."));
  text += section("Revoked", "Certificates that were revoked, and keys that are never certified again.",
                  table<ReportedEvent>(events, report.revoked(), event_cells, "Nothing was revoked."));
  text += section(
      "Refused",
      "Requests that were refused, and validations that failed. Those that are alike are told together.",
      table<ReportedEvent>(events, report.refused(), event_cells, "Nothing was refused."));
  text += section("Operators", "What operators did, and what the server was started with.",
                  table<ReportedEvent>(events, report.operators(), event_cells, "No operator did anything."));
  text += section("About to expire",
                  "Certificates that are not revoked and end before " +
                      shown(report.period().until + report.period().expiring) + ".",
                  table<ExpiringCertificate>(expiring, report.expiring(), expiring_cells, "None is."));
  return text;
}

}  // namespace

std::string html_report(const AuditReport& report, const ReportSource& source) {
  const std::string period = shown(report.period().since) + " to " + shown(report.period().until) + " UTC";
  const auto expiring = report.expiring();
  const auto unrenewed = std::ranges::count(expiring, false, &ExpiringCertificate::renewed);
  std::string text =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Audit report, " +
      period + "</title>\n<style>" + std::string(kStyle) +
      "</style>\n</head>\n<body>\n<h1>Audit report</h1>\n<p>" + period + ". Made " + shown(source.made) +
      " UTC";
  if (!source.server.empty()) text += " from " + html(source.server);
  text += ".</p>\n<div class=\"chain" + std::string(source.is_intact ? "" : " bad") + "\">" +
          html(source.chain) + "</div>\n<div class=\"tiles\">\n";
  text += tile(report.issued().size(), "certificates issued");
  text += tile(report.revoked().size(), "revocations and blocked keys");
  text += tile(report.refusals(), "refused requests and failed validations");
  text += tile(report.operators().size(), "acts of operators");
  text += tile(uint64_t(unrenewed), "about to expire and not renewed");
  return text + "</div>\n" + plots(report) + sections(report) + "</body>\n</html>\n";
}

}  // namespace app
