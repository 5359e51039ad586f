#include "tests/support/dns_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>

namespace support {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using base::Bytes;
using boost::system::error_code;

// A test that answers nonsense is to be noticed.
void rethrow(std::exception_ptr thrown) {
  if (thrown) std::rethrow_exception(thrown);
}

// A UDP and a TCP socket on one port: the kernel chooses for one, and the other may find it taken.
std::pair<udp::socket, tcp::acceptor> sockets(asio::io_context& io, std::string_view text, uint16_t port) {
  const auto address = asio::ip::make_address(text);
  while (true) {
    udp::socket datagrams(io, udp::endpoint(address, port));
    tcp::acceptor acceptor(io, tcp::v4());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    error_code taken;
    acceptor.bind({address, datagrams.local_endpoint().port()}, taken);
    if (taken && port == 0) continue;
    acceptor.listen();
    return {std::move(datagrams), std::move(acceptor)};
  }
}

}  // namespace

DnsServer::DnsServer(asio::io_context& io, Answers answers, std::string_view address, uint16_t port)
    : answers_(std::move(answers)), udp_(io), acceptor_(io) {
  std::tie(udp_, acceptor_) = sockets(io, address, port);
  asio::co_spawn(io, serve_udp(), rethrow);
  asio::co_spawn(io, serve_tcp(), rethrow);
}

base::Endpoint DnsServer::endpoint() const {
  const auto local = udp_.local_endpoint();
  return {local.address().to_string(), local.port()};
}

size_t DnsServer::asked(std::string_view owner, uint16_t type) const {
  size_t count = 0;
  for (const auto& question : questions_)
    count += question.name == name(owner) && question.type == type;
  return count;
}

std::vector<Bytes> DnsServer::answers_to(Bytes query, bool tcp) {
  questions_.push_back(parse_question(std::move(query), tcp));
  return answers_(questions_.back());
}

base::Task<> DnsServer::serve_udp() {
  Bytes buffer(4096, '\0');
  udp::endpoint from;
  error_code failed;
  while (true) {
    const size_t size = co_await udp_.async_receive_from(asio::buffer(buffer), from,
                                                         asio::redirect_error(asio::use_awaitable, failed));
    if (failed == asio::error::operation_aborted) co_return;
    if (failed) continue;
    for (const Bytes& answer : answers_to(buffer.substr(0, size), false))
      udp_.send_to(asio::buffer(answer), from, 0, failed);
  }
}

base::Task<> DnsServer::serve_tcp() {
  error_code failed;
  while (true) {
    auto socket = co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return;
    asio::co_spawn(acceptor_.get_executor(), serve_connection(std::move(socket)), rethrow);
  }
}

base::Task<> DnsServer::serve_connection(tcp::socket socket) {
  error_code failed;
  while (true) {
    uint8_t length[2];
    co_await asio::async_read(socket, asio::buffer(length),
                              asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return;
    Bytes query(size_t(length[0]) << 8 | length[1], '\0');
    co_await asio::async_read(socket, asio::buffer(query), asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return;
    for (const Bytes& answer : answers_to(std::move(query), true)) {
      const Bytes framed = Bytes{char(answer.size() >> 8), char(answer.size())} + answer;
      co_await asio::async_write(socket, asio::buffer(framed),
                                 asio::redirect_error(asio::use_awaitable, failed));
    }
  }
}

}  // namespace support
