#include "tests/dnsserver/tap_collector.h"

#include <fstrm.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "dnsserver/wire.h"
#include "tests/dnsserver/net_clients.h"

namespace dnsserver::net {

namespace {

// Of Frame Streams: control frames come behind a length of nought.
constexpr uint32_t kAccept = 1;
constexpr uint32_t kStart = 2;
constexpr uint32_t kStop = 3;
constexpr uint32_t kReady = 4;
constexpr uint32_t kFinish = 5;
constexpr uint32_t kContentTypeField = 1;
constexpr std::string_view kContentType = "protobuf:dnstap.Dnstap";

[[noreturn]] void stop(const char* what) {
  std::perror(what);
  std::abort();
}

std::string control(uint32_t type, bool with_content_type) {
  Bytes body;
  append_u32(body, type);
  if (with_content_type) {
    append_u32(body, kContentTypeField);
    append_u32(body, uint32_t(kContentType.size()));
    body += kContentType;
  }
  return body;
}

void wait_for(const FileDescriptor& socket) {
  pollfd fd{.fd = socket.get(), .events = POLLIN, .revents = 0};
  if (poll(&fd, 1, kPatienceMs) != 1) stop("nothing came in time");
}

}  // namespace

TapCollector::TapCollector(const std::filesystem::path& path)
    : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.native().begin(), path.native().end(), address.sun_path);
  if (bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) stop("bind");
  if (listen(listener_.get(), 8) != 0) stop("listen");
}

void TapCollector::accept_and_stall() {
  wait_for(listener_);
  connection_ = FileDescriptor(::accept(listener_.get(), nullptr, nullptr));
}

void TapCollector::accept() {
  accept_and_stall();
  if (receive_control() != control(kReady, true)) stop("no READY");
  send_control(control(kAccept, true));
  if (receive_control() != control(kStart, true)) stop("no START");
}

std::string TapCollector::next_frame() {
  const std::string length = receive(4);
  if (length.empty()) return "";
  const uint32_t size = u32_at(length, 0);
  if (size > 0) return receive(size);
  if (receive(receive_number()) != control(kStop, false)) stop("no STOP");
  send_control(control(kFinish, false));
  return "";
}

uint32_t TapCollector::receive_number() {
  const std::string number = receive(4);
  if (number.empty()) stop("the connection ended");
  return u32_at(number, 0);
}

std::string TapCollector::receive(size_t size) {
  std::string octets(size, '\0');
  for (size_t at = 0; at < size;) {
    wait_for(connection_);
    const ssize_t count = recv(connection_.get(), octets.data() + at, size - at, 0);
    if (count <= 0) return "";
    at += size_t(count);
  }
  return octets;
}

std::string TapCollector::receive_control() {
  if (receive_number() != 0) stop("no control frame");
  return receive(receive_number());
}

void TapCollector::send_control(const std::string& body) {
  Bytes frame(4, '\0');
  append_u32(frame, uint32_t(body.size()));
  frame += body;
  if (send(connection_.get(), frame.data(), frame.size(), MSG_NOSIGNAL) < 0) stop("send");
}

std::vector<std::string> frames_of(const std::filesystem::path& file) {
  std::vector<std::string> frames;
  fstrm_file_options* options = fstrm_file_options_init();
  fstrm_file_options_set_file_path(options, file.c_str());
  fstrm_reader* reader = fstrm_file_reader_init(options, nullptr);
  fstrm_file_options_destroy(&options);
  if (fstrm_reader_open(reader) != fstrm_res_success) stop("no Frame Streams file");
  const uint8_t* data = nullptr;
  size_t size = 0;
  while (fstrm_reader_read(reader, &data, &size) == fstrm_res_success)
    frames.emplace_back(reinterpret_cast<const char*>(data), size);
  fstrm_reader_destroy(&reader);
  return frames;
}

}  // namespace dnsserver::net
