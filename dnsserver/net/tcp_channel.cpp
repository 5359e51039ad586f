#include "dnsserver/net/tcp_channel.h"

#include <algorithm>
#include <cerrno>

namespace dnsserver::net {

TcpChannel::TcpChannel(FileDescriptor socket, const Options& options) : socket_(std::move(socket)) {
  if (options.tls != nullptr) tls_ = std::make_unique<TlsSession>(options.tls);
  phase_ = options.proxied ? Phase::proxy_header : tls_ ? Phase::handshake : Phase::open;
}

TcpChannel::~TcpChannel() {
  if (!tls_ || socket_.get() < 0 || has_unsent()) return;
  Bytes farewell;
  tls_->close(farewell);
  send_raw(farewell);
}

size_t TcpChannel::receive(TcpBuffers& buffers, size_t at) {
  if (phase_ == Phase::proxy_header) {
    receive_header();
    return 0;
  }
  if (tls_) return receive_records(buffers, at);
  return receive_raw(buffers.in.data() + at, kTcpReadSize).value_or(0);
}

// Nothing: nothing is there, or nothing more comes.
std::optional<size_t> TcpChannel::receive_raw(char* into, size_t size) {
  const ssize_t count = recv(socket_.get(), into, size, MSG_DONTWAIT);
  if (count > 0) return size_t(count);
  ended_ = count == 0 || (errno != EAGAIN && errno != EINTR);
  return std::nullopt;
}

// Not an octet more than the header has is taken: whether the client may go on is decided behind it.
void TcpChannel::receive_header() {
  for (;;) {
    const size_t had = header_.size();
    const auto wanted = had < kProxyHeaderSizeMin ? kProxyHeaderSizeMin : proxy_header_size(header_);
    ended_ = !wanted;
    if (ended_) return;
    if (had == *wanted) break;
    header_.resize(*wanted);
    const auto count = receive_raw(header_.data() + had, *wanted - had);
    header_.resize(had + count.value_or(0));
    if (!count) return;
  }
  const auto header = read_proxy_header(header_);
  ended_ = !header;
  if (ended_) return;
  source_ = header->source;
  header_ = Bytes();
  phase_ = tls_ ? Phase::handshake : Phase::open;
}

size_t TcpChannel::receive_records(TcpBuffers& buffers, size_t at) {
  const auto count = receive_raw(buffers.records_in.data(), buffers.records_in.size());
  if (!count) return 0;
  buffers.records_out.clear();
  const size_t size =
      tls_->read({buffers.records_in.data(), *count}, std::span(buffers.in).subspan(at), buffers.records_out);
  if (tls_->is_established()) phase_ = Phase::open;
  ended_ = !send_raw(buffers.records_out) || tls_->has_ended();
  return size;
}

bool TcpChannel::send(BytesView octets, TcpBuffers& buffers) {
  if (octets.empty()) return true;
  if (!tls_) return send_raw(octets);
  buffers.records_out.clear();
  return tls_->write(octets, buffers.records_out) && send_raw(buffers.records_out);
}

bool TcpChannel::flush() {
  const Bytes waiting = std::move(unsent_);
  unsent_.clear();
  return send_raw(waiting);
}

bool TcpChannel::send_raw(BytesView octets) {
  if (octets.empty()) return true;
  // Behind what the peer has not taken yet.
  if (has_unsent()) {
    unsent_ += octets;
    return true;
  }
  const ssize_t count = ::send(socket_.get(), octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
  unsent_ = Bytes(octets.substr(size_t(std::max<ssize_t>(count, 0))));
  return true;
}

}  // namespace dnsserver::net
