#pragma once

#include <sys/socket.h>

#include "base/bytes.h"
#include "base/endpoint.h"
#include "base/error.h"
#include "base/file_descriptor.h"
#include "dnsserver/client.h"

namespace dnsserver::net {

using base::Endpoint;
using base::FileDescriptor;
using base::Result;

// As much as the kernel grants of it: a worker that is held up for 10 ms finds that many datagrams waiting.
inline constexpr int kUdpBufferSize = 4 * 1024 * 1024;
inline constexpr int kTcpBacklog = 1024;

// Bound and not connected; several may be bound to one endpoint, and the kernel spreads the queries. On a
// wildcard address each datagram comes with the address that was asked. Datagrams are never fragmented on
// account of an MTU that somebody claims a path to have (RFC 9715 §3, IP_PMTUDISC_OMIT).
//
// unavailable: the detail names the endpoint and says why, and who is in the way where the system tells.
Result<FileDescriptor> open_udp(const Endpoint& endpoint);

// Listening, non-blocking; the only one on its endpoint. unavailable as above.
Result<FileDescriptor> open_tcp(const Endpoint& endpoint);

// The port that a socket is bound to.
uint16_t port_of(const FileDescriptor& socket);

// Of an IPv4 or IPv6 address that the kernel wrote.
Client client_at(const sockaddr& address);

bool is_wildcard(const Endpoint& endpoint);

}  // namespace dnsserver::net
