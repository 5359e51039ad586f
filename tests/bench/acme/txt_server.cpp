#include "tests/bench/acme/txt_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace bench {

namespace {

constexpr size_t kHeaderSize = 12;
constexpr uint16_t kTxt = 16;

std::string be16(unsigned value) { return {char(value >> 8), char(value & 0xff)}; }

std::string wire_name(std::string_view name) {
  std::string wire;
  while (!name.empty()) {
    const size_t dot = std::min(name.find('.'), name.size());
    wire += char(dot);
    wire += name.substr(0, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return wire + '\0';
}

// An RR whose owner is a pointer to offset `owner`, with a TTL of 0.
std::string record(unsigned owner, unsigned type, const std::string& rdata) {
  return be16(0xc000 | owner) + be16(type) + be16(1) + std::string(4, '\0') + be16(unsigned(rdata.size())) +
         rdata;
}

}  // namespace

TxtServer::TxtServer(std::string zone) : zone_(std::move(zone)), socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no UDP port on loopback");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

TxtServer::~TxtServer() {
  stopping_ = true;
  shutdown(socket_, SHUT_RDWR);  // wakes the thread
  thread_.join();
  close(socket_);
}

void TxtServer::publish(const std::string& owner, const std::string& value) {
  const std::lock_guard lock(mutex_);
  values_[owner] = value;
}

void TxtServer::run() {
  std::array<char, 4096> query;
  while (!stopping_) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const ssize_t got =
        recvfrom(socket_, query.data(), query.size(), 0, reinterpret_cast<sockaddr*>(&peer), &size);
    if (got < ssize_t(kHeaderSize) || stopping_) continue;
    const std::string reply = answer({query.data(), size_t(got)});
    sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
  }
}

std::string TxtServer::answer(std::string_view query) {
  std::string owner;
  size_t at = kHeaderSize;
  while (at < query.size() && query[at] != 0) {
    if (!owner.empty()) owner += '.';
    for (char c : query.substr(at + 1, uint8_t(query[at])))
      owner += char(c >= 'A' && c <= 'Z' ? c + 32 : c);
    at += uint8_t(query[at]) + size_t{1};
  }
  const size_t question_end = at + 5;
  if (question_end > query.size()) return "";
  const unsigned type = unsigned(uint8_t(query[at + 1])) << 8 | uint8_t(query[at + 2]);
  std::string value;
  {
    const std::lock_guard lock(mutex_);
    const auto found = values_.find(owner);
    if (found != values_.end()) value = found->second;
  }
  const bool has_answer = type == kTxt && !value.empty();
  std::string reply(query.substr(0, 2));
  reply += "\x84";
  reply += '\0';
  reply += be16(1) + be16(has_answer) + be16(!has_answer) + be16(0);
  reply += query.substr(kHeaderSize, question_end - kHeaderSize);
  if (has_answer) return reply + record(kHeaderSize, kTxt, char(value.size()) + value);
  // NODATA with the zone's SOA, whose name ends the question's.
  const size_t zone_at = question_end - 4 - wire_name(zone_).size();
  const std::string numbers = std::string(3, '\0') + "\1" + std::string(16, '\0');
  return reply + record(unsigned(zone_at), 6,
                        be16(unsigned(0xc000 | zone_at)) + be16(unsigned(0xc000 | zone_at)) + numbers);
}

}  // namespace bench
