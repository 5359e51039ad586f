#include "validator/net/asio_prober.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <utility>

#include "base/async/serial_executor.h"
#include "base/message.h"
#include "base/random.h"
#include "validator/net/reach.h"

namespace validator {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using base::Bytes;
using base::Task;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr size_t kHeaderSize = 12;
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// What is sent, and how its answer is known.
struct Sent {
  base::Name name;  // as it was asked for
  Query query;      // with the name in the case that was sent
  uint16_t id;
  Bytes message;
};

Sent prepare(Query query) {
  const Bytes random = base::random_bytes(2 + base::kNameSizeMax / 8);
  base::Name name = query.name;
  query.name = with_mixed_case(name, random.substr(2));
  const uint16_t id = uint16_t(uint8_t(random[0]) << 8 | uint8_t(random[1]));
  Bytes message = query_message(query, id);
  return {std::move(name), std::move(query), id, std::move(message)};
}

// Closes a socket when its time is over, so that whatever it does then, or begins later, fails. It runs on the
// strand that the socket is used on.
template <class Socket>
class Deadline {
 public:
  Deadline(std::shared_ptr<Socket> socket, milliseconds timeout)
      : timer_(socket->get_executor(), timeout), over_(std::make_shared<bool>(false)) {
    timer_.async_wait([socket = std::move(socket), over = over_](error_code cancelled) {
      if (cancelled) return;
      *over = true;
      error_code ignored;
      socket->close(ignored);
    });
  }

  bool over() const { return *over_; }

 private:
  asio::steady_timer timer_;
  std::shared_ptr<bool> over_;
};

std::string seconds_text(milliseconds duration) {
  return duration % std::chrono::seconds(1) == milliseconds::zero()
             ? std::to_string(duration / std::chrono::seconds(1)) + " s"
             : std::to_string(duration.count()) + " ms";
}

Reply no_reply(Transport transport, std::string why) {
  Reply reply;
  reply.transport = transport;
  reply.why = std::move(why);
  return reply;
}

Reply failure(Transport transport, bool over, milliseconds timeout, error_code failed) {
  const std::string over_tcp = transport == Transport::tcp ? " over TCP" : "";
  if (over) return no_reply(transport, "no answer within " + seconds_text(timeout) + over_tcp);
  return no_reply(transport, failed.message() + over_tcp);
}

bool has_id(base::BytesView message, uint16_t id) {
  return message.size() >= 2 && message.substr(0, 2) == Bytes{char(id >> 8), char(id)};
}

// The message as if the name had been sent as it was asked for: what is compressed against the question would show our
// random case to people. REQUIRES: the question has the octets that were sent.
base::Result<Response> parse_in_plain_case(base::BytesView message, const base::Name& name) {
  Bytes plain(message);
  plain.replace(kHeaderSize, name.wire().size(), name.wire());
  return parse_response(plain);
}

// REQUIRES: the message has the ID that was sent.
Reply read(base::BytesView message, const Sent& sent, Transport transport) {
  auto response = parse_response(message);
  if (!response) return no_reply(transport, response.error().detail);
  const bool has_question = response->question_type != 0;
  if (has_question && (response->question != sent.query.name || response->question_type != sent.query.type)) {
    return no_reply(transport, "an answer to another question");
  }
  Reply reply;
  reply.transport = transport;
  reply.kept_case = !has_question || response->question.wire() == sent.query.name.wire();
  const bool has_octets = has_question && message.substr(kHeaderSize).starts_with(sent.query.name.wire());
  if (has_octets) response = parse_in_plain_case(message, sent.name);
  reply.response = *std::move(response);
  return reply;
}

Task<Reply> ask_udp(const base::Endpoint& server, const Sent& sent, milliseconds timeout) {
  const auto socket = std::make_shared<udp::socket>(co_await asio::this_coro::executor);
  const Deadline deadline(socket, timeout);
  const udp::endpoint peer(asio::ip::make_address(server.address), server.port);
  error_code failed;
  socket->connect(peer, failed);  // so that only the peer's datagrams and errors come in
  if (failed) co_return failure(Transport::udp, false, timeout, failed);
  socket->send(asio::buffer(sent.message), 0, failed);
  if (failed) co_return failure(Transport::udp, false, timeout, failed);
  Bytes buffer(base::kMessageSizeMax, '\0');
  for (;;) {
    const auto [error, size] = co_await socket->async_receive(asio::buffer(buffer), kAwait);
    if (error) co_return failure(Transport::udp, deadline.over(), timeout, error);
    const base::BytesView message(buffer.data(), size);
    if (has_id(message, sent.id)) co_return read(message, sent, Transport::udp);
  }
}

Task<Reply> ask_tcp(const base::Endpoint& server, const Sent& sent, milliseconds timeout) {
  const auto socket = std::make_shared<tcp::socket>(co_await asio::this_coro::executor);
  const Deadline deadline(socket, timeout);
  const tcp::endpoint peer(asio::ip::make_address(server.address), server.port);
  const auto [refused] = co_await socket->async_connect(peer, kAwait);
  if (refused) co_return failure(Transport::tcp, deadline.over(), timeout, refused);
  const size_t size = sent.message.size();
  const Bytes framed = Bytes{char(size >> 8), char(size)} + sent.message;
  const auto [unsent, sent_size] = co_await asio::async_write(*socket, asio::buffer(framed), kAwait);
  if (unsent) co_return failure(Transport::tcp, deadline.over(), timeout, unsent);
  uint8_t length[2];
  const auto [cut, length_size] = co_await asio::async_read(*socket, asio::buffer(length), kAwait);
  if (cut) co_return failure(Transport::tcp, deadline.over(), timeout, cut);
  Bytes message(size_t(length[0]) << 8 | length[1], '\0');
  const auto [short_read, read_size] = co_await asio::async_read(*socket, asio::buffer(message), kAwait);
  if (short_read) co_return failure(Transport::tcp, deadline.over(), timeout, short_read);
  if (!has_id(message, sent.id)) co_return no_reply(Transport::tcp, "an answer to another query over TCP");
  co_return read(message, sent, Transport::tcp);
}

// On a strand of its own.
Task<Reply> exchange(base::Endpoint server, Query query, Transport transport, milliseconds timeout,
                     unsigned udp_attempts) {
  const Sent sent = prepare(std::move(query));
  if (transport == Transport::tcp) co_return co_await ask_tcp(server, sent, timeout);
  Reply reply;
  for (unsigned attempt = 0; attempt < udp_attempts && !reply.answered(); ++attempt)
    reply = co_await ask_udp(server, sent, timeout);
  if (!reply.answered() || !reply.response->truncated) co_return reply;
  Reply whole = co_await ask_tcp(server, sent, timeout);
  whole.was_truncated = true;
  co_return whole;
}

}  // namespace

Task<Reply> AsioProber::ask(base::Endpoint server, Query query, Transport transport) {
  if (!is_reachable(server, options_.allow_private_addresses, options_.configured)) {
    co_return no_reply(transport, "an address that this server does not ask");
  }
  const asio::any_io_executor strand = base::serial_executor(co_await asio::this_coro::executor);
  auto work =
      exchange(std::move(server), std::move(query), transport, options_.timeout, options_.udp_attempts);
  co_return co_await asio::co_spawn(strand, std::move(work), asio::use_awaitable);
}

}  // namespace validator
