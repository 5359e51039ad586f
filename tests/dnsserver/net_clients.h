#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/endpoint.h"
#include "dnsserver/net/socket.h"

namespace dnsserver::net {

using base::Bytes;
using base::BytesView;

// Peers of a server, for tests. What takes longer than this stops the test program: it would never come.
inline constexpr int kPatienceMs = 20'000;

class UdpClient {
 public:
  // `from`: an IPv4 address of this host; empty: the kernel's choice.
  explicit UdpClient(const Endpoint& server, const std::string& from = {});
  void send(BytesView octets);
  Bytes receive();

 private:
  FileDescriptor socket_;
};

class TcpClient {
 public:
  // `receive_buffer`: octets that the kernel keeps for a client that does not read; 0: its default.
  explicit TcpClient(const Endpoint& server, int receive_buffer = 0, const std::string& from = {});

  void send(BytesView octets);
  // The length and the message.
  void send_message(BytesView message);
  void close_sending();
  int fd() const { return socket_.get(); }
  // What is there, or comes first; empty: the server has closed.
  Bytes receive_octets();
  // One message without its length; empty: the server has closed.
  Bytes receive_message();

 private:
  bool receive(char* octets, size_t size);

  FileDescriptor socket_;
};

}  // namespace dnsserver::net
