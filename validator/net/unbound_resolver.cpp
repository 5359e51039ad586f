#include "validator/net/unbound_resolver.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <optional>
#include <utility>

#include "base/async/serial_executor.h"
#include "validator/answer.h"
#include "validator/net/unbound_pool.h"

namespace validator {

namespace {

namespace asio = boost::asio;
using base::ErrorKind;
using base::Name;
using base::Result;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// One token for each look-up under way; sending waits while it is full.
using Places = asio::experimental::channel<void(error_code)>;

// What a context said, and every owner of which it now remembers an RRset on the path; of a DNAME too, from which
// libunbound answers for other names if it is signed.
struct Seen {
  Lookup lookup;
  std::vector<Name> owners;

  bool is_conclusive() const {
    const auto outcome = lookup.outcome;
    return outcome != Outcome::servfail && outcome != Outcome::timeout && lookup.security != Security::bogus;
  }
};

Seen read(UnboundReply reply, const Name& name, uint16_t type);

tl::unexpected<base::Error> closed() {
  return base::fail(ErrorKind::unavailable, "the resolver is shutting down");
}

}  // namespace

// Everything in it runs on the strand.
class UnboundResolver::State {
 public:
  State(asio::any_io_executor strand, const UnboundOptions& options, UnboundSettings settings)
      : strand_(strand),
        timeout_(options.timeout),
        library_(strand),
        pool_(library_, std::move(settings)),
        waiting_max_(options.lookups_waiting_max),
        places_(strand, std::max<size_t>(options.lookups_in_flight_max, 1)) {}

  const asio::any_io_executor& strand() const { return strand_; }

  // Makes the first context, which meets what is wrong with the settings.
  Result<void> begin() {
    TRY(auto first, pool_.take_new());
    pool_.put_back(std::move(first));
    return {};
  }

  void close() {
    closed_ = true;
    places_.cancel();
    for (auto* deadline : under_way_)
      deadline->cancel();
    pool_.clear();
  }

  // Waits for a place, then looks up.
  static base::Task<Result<Lookup>> look_up(std::shared_ptr<State> self, Name name, uint16_t type);

 private:
  // Takes a place, or waits for one.
  base::Task<Result<void>> enter();
  base::Task<Result<Lookup>> look_up_within(Name name, uint16_t type, Clock::time_point deadline);
  base::Task<Result<Seen>> ask(PooledContext& pooled, const Name& name, uint16_t type,
                               Clock::time_point deadline);
  void put_back(PooledContext pooled, const Seen& seen);

  const asio::any_io_executor strand_;
  const std::chrono::milliseconds timeout_;
  UnboundLibrary library_;
  UnboundPool pool_;
  const size_t waiting_max_;
  size_t waiting_ = 0;
  Places places_;
  std::list<asio::steady_timer*> under_way_;
  bool closed_ = false;
};

base::Task<Result<Lookup>> UnboundResolver::State::look_up(std::shared_ptr<State> self, Name name,
                                                           uint16_t type) {
  CO_CHECK(co_await self->enter());
  const auto leave = [](State* state) { state->places_.try_receive([](error_code) {}); };
  const std::unique_ptr<State, decltype(leave)> place(self.get(), leave);
  if (self->closed_) co_return closed();

  const auto start = Clock::now();
  auto lookup = co_await self->look_up_within(std::move(name), type, start + self->timeout_);
  if (lookup) lookup->took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
  co_return lookup;
}

base::Task<Result<void>> UnboundResolver::State::enter() {
  const error_code token;
  if (places_.try_send(token)) co_return Result<void>();
  if (waiting_ >= waiting_max_) {
    co_return base::fail(ErrorKind::unavailable,
                         "too many look-ups wait; " + std::to_string(waiting_max_) + " is the limit");
  }
  ++waiting_;
  error_code failed;
  co_await places_.async_send(token, asio::redirect_error(asio::use_awaitable, failed));
  --waiting_;
  if (failed) co_return closed();
  co_return Result<void>();
}

// A failure of a context that has served before may be what it remembers, and an answer that leads to a name
// it had met is: then a new one is asked, which remembers nothing.
base::Task<Result<Lookup>> UnboundResolver::State::look_up_within(Name name, uint16_t type,
                                                                  Clock::time_point deadline) {
  CO_TRY(auto pooled, pool_.take(name));
  CO_TRY(auto seen, co_await ask(pooled, name, type, deadline));
  const auto met = [&](const Name& owner) { return pooled.met.contains(owner); };
  if (!pooled.is_new() && seen.lookup.outcome != Outcome::timeout &&
      (!seen.is_conclusive() || std::ranges::any_of(seen.owners, met))) {
    put_back(std::move(pooled), seen);
    CO_TRY(pooled, pool_.take_new());
    CO_TRY(seen, co_await ask(pooled, name, type, deadline));
  }
  put_back(std::move(pooled), seen);
  co_return std::move(seen.lookup);
}

// On timeout the context is freed, and with it the look-up that it has under way.
base::Task<Result<Seen>> UnboundResolver::State::ask(PooledContext& pooled, const Name& name, uint16_t type,
                                                     Clock::time_point deadline) {
  asio::steady_timer timer(strand_, deadline);
  std::optional<UnboundReply> reply;
  CO_CHECK(pooled.context->start(name, type, [&](UnboundReply got) {
    reply = std::move(got);
    timer.cancel();
  }));
  error_code cancelled;
  if (!reply) {
    const auto here = under_way_.insert(under_way_.end(), &timer);
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    under_way_.erase(here);
  }
  if (reply) co_return read(*std::move(reply), name, type);
  pooled.context.reset();
  if (cancelled || closed_) co_return closed();
  Seen seen{{.name = name, .type = type, .path = {name}, .outcome = Outcome::timeout}, {}};
  seen.lookup.why = "no answer within " + std::to_string(timeout_.count()) + " ms";
  co_return seen;
}

// What did not end well is not kept: its caches may hold names that the path does not tell.
void UnboundResolver::State::put_back(PooledContext pooled, const Seen& seen) {
  if (closed_ || !seen.is_conclusive()) return;
  pooled.met.insert(seen.owners.begin(), seen.owners.end());
  pool_.put_back(std::move(pooled));
}

namespace {

constexpr uint8_t kNoerror = 0;
constexpr uint8_t kNxdomain = 3;

Seen read(UnboundReply reply, const Name& name, uint16_t type) {
  Seen seen{{.name = name, .type = type, .path = {name}, .security = reply.security, .why = reply.why}, {}};
  Lookup& lookup = seen.lookup;
  lookup.server = std::move(reply.server);
  if (reply.message.empty()) return seen;
  auto answer = parse_answer(reply.message);
  if (!answer) {
    lookup.why = std::move(answer).error().detail;
    return seen;
  }
  lookup.path = std::move(answer->path);
  seen.owners = std::move(answer->dnames);
  seen.owners.insert(seen.owners.end(), lookup.path.begin(), lookup.path.end());
  const bool denied = answer->rcode == kNxdomain || answer->rdata.empty();
  if (answer->rcode != kNoerror && answer->rcode != kNxdomain) {
    lookup.why = "RCODE " + std::to_string(answer->rcode);
  } else if (denied && !answer->has_soa) {
    lookup.why = "a server denies it without SOA (RFC 2308 §3): it is lame or broken";
  } else if (denied) {
    lookup.outcome = answer->rcode == kNxdomain ? Outcome::nxdomain : Outcome::nodata;
  } else {
    lookup.outcome = Outcome::noerror;
    lookup.rdata = std::move(answer->rdata);
  }
  return seen;
}

}  // namespace

UnboundResolver::UnboundResolver(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<UnboundResolver>> UnboundResolver::open(asio::any_io_executor executor,
                                                               const UnboundOptions& options) {
  TRY(auto settings, unbound_settings(options));
  auto state = std::make_shared<State>(base::serial_executor(executor), options, std::move(settings));
  CHECK(state->begin());
  return std::unique_ptr<UnboundResolver>(new UnboundResolver(std::move(state)));
}

UnboundResolver::~UnboundResolver() { close(); }

base::Task<Result<Lookup>> UnboundResolver::resolve(Name name, uint16_t type) {
  auto lookup = State::look_up(state_, std::move(name), type);
  co_return co_await asio::co_spawn(state_->strand(), std::move(lookup), asio::use_awaitable);
}

void UnboundResolver::close() {
  asio::post(state_->strand(), [state = state_] { state->close(); });
}

}  // namespace validator
