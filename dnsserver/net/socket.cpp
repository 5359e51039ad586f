#include "dnsserver/net/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

#include "dnsserver/net/port_holder.h"

namespace dnsserver::net {

namespace {

struct Address {
  sockaddr_storage storage = {};
  socklen_t size = 0;
  int family = AF_UNSPEC;
};

Address address_of(const Endpoint& endpoint) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, endpoint.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_port = htons(endpoint.port);
    address.size = sizeof *v4;
    address.family = AF_INET;
  } else if (inet_pton(AF_INET6, endpoint.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_port = htons(endpoint.port);
    address.size = sizeof *v6;
    address.family = AF_INET6;
  }
  address.storage.ss_family = sa_family_t(address.family);
  return address;
}

tl::unexpected<base::Error> cannot_listen(const Endpoint& endpoint, std::string_view transport) {
  const int error = errno;
  std::string why = std::generic_category().message(error);
  if (error == EADDRINUSE) {
    const std::string holder = port_holder(endpoint, transport == "UDP" ? SocketKind::udp : SocketKind::tcp);
    if (!holder.empty()) why += ", by " + holder;
  }
  return base::fail(base::ErrorKind::unavailable,
                    "cannot listen on " + endpoint.text() + " (" + std::string(transport) + "): " + why);
}

bool set(const FileDescriptor& socket, int level, int option, int value) {
  return setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

Result<FileDescriptor> bind_socket(const Endpoint& endpoint, std::string_view transport, int type,
                                   int reuse) {
  const Address address = address_of(endpoint);
  FileDescriptor socket(::socket(address.family, type | SOCK_CLOEXEC, 0));
  // An IPv6 wildcard stands for IPv6 alone; who wants both lists both.
  const bool v6_only = address.family != AF_INET6 || set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (socket.get() < 0 || !v6_only || !set(socket, SOL_SOCKET, reuse, 1) ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0) {
    return cannot_listen(endpoint, transport);
  }
  return socket;
}

// Above the system's limit only with CAP_NET_ADMIN, and up to it without.
void enlarge_buffer(const FileDescriptor& socket, int forced, int option) {
  if (!set(socket, SOL_SOCKET, forced, kUdpBufferSize)) set(socket, SOL_SOCKET, option, kUdpBufferSize);
}

}  // namespace

Result<FileDescriptor> open_udp(const Endpoint& endpoint) {
  TRY(FileDescriptor socket, bind_socket(endpoint, "UDP", SOCK_DGRAM, SO_REUSEPORT));
  enlarge_buffer(socket, SO_RCVBUFFORCE, SO_RCVBUF);
  enlarge_buffer(socket, SO_SNDBUFFORCE, SO_SNDBUF);
  const bool v6 = address_of(endpoint).family == AF_INET6;
  bool whole = v6 ? set(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT)
                  : set(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
  if (whole && is_wildcard(endpoint)) {
    whole = v6 ? set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1) : set(socket, IPPROTO_IP, IP_PKTINFO, 1);
  }
  if (!whole) return cannot_listen(endpoint, "UDP");
  return socket;
}

Result<FileDescriptor> open_tcp(const Endpoint& endpoint) {
  TRY(FileDescriptor socket, bind_socket(endpoint, "TCP", SOCK_STREAM | SOCK_NONBLOCK, SO_REUSEADDR));
  if (listen(socket.get(), kTcpBacklog) != 0) return cannot_listen(endpoint, "TCP");
  return socket;
}

uint16_t port_of(const FileDescriptor& socket) {
  sockaddr_storage storage = {};
  socklen_t size = sizeof storage;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size);
  // The port stands at one offset in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

Client client_at(const sockaddr& address) {
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    const base::BytesView octets(reinterpret_cast<const char*>(&v6.sin6_addr), sizeof v6.sin6_addr);
    return {ip_address_of(octets), ntohs(v6.sin6_port)};
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  const base::BytesView octets(reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr);
  return {ip_address_of(octets), ntohs(v4.sin_port)};
}

bool is_wildcard(const Endpoint& endpoint) {
  return endpoint.address == "0.0.0.0" || endpoint.address == "::";
}

}  // namespace dnsserver::net
