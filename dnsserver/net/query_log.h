#pragma once

#include <filesystem>
#include <memory>

#include "dnsserver/net/socket.h"
#include "dnsserver/net/tap_sink.h"
#include "dnsserver/query_line.h"

namespace dnsserver::net {

struct QueryLogOptions {
  std::filesystem::path file;
  QueryLineFormat format = QueryLineFormat::json;
};

// One line a query (dnsserver/query_line.h) at the end of a file.
class QueryLog final : public TapSink {
 public:
  // unavailable: the file cannot be opened for writing; the detail names it.
  static Result<std::unique_ptr<QueryLog>> open(const QueryLogOptions& options);

  bool take(const TapRecord& record) override;
  uint64_t flush() override;
  // The old file stays where the new one cannot be opened.
  void reopen() override;

 private:
  QueryLog(const QueryLogOptions& options, FileDescriptor file) : options_(options), file_(std::move(file)) {}

  const QueryLogOptions options_;
  FileDescriptor file_;
  std::string lines_;
  uint64_t line_count_ = 0;
};

}  // namespace dnsserver::net
