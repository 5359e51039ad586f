#include "tests/base/http_fixture.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <cassert>
#include <csignal>

namespace base::http {

namespace {

int connected_socket(const Endpoint& server) {
  // OpenSSL writes without MSG_NOSIGNAL, to servers that may have closed.
  std::signal(SIGPIPE, SIG_IGN);
  sockaddr_storage address = {};
  socklen_t size = 0;
  if (server.address.find(':') == std::string::npos) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(server.port);
    inet_pton(AF_INET, server.address.c_str(), &v4->sin_addr);
    size = sizeof(*v4);
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(server.port);
    inet_pton(AF_INET6, server.address.c_str(), &v6->sin6_addr);
    size = sizeof(*v6);
  }
  const int descriptor = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience = {10, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (connect(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0) return descriptor;
  close(descriptor);
  return -1;
}

std::string wire_form(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols)
    wire += char(protocol.size()) + protocol;
  return wire;
}

}  // namespace

std::string Reply::header(std::string_view name) const {
  const std::string start = "\r\n" + std::string(name) + ": ";
  const size_t at = head.find(start);
  if (at == std::string::npos) return "";
  const size_t from = at + start.size();
  return head.substr(from, head.find("\r\n", from) - from);
}

TlsClient::TlsClient(const Endpoint& server, TlsClientOptions options) : socket_(connected_socket(server)) {
  context_ = SSL_CTX_new(TLS_client_method());
  if (options.version_max != 0) {
    // OpenSSL offers what is older than TLS 1.2 at this level only.
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, std::min(options.version_max, TLS1_2_VERSION));
    SSL_CTX_set_max_proto_version(context_, options.version_max);
  }
  if (!options.tls12_ciphers.empty()) SSL_CTX_set_cipher_list(context_, options.tls12_ciphers.c_str());
  ssl_ = SSL_new(context_);
  const std::string alpn = wire_form(options.alpn);
  if (!alpn.empty()) SSL_set_alpn_protos(ssl_, octets(alpn), unsigned(alpn.size()));
  if (options.session) SSL_set_session(ssl_, options.session);
  SSL_set_fd(ssl_, socket_);
  is_connected_ = socket_ >= 0 && SSL_connect(ssl_) == 1;
}

TlsClient::TlsClient(TlsClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      context_(std::exchange(other.context_, nullptr)),
      ssl_(std::exchange(other.ssl_, nullptr)),
      is_connected_(std::exchange(other.is_connected_, false)),
      received_(std::move(other.received_)) {}

TlsClient::~TlsClient() {
  if (is_connected_) SSL_shutdown(ssl_);
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  if (socket_ >= 0) close(socket_);
}

std::string TlsClient::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_, &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

std::string TlsClient::version() const { return SSL_get_version(ssl_); }

std::string TlsClient::peer_name() const {
  const X509Handle certificate(SSL_get1_peer_certificate(ssl_));
  char name[128] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof(name));
  return name;
}

bool TlsClient::was_resumed() const { return SSL_session_reused(ssl_) == 1; }

SSL_SESSION* TlsClient::take_session() { return SSL_get1_session(ssl_); }

void TlsClient::send(std::string_view octets) {
  if (is_connected_ && !octets.empty()) SSL_write(ssl_, octets.data(), int(octets.size()));
}

bool TlsClient::read_more() {
  char octets[4096];
  const int size = is_connected_ ? SSL_read(ssl_, octets, sizeof(octets)) : 0;
  if (size <= 0) return false;
  received_.append(octets, size_t(size));
  return true;
}

Reply TlsClient::read_reply(bool has_body) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  size_t end = 0;
  while ((end = received_.find(kEnd)) == std::string::npos) {
    if (!read_more()) return {};
  }
  Reply reply;
  reply.head = received_.substr(0, end + 2);
  received_.erase(0, end + kEnd.size());
  reply.status = unsigned(std::stoul(reply.head.substr(reply.head.find(' '))));
  const std::string length = reply.header("Content-Length");
  const size_t size = has_body && !length.empty() ? std::stoul(length) : 0;
  while (received_.size() < size) {
    if (!read_more()) return {};
  }
  reply.body = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

bool TlsClient::is_at_end() {
  if (!received_.empty()) return false;
  if (read_more()) return false;
  return !is_connected_ || SSL_get_error(ssl_, 0) != SSL_ERROR_WANT_READ;
}

void TlsClient::abort() {
  if (socket_ >= 0) shutdown(socket_, SHUT_WR);
  is_connected_ = false;
}

RawClient::RawClient(const Endpoint& server) : socket_(connected_socket(server)) {}
RawClient::~RawClient() { close(socket_); }

void RawClient::send(std::string_view octets) { ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL); }

bool RawClient::is_at_end() {
  char octet = 0;
  return recv(socket_, &octet, 1, 0) == 0;
}

ListenerFixture::ListenerFixture(Handler handler, HttpLimits limits, Refusal refusal)
    : context_(2), work_(context_.get_executor()) {
  const std::vector<Endpoint> endpoints = {{"127.0.0.1", 0}};
  auto opened = Listener::open(context_.get_executor(), endpoints, self_signed("localhost"), limits,
                               std::move(handler), std::move(refusal));
  assert(opened);
  listener_ = std::move(*opened);
  for (int i = 0; i < 2; ++i)
    threads_.emplace_back([this] { context_.run(); });
}

ListenerFixture::~ListenerFixture() { stop(); }

void ListenerFixture::stop() {
  context_.stop();
  for (std::thread& thread : threads_)
    thread.join();
  threads_.clear();
}

void ListenerFixture::drain() {
  boost::asio::co_spawn(context_, listener_->drain(), boost::asio::use_future).get();
}

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

Task<Response> echo(Request request) {
  Response response;
  response.body = request.method + "\n" + request.target + "\n" + request.body;
  co_return response;
}

}  // namespace base::http
