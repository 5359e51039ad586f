#include "app/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace app {

namespace {

bool is_free(uint16_t port, int type) {
  const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // As listeners do, so that connections of an earlier one that still linger do not count.
  const int reuse = type == SOCK_STREAM;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  bool free = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  if (type == SOCK_STREAM) free = free && ::listen(socket, 1) == 0;
  ::close(socket);
  return free;
}

}  // namespace

base::Result<uint16_t> first_free_port(uint16_t from, Use use) {
  for (unsigned port = from; port < from + kPortsTried && port <= UINT16_MAX; ++port) {
    const bool is_found =
        is_free(uint16_t(port), SOCK_STREAM) && (use == Use::tcp || is_free(uint16_t(port), SOCK_DGRAM));
    if (is_found) return uint16_t(port);
  }
  return base::fail(base::ErrorKind::unavailable, "none of the " + std::to_string(kPortsTried) +
                                                      " ports from " + std::to_string(from) +
                                                      " on is free on 127.0.0.1");
}

}  // namespace app
