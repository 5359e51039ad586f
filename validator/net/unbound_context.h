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

// What the contexts of one process share: the event loop, which is Asio's, so that a look-up holds no thread,
// and the log, of which libunbound has one. It outlives its contexts.
//
// REQUIRES: `strand` runs one handler at a time; the library and its contexts are used on it alone.
class UnboundLibrary {
 public:
  explicit UnboundLibrary(boost::asio::any_io_executor strand);
  ~UnboundLibrary();

  UnboundLibrary(const UnboundLibrary&) = delete;
  UnboundLibrary& operator=(const UnboundLibrary&) = delete;

  // To be given to destroy(). Null: no memory.
  ub_ctx* create();
  void destroy(ub_ctx* context);

  // The last lines of the log since this was last called. libunbound says there, and nowhere else, why it
  // answers SERVFAIL, just before it does.
  std::string take_log();

 private:
  static ssize_t write_log(void* library, const char* text, size_t size);

  std::unique_ptr<ub_event_base, void (*)(ub_event_base*)> loop_;
  std::string log_text_;
  FILE* log_;
  ub_ctx* keeper_;  // asks nothing; destroying any other context loses the log, and this one sets it again
};

// What libunbound reports of one look-up.
struct UnboundReply {
  base::Bytes message;  // the answer; empty: SERVFAIL
  Security security = Security::insecure;
  std::string why;  // of SERVFAIL and bogus (see unbound_reason.h); may be empty
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
  UnboundContext(UnboundLibrary& library, ub_ctx* context) : library_(library), context_(context) {}

  base::Result<void> apply(const UnboundSettings& settings);
  static void on_reply(void* self, int rcode, void* packet, int packet_size, int security, char* why_bogus,
                       int was_ratelimited);

  UnboundLibrary& library_;
  ub_ctx* context_;
  std::function<void(UnboundReply)> done_;
};

}  // namespace validator
