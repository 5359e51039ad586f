#include "validator/net/unbound_context.h"

#include <sys/time.h>
#include <unbound-event.h>
#include <unbound.h>

#include <cassert>
#include <utility>

#include "validator/net/asio_event.h"
#include "validator/net/unbound_reason.h"
#include "validator/response.h"

namespace validator {

namespace {

using base::ErrorKind;
using base::Result;

// Of the log. A line is shorter than libunbound's MAXSYSLOGMSGLEN, 10,240.
constexpr size_t kLogKept = 16384;

using UnboundHandler = void (*)(int descriptor, short bits, void* argument);

// Whose events they are: what its handlers make libunbound write to the log is `log`'s.
struct Loop : ub_event_base {
  Loop(UnboundLibrary& library, std::string& log);

  UnboundLibrary& library;
  std::string& log;
};

// libunbound's view of an AsioEvent.
struct Event : ub_event, AsioEvent {
  Event(Loop& loop, int fd, short bits, UnboundHandler function, void* argument);

  void set(short bits, bool on) {
    if (bits & UB_EV_READ) read = on;
    if (bits & UB_EV_WRITE) write = on;
    if (bits & UB_EV_PERSIST) persistent = on;
  }

  UnboundHandler function = nullptr;
  void* argument = nullptr;
};

Event& own(ub_event* event) { return *static_cast<Event*>(event); }

int start(ub_event* event, timeval* timeout) {
  if (timeout == nullptr) return own(event).start(std::nullopt) ? 0 : -1;
  const auto after = std::chrono::seconds(timeout->tv_sec) + std::chrono::microseconds(timeout->tv_usec);
  return own(event).start(after) ? 0 : -1;
}

int stop(ub_event* event) {
  own(event).stop();
  return 0;
}

int start_timer(ub_event* event, ub_event_base*, UnboundHandler function, void* argument, timeval* timeout) {
  own(event).function = function;
  own(event).argument = argument;
  return start(event, timeout);
}

ub_event* create_event(ub_event_base* loop, int fd, short bits, UnboundHandler function, void* argument) {
  return new Event(*static_cast<Loop*>(loop), fd, bits, function, argument);
}

// Signals, Windows' events, dispatch, loopexit and free of a loop are not called by libunbound
// (unbound-event.h), but none may be null.
ub_event_vmt event_methods = {
    .add_bits = [](ub_event* event, short bits) { own(event).set(bits, true); },
    .del_bits = [](ub_event* event, short bits) { own(event).set(bits, false); },
    .set_fd = [](ub_event* event, int fd) { own(event).descriptor = fd; },
    .free = [](ub_event* event) { delete &own(event); },
    .add = start,
    .del = stop,
    .add_timer = start_timer,
    .del_timer = stop,
    .add_signal = [](ub_event*, timeval*) { return -1; },
    .del_signal = [](ub_event*) { return -1; },
    .winsock_unregister_wsaevent = [](ub_event*) {},
    .winsock_tcp_wouldblock = [](ub_event*, int) {},
};

ub_event_base_vmt loop_methods = {
    .free = [](ub_event_base*) {},
    .dispatch = [](ub_event_base*) { return -1; },
    .loopexit = [](ub_event_base*, timeval*) { return -1; },
    .new_event = create_event,
    .new_signal = [](ub_event_base*, int, UnboundHandler, void*) -> ub_event* { return nullptr; },
    .winsock_register_wsaevent = [](ub_event_base*, void*, UnboundHandler, void*) -> ub_event* {
      return nullptr;
    },
};

Event::Event(Loop& loop, int fd, short bits, UnboundHandler function, void* argument)
    : ub_event{UB_EVENT_MAGIC, &event_methods},
      AsioEvent(loop.library.strand()),
      function(function),
      argument(argument) {
  descriptor = fd;
  set(bits, true);
  handler = [this, &loop](Due due) {
    loop.library.log_to(loop.log);
    const short bit = due == Due::read ? UB_EV_READ : due == Due::write ? UB_EV_WRITE : UB_EV_TIMEOUT;
    this->function(descriptor, bit, this->argument);
  };
}

Loop::Loop(UnboundLibrary& library, std::string& log)
    : ub_event_base{UB_EVENT_MAGIC, &loop_methods}, library(library), log(log) {}

std::unique_ptr<ub_event_base, void (*)(ub_event_base*)> make_loop(UnboundLibrary& library,
                                                                   std::string& log) {
  return {new Loop(library, log), [](ub_event_base* loop) { delete static_cast<Loop*>(loop); }};
}

}  // namespace

UnboundLibrary::UnboundLibrary(boost::asio::any_io_executor strand)
    : strand_(std::move(strand)),
      log_(fopencookie(this, "w", {.read = nullptr, .write = write_log, .seek = nullptr, .close = nullptr})),
      keepers_loop_(make_loop(*this, nobodys_text_)),
      keeper_(create(*keepers_loop_)) {
  assert(log_ != nullptr && keeper_ != nullptr);
  std::setvbuf(log_, nullptr, _IONBF, 0);  // what one context says is written before another says something
}

UnboundLibrary::~UnboundLibrary() {
  ub_ctx_delete(keeper_);
  std::fclose(log_);
}

ub_ctx* UnboundLibrary::create(ub_event_base& loop) {
  ub_ctx* context = ub_ctx_create_ub_event(&loop);
  if (context != nullptr) ub_ctx_debugout(context, log_);
  return context;
}

void UnboundLibrary::destroy(ub_ctx* context) {
  ub_ctx_delete(context);
  ub_ctx_debugout(keeper_, log_);
  log_to(nobodys_text_);
}

ssize_t UnboundLibrary::write_log(void* library, const char* text, size_t size) {
  std::string& kept = *static_cast<UnboundLibrary*>(library)->log_text_;
  kept.append(text, size);
  if (kept.size() > kLogKept) kept.erase(0, kept.size() - kLogKept);
  return ssize_t(size);
}

Result<std::unique_ptr<UnboundContext>> UnboundContext::open(UnboundLibrary& library,
                                                             const UnboundSettings& settings) {
  std::unique_ptr<UnboundContext> context(new UnboundContext(library));
  if (context->context_ == nullptr) return base::fail(ErrorKind::unavailable, "no memory for a resolver");
  CHECK(context->apply(settings));
  return context;
}

UnboundContext::UnboundContext(UnboundLibrary& library)
    : library_(library), loop_(make_loop(library, log_)), context_(library.create(*loop_)) {}

UnboundContext::~UnboundContext() {
  done_ = nullptr;  // libunbound calls back for what it drops
  if (context_ != nullptr) library_.destroy(context_);
}

std::string UnboundContext::take_log() { return std::exchange(log_, {}); }

Result<void> UnboundContext::apply(const UnboundSettings& settings) {
  const auto refused = [&](const std::string& what, int error) {
    const auto complaint = first_error(take_log());
    return base::fail(ErrorKind::malformed, "libunbound refuses " + what + ": " + ub_strerror(error) +
                                                (complaint.empty() ? "" : ", it says " + complaint));
  };
  library_.log_to(log_);
  for (const auto& [name, value] : settings.options) {
    if (int error = ub_ctx_set_option(context_, name.c_str(), value.c_str()))
      return refused(name + " " + value, error);
  }
  for (const auto& [apex, address] : settings.stubs) {
    if (int error = ub_ctx_set_stub(context_, apex.c_str(), address.c_str(), 0)) {
      return refused("stub zone " + apex + " at " + address, error);
    }
  }
  for (const auto& anchor : settings.trust_anchors) {
    if (int error = ub_ctx_add_ta(context_, anchor.c_str())) return refused("trust anchor " + anchor, error);
  }
  // Names that libunbound would answer itself, though a private network may well use them (RFC 6761 §6.2,
  // RFC 8375 §4). The first of these calls makes the settings final, so it meets every other mistake in them.
  for (const char* local : {"test.", "home.arpa."}) {
    if (int error = ub_ctx_zone_remove(context_, local)) return refused("the settings", error);
  }
  return {};
}

Result<void> UnboundContext::start(const base::Name& name, uint16_t type,
                                   std::function<void(UnboundReply)> done) {
  assert(!done_);
  constexpr int kIn = 1;
  done_ = std::move(done);
  question_ = name.text() + " " + type_text(type);
  log_.clear();
  library_.log_to(log_);
  const int error = ub_resolve_event(context_, name.text().c_str(), type, kIn, this, on_reply, nullptr);
  if (error == 0) return {};
  done_ = nullptr;
  return base::fail(ErrorKind::unavailable, std::string("libunbound cannot ask: ") + ub_strerror(error));
}

void UnboundContext::on_reply(void* self, int rcode, void* packet, int packet_size, int security,
                              char* why_bogus, int /*was_ratelimited: no limit is set*/) {
  auto& context = *static_cast<UnboundContext*>(self);
  const std::string log = context.take_log();
  if (!context.done_) return;
  UnboundReply reply;
  reply.server = last_server(log, context.question_);
  if (rcode != 0 || packet == nullptr) {
    reply.why = servfail_reason(log);
  } else {
    reply.message.assign(static_cast<const char*>(packet), size_t(packet_size));
    reply.security = security == 2 ? Security::secure : security == 1 ? Security::bogus : Security::insecure;
    if (why_bogus != nullptr) reply.why = bogus_reason(why_bogus);
  }
  std::exchange(context.done_, nullptr)(std::move(reply));
}

}  // namespace validator
