#include "dnsserver/rpc/zone_import.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "dnsserver/rpc/fields.h"
#include "dnsserver/rpc/zone_messages.h"
#include "proto/status.h"

namespace dnsserver::rpc {

namespace {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;

// Records that are read at a time: a few milliseconds.
constexpr size_t kRecordsAtOnce = 1000;

std::string place_of(const Finding& finding) {
  return finding.line == 0 ? "the file" : "line " + std::to_string(finding.line);
}

api::ZoneFinding::Severity severity_of(const Finding& finding) {
  switch (finding.severity) {
    case Severity::error: return api::ZoneFinding::ERROR;
    case Severity::warning: return api::ZoneFinding::WARNING;
    case Severity::note: return api::ZoneFinding::NOTE;
  }
  return api::ZoneFinding::SEVERITY_UNSPECIFIED;
}

base::Error mistakes(const Findings& findings) {
  base::Error error{ErrorKind::malformed, ""};
  const size_t count = count_of(findings, Severity::error);
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::error || error.suberrors.size() == kMistakesToldMax) continue;
    error.suberrors.push_back({ErrorKind::malformed, finding.text, place_of(finding)});
  }
  const base::Suberror& first = error.suberrors.front();
  error.detail = "text: " + std::to_string(count) + (count == 1 ? " mistake" : " mistakes") + "; " +
                 first.identifier + ": " + first.detail;
  return error;
}

}  // namespace

void ZoneImport::end_turn() {
  if (!has_turn_) return;
  has_turn_ = false;
  text_ = std::string();
  busy_.store(false);
}

grpc::Status ZoneImport::take(const api::ImportZoneRequest& part) {
  if (!caller_) return caller_.error();
  if (!has_turn_) {
    if (const auto begun = begin(part); !begun) return proto::to_status(begun.error());
  }
  if (part.text().size() > size_ - text_.size()) {
    end_turn();
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "text: it is longer than its size says");
  }
  text_ += part.text();
  return grpc::Status::OK;
}

Result<void> ZoneImport::begin(const api::ImportZoneRequest& first) {
  if (first.size() > kZoneFileSizeMax)
    return fail(ErrorKind::too_large, "size: a zone file has at most 256 MiB");
  if (!first.origin().empty()) {
    TRY(origin_, parse_name("origin", first.origin()));
  }
  size_ = first.size();
  dry_run_ = first.dry_run();
  has_turn_ = !busy_.exchange(true);
  if (!has_turn_) return fail(ErrorKind::unavailable, "another zone is being imported; try again");
  return {};
}

// The turn ends before the caller hears of it, so that its next call finds it free.
Task<grpc::Status> ZoneImport::run() {
  grpc::Status status = co_await finish();
  end_turn();
  co_return status;
}

Task<grpc::Status> ZoneImport::finish() {
  if (!caller_) co_return caller_.error();
  if (!has_turn_ || text_.size() < size_) {
    co_return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "text: it is shorter than its size says");
  }
  const auto done = co_await import_text();
  if (done) co_return grpc::Status::OK;
  const bool conflict = done.error().kind == ErrorKind::conflict;
  co_return conflict ? proto::to_status(done.error(), grpc::StatusCode::FAILED_PRECONDITION)
                     : proto::to_status(done.error());
}

Task<Result<void>> ZoneImport::import_text() {
  ZoneFile file = co_await read();
  const bool is_wrong = count_of(file.findings, Severity::error) > 0;
  if (is_wrong && !dry_run_) co_return tl::unexpected(mistakes(file.findings));
  tell_findings(file.findings);
  if (is_wrong) co_return Result<void>();
  response_.set_serial_of_file(file.zone.serial);
  CO_TRY(const Imported imported,
         co_await publishing_.import_zone(std::move(file.zone), std::move(file.rrsets), dry_run_, *caller_));
  tell(imported);
  if (imported.commits > 0) {
    base::log::info("dns.zone.imported", {{"credential", caller_->credential},
                                          {"apex", imported.zone.apex.text()},
                                          {"serial", imported.zone.serial},
                                          {"added", imported.counts.added},
                                          {"changed", imported.counts.changed},
                                          {"removed", imported.counts.removed}});
  }
  co_return Result<void>();
}

// Lets others in between.
Task<ZoneFile> ZoneImport::read() const {
  ZoneFileReader reader(text_, origin_);
  while (reader.read(kRecordsAtOnce)) {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
  }
  co_return std::move(reader).finish();
}

void ZoneImport::tell_findings(const Findings& findings) {
  response_.set_finding_count(findings.size());
  for (size_t i = 0; i < std::min(findings.size(), kFindingsToldMax); ++i) {
    api::ZoneFinding& told = *response_.add_findings();
    told.set_line(findings[i].line);
    told.set_severity(severity_of(findings[i]));
    told.set_text(findings[i].text);
  }
}

void ZoneImport::tell(const Imported& imported) {
  write_zone(imported.zone, *response_.mutable_zone());
  response_.set_created(!imported.serial_before);
  response_.set_serial_before(imported.serial_before.value_or(0));
  response_.set_added_count(imported.counts.added);
  response_.set_changed_count(imported.counts.changed);
  response_.set_removed_count(imported.counts.removed);
  response_.set_unchanged_count(imported.counts.unchanged);
  response_.set_commit_count(uint32_t(imported.commits));
}

}  // namespace dnsserver::rpc
