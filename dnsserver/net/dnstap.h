#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "dnsserver/net/socket.h"
#include "dnsserver/net/tap_sink.h"

namespace dnsserver::net {

struct DnstapOptions {
  // One of the two: a Unix socket that a collector listens at, or a file.
  std::filesystem::path socket;
  std::filesystem::path file;
  std::string identity;  // of this server; empty: none is told
  std::string version;
  bool responses = true;  // and not the queries alone
};

// A collector that takes nothing for so long is left, and a lost one is looked for again after the other.
inline constexpr std::chrono::milliseconds kDnstapPatience{1'000};
inline constexpr std::chrono::milliseconds kDnstapPause{5'000};

// Messages as dnstap has them, in Frame Streams (libfstrm): AUTH_QUERY and AUTH_RESPONSE, and for RFC 2136
// UPDATE_QUERY and UPDATE_RESPONSE. A response holds what it told the client, challenge values too.
//
// A stream begins with a file: one that is there is renamed to end in ".1", and takes the place of one that did.
class Dnstap final : public TapSink {
 public:
  // unavailable: the file cannot be opened; the detail names it. A collector may come and go.
  static Result<std::unique_ptr<Dnstap>> open(const DnstapOptions& options);
  ~Dnstap() override;

  bool take(const TapRecord& record) override;
  uint64_t flush() override { return 0; }
  void reopen() override;

 private:
  class Stream;

  explicit Dnstap(const DnstapOptions& options);

  bool is_connected();

  const DnstapOptions options_;
  std::unique_ptr<Stream> stream_;  // null: there is none now
  std::chrono::steady_clock::time_point next_try_;
};

// One frame of a record: its query, or its response.
std::string dnstap_frame(const TapRecord& record, bool response, const DnstapOptions& options);

}  // namespace dnsserver::net
