#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "dnsserver/net/socket.h"
#include "dnsserver/net/tcp_stream.h"
#include "dnsserver/net/tls_session.h"
#include "dnsserver/proxy_header.h"

namespace dnsserver::net {

// Octets of one receive, and of the responses that go out in one send. The latter is the most that waits for
// a peer that does not take its responses; until it has, nothing more is read from it.
inline constexpr size_t kTcpReadSize = 64 * 1024;
inline constexpr size_t kTcpWriteSize = 256 * 1024;

// What the connections of one thread share: of a connection itself, only what is left over is kept.
struct TcpBuffers {
  std::vector<char> in = std::vector<char>(kTcpFrameSizeMax + kTcpReadSize);
  std::vector<char> out = std::vector<char>(kTcpWriteSize);
  // Where what is asked and answered is noted; null: nowhere.
  Tap* tap = nullptr;
  // Of TLS: as received, and as it is sent.
  std::vector<char> records_in = std::vector<char>(kTcpReadSize - kTlsRecordSizeMax);
  Bytes records_out;
};

// What stands between a socket and its octets of DNS: behind a proxy first a header, and TLS where it is spoken.
class TcpChannel {
 public:
  // A connection begins at the first of those that it has to go through.
  enum class Phase { proxy_header, handshake, open };

  struct Options {
    bool proxied = false;    // it begins with a PROXY header
    SSL_CTX* tls = nullptr;  // of base::new_tls_server(); null: no TLS
  };

  // REQUIRES: `socket` is connected and non-blocking.
  TcpChannel(FileDescriptor socket, const Options& options);
  TcpChannel(TcpChannel&&) = default;
  // Says first that nothing more comes, where TLS asks for it and the peer takes it.
  ~TcpChannel();

  int fd() const { return socket_.get(); }
  Phase phase() const { return phase_; }
  // Whom the PROXY header says that the connection is from. REQUIRES: the phase is a later one.
  const std::optional<Client>& source() const { return source_; }
  bool is_resumed() const { return tls_ && tls_->is_resumed(); }

  // Receives once. Octets of DNS stand at `at` in buffers.in, and their number is returned. A call that receives
  // a PROXY header receives nothing behind it.
  //
  // REQUIRES: kTcpReadSize octets have room at `at`; !has_ended(), !has_unsent().
  size_t receive(TcpBuffers& buffers, size_t at);
  // Nothing more comes: the peer has said so, is gone, or broke the rules.
  bool has_ended() const { return ended_; }

  // Sends what the peer takes now, and keeps the rest. False: the peer is gone.
  bool send(BytesView octets, TcpBuffers& buffers);
  // The same with what was kept.
  bool flush();
  bool has_unsent() const { return !unsent_.empty(); }

 private:
  std::optional<size_t> receive_raw(char* into, size_t size);
  void receive_header();
  size_t receive_records(TcpBuffers& buffers, size_t at);
  bool send_raw(BytesView octets);

  FileDescriptor socket_;
  Phase phase_ = Phase::open;
  std::unique_ptr<TlsSession> tls_;  // null: no TLS
  Bytes header_;                     // as far as it was received
  std::optional<Client> source_;
  Bytes unsent_;
  bool ended_ = false;
};

}  // namespace dnsserver::net
