#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <functional>
#include <vector>

#include "base/endpoint.h"
#include "base/task.h"
#include "tests/support/dns_message.h"

namespace support {

// A DNS server that answers as the test tells it, over UDP and TCP on one port of one loopback address.
class DnsServer {
 public:
  // The datagrams, or the one message over TCP, that answer a question: none is silence.
  using Answers = std::function<std::vector<base::Bytes>(const Question&)>;

  // Port 0: a free one. Serves while `io` runs, until it is destroyed.
  DnsServer(boost::asio::io_context& io, Answers answers, std::string_view address = "127.0.0.1",
            uint16_t port = 0);

  base::Endpoint endpoint() const;

  // Every question so far, oldest first.
  const std::vector<Question>& questions() const { return questions_; }

  // How many of them were for this name and type.
  size_t asked(std::string_view name, uint16_t type) const;

  // From now on connections over TCP are refused.
  void close_tcp() { acceptor_.close(); }

 private:
  base::Task<> serve_udp();
  base::Task<> serve_tcp();
  base::Task<> serve_connection(boost::asio::ip::tcp::socket socket);
  std::vector<base::Bytes> answers_to(base::Bytes query, bool tcp);

  Answers answers_;
  boost::asio::ip::udp::socket udp_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<Question> questions_;
};

}  // namespace support
