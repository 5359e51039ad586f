#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "base/error.h"

namespace app {

inline constexpr std::string_view kRunFile = "run.json";

// What a running server tells programs on its machine: where it listens, and what to reach it with. It lies
// in the state directory while the server is ready. Empty: there is none.
struct RunFile {
  int64_t pid = 0;
  std::string version;
  std::vector<base::Endpoint> dns;
  std::vector<base::Endpoint> dns_tls;
  std::vector<base::Endpoint> acme;
  std::vector<base::Endpoint> grpc;
  std::vector<base::Endpoint> publish;
  std::vector<base::Endpoint> metrics;
  std::vector<base::Endpoint> revocation;
  std::string acme_directory;        // the URL
  std::filesystem::path ca_file;     // PEM: signs the certificate of gRPC, unless that comes from files
  std::filesystem::path root_file;   // PEM: signs what the CA issues
  std::filesystem::path token_file;  // of the first credential that has one

  bool operator==(const RunFile&) const = default;
};

// unavailable: the file cannot be written, or read, or is none that write_run_file wrote.
base::Result<void> write_run_file(const std::filesystem::path& state, const RunFile& run);
base::Result<RunFile> read_run_file(const std::filesystem::path& state);

void remove_run_file(const std::filesystem::path& state);

}  // namespace app
