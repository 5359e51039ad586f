#include "tests/dnsserver/net_clients.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "dnsserver/wire.h"

namespace dnsserver::net {

namespace {

[[noreturn]] void stop(const char* what) {
  std::perror(what);
  std::abort();
}

void bind_to(const FileDescriptor& socket, const std::string& from) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, from.c_str(), &address.sin_addr);
  if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) stop("bind");
}

FileDescriptor connect_to(const Endpoint& server, int type, int receive_buffer, const std::string& from) {
  const bool v6 = server.address.find(':') != std::string::npos;
  FileDescriptor socket(::socket(v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0));
  if (receive_buffer > 0) {
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  if (!from.empty()) bind_to(socket, from);
  sockaddr_in6 address6{};
  address6.sin6_family = AF_INET6;
  address6.sin6_port = htons(server.port);
  inet_pton(AF_INET6, server.address.c_str(), &address6.sin6_addr);
  sockaddr_in address4{};
  address4.sin_family = AF_INET;
  address4.sin_port = htons(server.port);
  inet_pton(AF_INET, server.address.c_str(), &address4.sin_addr);
  const auto* address = v6 ? reinterpret_cast<sockaddr*>(&address6) : reinterpret_cast<sockaddr*>(&address4);
  if (connect(socket.get(), address, v6 ? sizeof address6 : sizeof address4) != 0) stop("connect");
  return socket;
}

void wait_for(const FileDescriptor& socket, short events) {
  pollfd fd{.fd = socket.get(), .events = events, .revents = 0};
  if (poll(&fd, 1, kPatienceMs) != 1) stop("nothing came in time");
}

}  // namespace

UdpClient::UdpClient(const Endpoint& server, const std::string& from)
    : socket_(connect_to(server, SOCK_DGRAM, 0, from)) {}

void UdpClient::send(BytesView octets) {
  if (::send(socket_.get(), octets.data(), octets.size(), 0) != ssize_t(octets.size())) stop("send");
}

Bytes UdpClient::receive() {
  wait_for(socket_, POLLIN);
  Bytes octets(65536, '\0');
  const ssize_t size = recv(socket_.get(), octets.data(), octets.size(), 0);
  if (size < 0) stop("recv");
  return octets.substr(0, size_t(size));
}

TcpClient::TcpClient(const Endpoint& server, int receive_buffer, const std::string& from)
    : socket_(connect_to(server, SOCK_STREAM, receive_buffer, from)) {}

void TcpClient::send(BytesView octets) {
  while (!octets.empty()) {
    wait_for(socket_, POLLOUT);
    const ssize_t count = ::send(socket_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (count < 0) return;  // the server has closed, which receive_message() tells
    octets.remove_prefix(size_t(count));
  }
}

void TcpClient::send_message(BytesView message) {
  Bytes octets;
  append_u16(octets, uint16_t(message.size()));
  send(octets + Bytes(message));
}

void TcpClient::close_sending() { shutdown(socket_.get(), SHUT_WR); }

Bytes TcpClient::receive_octets() {
  wait_for(socket_, POLLIN);
  Bytes octets(65536, '\0');
  const ssize_t size = recv(socket_.get(), octets.data(), octets.size(), 0);
  return octets.substr(0, size_t(std::max<ssize_t>(size, 0)));
}

Bytes TcpClient::receive_message() {
  char length[2];
  if (!receive(length, sizeof length)) return "";
  Bytes message(u16_at({length, sizeof length}, 0), '\0');
  return receive(message.data(), message.size()) ? message : "";
}

bool TcpClient::receive(char* octets, size_t size) {
  while (size > 0) {
    wait_for(socket_, POLLIN);
    const ssize_t count = recv(socket_.get(), octets, size, 0);
    if (count <= 0) return false;
    octets += count;
    size -= size_t(count);
  }
  return true;
}

}  // namespace dnsserver::net
