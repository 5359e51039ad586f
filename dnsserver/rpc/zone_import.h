#pragma once

#include <atomic>
#include <string>
#include <tl/expected.hpp>

#include "assay/v1/zone.pb.h"
#include "base/task.h"
#include "dnsserver/act.h"
#include "dnsserver/publishing.h"
#include "dnsserver/zone_file.h"
#include "proto/callers.h"

namespace dnsserver::rpc {

// Findings that an answer tells, and mistakes that a refusal tells.
inline constexpr size_t kFindingsToldMax = 1000;
inline constexpr size_t kMistakesToldMax = 20;

// One call of ImportZone. Takes the file in parts and imports it. One at a time: `busy` is set while this one has
// the turn. What it refers to outlives it.
class ZoneImport {
 public:
  using Caller = tl::expected<Administrator, grpc::Status>;

  ZoneImport(Publishing& publishing, Caller caller, std::atomic<bool>& busy,
             assay::v1::ImportZoneResponse& response)
      : publishing_(publishing), caller_(std::move(caller)), busy_(busy), response_(response) {}
  ~ZoneImport() { end_turn(); }
  ZoneImport(const ZoneImport&) = delete;
  ZoneImport& operator=(const ZoneImport&) = delete;

  // Takes one part. A status that is not OK ends the call.
  grpc::Status take(const assay::v1::ImportZoneRequest& part);
  // REQUIRES: all parts were taken, and it runs on a strand.
  Task<grpc::Status> run();

 private:
  Result<void> begin(const assay::v1::ImportZoneRequest& first);
  void end_turn();
  Task<grpc::Status> finish();
  Task<Result<void>> import_text();
  Task<ZoneFile> read() const;
  void tell_findings(const Findings& findings);
  void tell(const Imported& imported);

  Publishing& publishing_;
  const Caller caller_;
  std::atomic<bool>& busy_;
  assay::v1::ImportZoneResponse& response_;
  bool has_turn_ = false;
  size_t size_ = 0;  // that the text is to have
  std::optional<Name> origin_;
  bool dry_run_ = false;
  std::string text_;
};

}  // namespace dnsserver::rpc
