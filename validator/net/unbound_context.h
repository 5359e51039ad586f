#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/name.h"
#include "validator/net/unbound_options.h"
#include "validator/resolver.h"

struct ub_ctx;
struct ub_event_base;

namespace validator {

// What the contexts of one process share: the strand on which they all run, so that a look-up holds no thread,
// and the log, of which libunbound has one. It outlives its contexts.
//
// REQUIRES: `strand` runs one handler at a time; the library and its contexts are used on it alone.
class UnboundLibrary {
 public:
  explicit UnboundLibrary(boost::asio::any_io_executor strand);
  ~UnboundLibrary();

  UnboundLibrary(const UnboundLibrary&) = delete;
  UnboundLibrary& operator=(const UnboundLibrary&) = delete;

  const boost::asio::any_io_executor& strand() const { return strand_; }

  // A context whose events are those of `loop`, which outlives it; to be given to destroy(). Null: no memory.
  ub_ctx* create(ub_event_base& loop);
  void destroy(ub_ctx* context);

  // From now on the log is appended to `text`, until the next call or until a context is destroyed. So each
  // context, which says whose text it is before it runs, has a log of its own. libunbound says there, and nowhere
  // else, which servers replied and why it answers SERVFAIL.
  void log_to(std::string& text) { log_text_ = &text; }

 private:
  static ssize_t write_log(void* library, const char* text, size_t size);

  boost::asio::any_io_executor strand_;
  std::string nobodys_text_;
  std::string* log_text_ = &nobodys_text_;
  FILE* log_;
  std::unique_ptr<ub_event_base, void (*)(ub_event_base*)> keepers_loop_;
  ub_ctx* keeper_;  // asks nothing; destroying any other context loses the log, and this one sets it again
};

// What libunbound reports of one look-up.
struct UnboundReply {
  base::Bytes message;  // the answer; empty: SERVFAIL
  Security security = Security::insecure;
  std::string why;     // of SERVFAIL and bogus (see unbound_reason.h); may be empty
  std::string server;  // that was the last to respond (see unbound_reason.h); empty: none did
};

// One libunbound context: a whole validating resolver with caches of its own, for one look-up at a time.
class UnboundContext {
 public:
  // malformed: libunbound does not take the settings; the detail says which. unavailable: no memory.
  static base::Result<std::unique_ptr<UnboundContext>> open(UnboundLibrary& library,
                                                            const UnboundSettings& settings);

  // Drops a look-up under way; its `done` is not called.
  ~UnboundContext();

  UnboundContext(const UnboundContext&) = delete;
  UnboundContext& operator=(const UnboundContext&) = delete;

  // Starts a look-up of class IN. `done` is called once, perhaps before this returns; it must not destroy the
  // context. unavailable: it could not be started, and `done` is not called. REQUIRES: none is under way.
  base::Result<void> start(const base::Name& name, uint16_t type, std::function<void(UnboundReply)> done);

 private:
  explicit UnboundContext(UnboundLibrary& library);

  base::Result<void> apply(const UnboundSettings& settings);
  static void on_reply(void* self, int rcode, void* packet, int packet_size, int security, char* why_bogus,
                       int was_ratelimited);

  std::string take_log();

  UnboundLibrary& library_;
  std::string log_;
  const std::unique_ptr<ub_event_base, void (*)(ub_event_base*)> loop_;
  ub_ctx* const context_;
  std::string question_;  // of the look-up, as the log writes it: "x.test. TXT"
  std::function<void(UnboundReply)> done_;
};

}  // namespace validator
