#pragma once

#include <atomic>

#include "base/task.h"
#include "dnsserver/door.h"
#include "dnsserver/replays.h"
#include "dnsserver/tsig_check.h"
#include "dnsserver/updates.h"

namespace dnsserver {

// Signed UPDATEs that are being carried out or wait. Each holds what its message said.
inline constexpr size_t kUpdatesUnderWayMax = 4096;

// Refused signatures that the log shows in one second: anybody can send more.
inline constexpr unsigned kRefusalsLoggedMax = 10;

// The door that verifies signatures (RFC 8945) and has UPDATEs carried out.
//
// Signatures are verified on the worker that received the message, so that only who holds a key can fill what is
// waited for. If that is full, an UPDATE over UDP gets no response, as its client sends it again, and one over TCP
// SERVFAIL.
//
// An UPDATE without a signature is REFUSED, wherever it comes from (RFC 3007 §1). Queries that are signed are
// answered like others, and signed: nsupdate and knsupdate take no other answer.
class UpdateDoor final : public Door {
 public:
  using Executor = base::Task<>::executor_type;

  // All arguments outlive the door; the door outlives what runs on the executor.
  UpdateDoor(Updates& updates, const TsigKeys& keys, const TsigOptions& options, const base::Clock& clock,
             Executor executor);

  std::optional<Bytes> take(BytesView message, const Arrival& arrival, Responder& responder,
                            LateReply later) override;

  // Takes no more UPDATEs: SERVFAIL. For any thread.
  void close() { closed_ = true; }

 private:
  struct Request;  // what is known of a message while it is answered

  Bytes answer_query(const Request& request, Responder& responder);
  Bytes answer_at_once(BytesView query, const Arrival& arrival, Responder& responder) const;
  std::optional<Bytes> take_update(Request request, LateReply later);
  std::optional<Bytes> begin(Request request, UpdateMessage update, LateReply later);
  base::Task<> carry_out(Request request, UpdateMessage update, LateReply later);
  Bytes signed_reply(const Request& request, const Refusal& outcome) const;
  void log_refused(const Request& request);

  Updates& updates_;
  const TsigKeys& keys_;
  const TsigOptions options_;
  const base::Clock& clock_;
  const Executor executor_;
  Replays replays_;
  std::atomic<size_t> under_way_ = 0;
  std::atomic<bool> closed_ = false;
  std::atomic<int64_t> logged_second_ = 0;
  std::atomic<unsigned> logged_ = 0;  // refused signatures in that second
};

}  // namespace dnsserver
