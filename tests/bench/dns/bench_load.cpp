// Asks a DNS server on 127.0.0.1 and says how fast it answered, as one line of JSON:
//   dns_bench_load load udp|tcp PORT NAMES SECONDS OUTSTANDING
//   dns_bench_load pace udp|tcp PORT NAMES SECONDS RATE
//   dns_bench_load check udp|tcp PORT NAMES      the values of a sample of names, octet by octet
// To load is to have so many queries outstanding at any time, over eight sockets; over TCP they are pipelined. To pace
// is to send so many a second, whatever comes back; latencies count from when a query was due. Each response is checked
// for RCODE and number of answers. A run ends by itself.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "dnsserver/header.h"
#include "dnsserver/net/socket.h"
#include "dnsserver/wire.h"
#include "tests/bench/dns/workload.h"

namespace {

using base::Bytes;
using base::BytesView;
using dnsserver::put_u16;
using dnsserver::u16_at;
using dnsserver::net::FileDescriptor;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr size_t kSockets = 8;
constexpr size_t kBatch = 32;
constexpr size_t kQueries = 1 << 19;  // prepared, then used again and again
constexpr auto kLostAfter = 1s;
constexpr size_t kPacedWindow = 8192;  // outstanding at most while pacing: what is over is late
constexpr double kSecondsMax = 300;

[[noreturn]] void stop(const char* what) {
  std::perror(what);
  std::exit(1);
}

struct Prepared {
  Bytes octets;
  bench::Expected expected;
};

std::vector<Prepared> prepare(uint64_t names) {
  std::vector<Prepared> queries;
  queries.reserve(kQueries);
  for (uint64_t i = 0; i < kQueries; ++i)
    queries.push_back({bench::query(i, names), bench::expected(i, names)});
  return queries;
}

FileDescriptor open_socket(bool tcp, uint16_t port) {
  FileDescriptor socket(::socket(AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0));
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int size = 4 << 20;
  const int on = 1;
  if (tcp) {
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  } else {
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  }
  if (connect(socket.get(), reinterpret_cast<sockaddr*>(&server), sizeof server) != 0) stop("connect");
  fcntl(socket.get(), F_SETFL, O_NONBLOCK);
  return socket;
}

// Counts, and latencies in steps of a sixteenth of their size.
class Tally {
 public:
  void add(Clock::duration latency) {
    const auto ns = uint64_t(std::max<int64_t>(latency.count(), 16));
    const auto exponent = unsigned(63 - __builtin_clzll(ns));
    ++histogram_[exponent * 16 + (ns >> (exponent - 4) & 15)];
    ++count_;
  }
  uint64_t count() const { return count_; }
  double percentile_us(double share) const {
    auto left = uint64_t(share * double(count_));
    for (size_t i = 0; i < histogram_.size(); ++i) {
      if (histogram_[i] > left) return double((16 + i % 16) << (i / 16 - 4)) / 1000;
      left -= histogram_[i];
    }
    return 0;
  }

  uint64_t wrong = 0;
  uint64_t lost = 0;
  uint64_t octets = 0;

 private:
  std::array<uint64_t, 64 * 16> histogram_ = {};
  uint64_t count_ = 0;
};

// One socket with its share of the queries that are outstanding. The ID is the place of a query here.
class Asker {
 public:
  Asker(bool tcp, uint16_t port, size_t window, const std::vector<Prepared>& queries, size_t first)
      : tcp_(tcp), socket_(open_socket(tcp, port)), places_(window), queries_(queries), next_(first) {
    for (size_t i = 0; i < window; ++i)
      free_.push_back(uint16_t(i));
  }

  int fd() const { return socket_.get(); }

  // Takes what came and sends as many again. False: nothing came.
  bool turn(Tally& tally) {
    const bool came = receive(tally);
    if (tcp_) {
      send_stream();
    } else {
      send_datagrams();
    }
    return came;
  }

  bool receive(Tally& tally) { return tcp_ ? receive_stream(tally) : receive_datagrams(tally); }

  // Sends the one query that is due. False: too many are outstanding.
  bool send_due(Clock::time_point due) {
    if (free_.empty()) return false;
    std::array<char, 512> query;
    const size_t size = take(query.data() + 2, due);
    put_u16(query.data(), uint16_t(size));
    const BytesView octets = BytesView(query.data(), size + 2).substr(tcp_ ? 0 : 2);
    while (::send(fd(), octets.data(), octets.size(), MSG_NOSIGNAL) < 0) {
      if (errno != EAGAIN) stop("send");
    }
    return true;
  }

  void give_up_lost(Tally& tally) {
    const auto now = Clock::now();
    for (size_t i = 0; i < places_.size(); ++i) {
      if (!places_[i].query || now - places_[i].sent < kLostAfter) continue;
      if (tcp_) stop("no response over TCP");
      ++tally.lost;
      places_[i].query = nullptr;
      free_.push_back(uint16_t(i));
    }
  }

 private:
  struct Place {
    const Prepared* query = nullptr;
    Clock::time_point sent;
  };

  // Writes the next query, and returns its size.
  size_t take(char* out, Clock::time_point now) {
    const uint16_t id = free_.back();
    free_.pop_back();
    const Prepared& query = queries_[next_++ % queries_.size()];
    places_[id] = {&query, now};
    std::memcpy(out, query.octets.data(), query.octets.size());
    put_u16(out, id);
    return query.octets.size();
  }

  void got(BytesView response, Clock::time_point now, Tally& tally) {
    const uint16_t id = response.size() < dnsserver::kHeaderSize ? 0xffff : u16_at(response, 0);
    if (id >= places_.size() || !places_[id].query) return void(++tally.wrong);
    const bench::Expected& expected = places_[id].query->expected;
    if ((response[3] & dnsserver::kRcode) != expected.rcode || u16_at(response, 6) != expected.answers)
      ++tally.wrong;
    tally.add(now - places_[id].sent);
    tally.octets += response.size();
    places_[id].query = nullptr;
    free_.push_back(id);
  }

  bool receive_datagrams(Tally& tally) {
    static std::array<std::array<char, 2048>, kBatch> buffers;
    std::array<iovec, kBatch> octets;
    std::array<mmsghdr, kBatch> messages = {};
    for (size_t i = 0; i < kBatch; ++i) {
      octets[i] = {buffers[i].data(), buffers[i].size()};
      messages[i].msg_hdr.msg_iov = &octets[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = recvmmsg(fd(), messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    const auto now = Clock::now();
    for (int i = 0; i < count; ++i)
      got({buffers[size_t(i)].data(), messages[size_t(i)].msg_len}, now, tally);
    return count > 0;
  }

  void send_datagrams() {
    static std::array<std::array<char, 512>, kBatch> buffers;
    std::array<iovec, kBatch> octets;
    std::array<mmsghdr, kBatch> messages = {};
    const auto now = Clock::now();
    while (!free_.empty()) {
      const size_t count = std::min(kBatch, free_.size());
      for (size_t i = 0; i < count; ++i) {
        octets[i] = {buffers[i].data(), take(buffers[i].data(), now)};
        messages[i].msg_hdr.msg_iov = &octets[i];
        messages[i].msg_hdr.msg_iovlen = 1;
      }
      for (size_t sent = 0; sent < count;) {
        const int more = sendmmsg(fd(), messages.data() + sent, unsigned(count - sent), 0);
        if (more < 0 && errno != EAGAIN) stop("sendmmsg");
        sent += size_t(std::max(more, 0));
      }
    }
  }

  bool receive_stream(Tally& tally) {
    static std::array<char, 1 << 16> buffer;
    const ssize_t count = recv(fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) stop("the server closed a connection");
    if (count < 0) return false;
    const auto now = Clock::now();
    in_.append(buffer.data(), size_t(count));
    size_t at = 0;
    while (in_.size() - at >= 2 && in_.size() - at - 2 >= u16_at(in_, at)) {
      got(BytesView(in_).substr(at + 2, u16_at(in_, at)), now, tally);
      at += size_t(2) + u16_at(in_, at);
    }
    in_.erase(0, at);
    return true;
  }

  void send_stream() {
    const auto now = Clock::now();
    while (!free_.empty()) {
      std::array<char, 512> query;
      const size_t size = take(query.data(), now);
      dnsserver::append_u16(out_, uint16_t(size));
      out_.append(query.data(), size);
    }
    const ssize_t count =
        out_.empty() ? 0 : ::send(fd(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN) stop("send");
    out_.erase(0, size_t(std::max<ssize_t>(count, 0)));
  }

  const bool tcp_;
  const FileDescriptor socket_;
  std::vector<Place> places_;
  std::vector<uint16_t> free_;
  const std::vector<Prepared>& queries_;
  size_t next_;
  Bytes in_;
  Bytes out_;
};

// The result, as a line of JSON. The exit code of the program.
int report(const Tally& tally, double took) {
  const auto answered = double(std::max<uint64_t>(tally.count(), 1));
  std::printf(
      "{\"seconds\": %.3f, \"answered\": %lu, \"wrong\": %lu, \"lost\": %lu, \"qps\": %.0f, \"p50_us\": "
      "%.0f, "
      "\"p99_us\": %.0f, \"p999_us\": %.0f, \"octets\": %.1f}\n",
      took, tally.count(), tally.wrong, tally.lost, answered / took, tally.percentile_us(0.5),
      tally.percentile_us(0.99), tally.percentile_us(0.999), double(tally.octets) / answered);
  return tally.wrong == 0 && tally.count() > 0 ? 0 : 1;
}

int pace(bool tcp, uint16_t port, uint64_t names, double seconds, double rate) {
  const auto queries = prepare(names);
  std::vector<std::unique_ptr<Asker>> askers;
  for (size_t i = 0; i < kSockets; ++i) {
    askers.push_back(
        std::make_unique<Asker>(tcp, port, kPacedWindow / kSockets, queries, i * kQueries / kSockets));
  }
  const auto tally = std::make_unique<Tally>();
  const std::chrono::duration<double> step(1 / rate);
  const auto count = uint64_t(std::min(seconds, kSecondsMax) * rate);
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(step * double(count));
  const auto due = [&](uint64_t i) {
    return start + std::chrono::duration_cast<Clock::duration>(step * double(i));
  };
  auto next_look = start + kLostAfter;
  for (uint64_t sent = 0; Clock::now() < end + kLostAfter + 100ms;) {
    for (; sent < count && due(sent) <= Clock::now(); ++sent) {
      if (!askers[sent % kSockets]->send_due(due(sent))) break;
    }
    for (const auto& asker : askers)
      asker->receive(*tally);
    if (Clock::now() < next_look) continue;
    for (const auto& asker : askers)
      asker->give_up_lost(*tally);
    next_look = Clock::now() + kLostAfter / 10;
  }
  return report(*tally, std::chrono::duration<double>(end - start).count());
}

int load(bool tcp, uint16_t port, uint64_t names, double seconds, size_t outstanding) {
  const auto queries = prepare(names);
  std::vector<std::unique_ptr<Asker>> askers;
  std::vector<pollfd> waits;
  for (size_t i = 0; i < kSockets; ++i) {
    askers.push_back(
        std::make_unique<Asker>(tcp, port, outstanding / kSockets, queries, i * kQueries / kSockets));
    waits.push_back({.fd = askers.back()->fd(), .events = POLLIN, .revents = 0});
  }
  auto tally = std::make_unique<Tally>();
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration<double>(std::min(seconds, kSecondsMax));
  auto next_look = start + kLostAfter;
  while (Clock::now() < end) {
    bool came = false;
    for (const auto& asker : askers)
      came |= asker->turn(*tally);
    if (!came) poll(waits.data(), waits.size(), 1);
    if (Clock::now() < next_look) continue;
    for (const auto& asker : askers)
      asker->give_up_lost(*tally);
    next_look = Clock::now() + kLostAfter;
  }
  return report(*tally, std::chrono::duration<double>(Clock::now() - start).count());
}

// The response to one query, over a socket of its own.
Bytes ask(bool tcp, uint16_t port, Bytes query) {
  const FileDescriptor socket = open_socket(tcp, port);
  pollfd wait{.fd = socket.get(), .events = POLLIN, .revents = 0};
  if (tcp) query = Bytes{char(query.size() >> 8), char(query.size() & 0xff)} + query;
  if (::send(socket.get(), query.data(), query.size(), 0) < 0 || poll(&wait, 1, 2000) != 1) return "";
  Bytes response(4096, '\0');
  const ssize_t size = recv(socket.get(), response.data(), response.size(), 0);
  return response.substr(tcp ? 2 : 0, size_t(std::max<ssize_t>(size, 0)));
}

int check(bool tcp, uint16_t port, uint64_t names) {
  constexpr uint64_t kSample = 1000;
  uint64_t wrong = 0;
  for (uint64_t i = 0; i < std::min(kSample, names); ++i) {
    const uint64_t index = i * (names / std::min(kSample, names));
    const Bytes response = ask(tcp, port, bench::txt_query(index));
    const auto values = bench::values(index);
    bool right = response.size() > dnsserver::kHeaderSize && u16_at(response, 6) == values.size();
    for (const std::string& value : values)
      right = right && response.find(value) != Bytes::npos;
    if (!right) ++wrong;
  }
  std::printf("{\"wrong\": %lu}\n", wrong);
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view action = argc > 1 ? argv[1] : "";
  if (!((action == "load" || action == "pace") && argc == 7) && !(action == "check" && argc == 5)) {
    std::fputs("usage: dns_bench_load load|pace|check udp|tcp PORT NAMES [SECONDS OUTSTANDING|RATE]\n",
               stderr);
    return 2;
  }
  const bool tcp = std::string_view(argv[2]) == "tcp";
  const auto port = uint16_t(std::atoi(argv[3]));
  const uint64_t names = std::strtoull(argv[4], nullptr, 10);
  if (action == "check") return check(tcp, port, names);
  if (action == "pace") return pace(tcp, port, names, std::atof(argv[5]), std::atof(argv[6]));
  return load(tcp, port, names, std::atof(argv[5]), std::strtoul(argv[6], nullptr, 10));
}
