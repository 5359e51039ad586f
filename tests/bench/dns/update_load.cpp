// Sends dynamic updates (RFC 2136) with TSIG to a DNS server on 127.0.0.1 and says how fast they were acknowledged, as
// one line of JSON:
//   dns_bench_updates PORT SECONDS OUTSTANDING KEY-NAME SECRET
// Each replaces the TXT RRset of one of 10,000 names with one value of 43 characters, over UDP. With one outstanding, the
// value is asked for as soon as its update is acknowledged: what the next query does not see is `unseen`. The secret is
// the text itself, and the algorithm HMAC-SHA256. A run ends by itself.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "dnsserver/header.h"
#include "dnsserver/net/socket.h"
#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"
#include "tests/bench/dns/workload.h"
#include "tests/dnsserver/signed_messages.h"

namespace {

using base::Bytes;
using base::BytesView;
using dnsserver::net::FileDescriptor;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr uint64_t kNames = 10'000;
constexpr auto kLostAfter = 2s;
constexpr double kSecondsMax = 120;

[[noreturn]] void stop(const char* what) {
  std::perror(what);
  std::exit(1);
}

FileDescriptor open_socket(uint16_t port) {
  FileDescriptor socket(::socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket.get(), reinterpret_cast<sockaddr*>(&server), sizeof server) != 0) stop("connect");
  return socket;
}

std::string owner(uint64_t number) {
  return "update-" + std::to_string(number % kNames) + "." + std::string(bench::kApex);
}

std::string value(uint64_t number) {
  std::string text = std::to_string(number);
  return std::string(43 - text.size(), 'v') + text;
}

class Updater {
 public:
  Updater(uint16_t port, size_t outstanding, dnsserver::TsigKey key)
      : socket_(open_socket(port)), key_(std::move(key)), places_(outstanding) {}

  void run(double seconds) {
    const auto start = Clock::now();
    const auto end = start + std::chrono::duration<double>(std::min(seconds, kSecondsMax));
    for (size_t place = 0; place < places_.size(); ++place)
      send_next(place);
    while (Clock::now() < end) {
      if (const auto acknowledged = receive()) {
        if (places_.size() == 1) look(places_[*acknowledged].number);
        send_next(*acknowledged);
      }
      for (size_t place = 0; place < places_.size(); ++place) {
        if (Clock::now() - places_[place].sent < kLostAfter) continue;
        ++lost_;
        send_next(place);
      }
    }
    report(std::chrono::duration<double>(Clock::now() - start).count());
  }

 private:
  struct Place {
    uint64_t number = 0;
    Clock::time_point sent;
  };

  void send_next(size_t place) {
    places_[place] = {next_++, Clock::now()};
    const std::string name = owner(places_[place].number);
    Bytes message = dnsserver::make_update(
        {.updates = {dnsserver::wire_record(name, dnsserver::kTypeTxt, dnsserver::kClassAny, 0),
                     dnsserver::add_txt(name, value(places_[place].number))},
         .zone = bench::kApex});
    dnsserver::put_u16(message.data(), uint16_t(place));
    const Bytes octets =
        dnsserver::with_tsig(std::move(message), key_,
                             std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    if (::send(socket_.get(), octets.data(), octets.size(), 0) < 0) stop("send");
  }

  // The place whose update was acknowledged.
  std::optional<size_t> receive() {
    const BytesView response = next_datagram();
    if (response.size() < dnsserver::kHeaderSize) return std::nullopt;
    const size_t place = dnsserver::u16_at(response, 0);
    if (place >= places_.size() || (response[3] & dnsserver::kRcode) != 0) {
      std::fprintf(stderr, "RCODE %d\n", response[3] & dnsserver::kRcode);
      std::exit(1);
    }
    latencies_.push_back(Clock::now() - places_[place].sent);
    return place;
  }

  void look(uint64_t number) {
    Bytes query("\xff\xff\0\0\0\1\0\0\0\0\0\0", 12);
    query += base::Name::parse(owner(number)).value().wire();
    dnsserver::append_u16(query, dnsserver::kTypeTxt);
    dnsserver::append_u16(query, dnsserver::kClassIn);
    if (::send(socket_.get(), query.data(), query.size(), 0) < 0) stop("send");
    if (next_datagram().find(value(number)) == BytesView::npos) ++unseen_;
  }

  // Empty: none came.
  BytesView next_datagram() {
    pollfd wait{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (poll(&wait, 1, 100) != 1) return {};
    const ssize_t size = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
    return {buffer_.data(), size_t(std::max<ssize_t>(size, 0))};
  }

  void report(double took) {
    std::ranges::sort(latencies_);
    const auto percentile_ms = [&](double share) {
      if (latencies_.empty()) return 0.0;
      return std::chrono::duration<double, std::milli>(
                 latencies_[size_t(share * double(latencies_.size() - 1))])
          .count();
    };
    std::printf(
        "{\"updates\": %zu, \"per_second\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"lost\": %lu, "
        "\"unseen\": %lu}\n",
        latencies_.size(), double(latencies_.size()) / took, percentile_ms(0.5), percentile_ms(0.99), lost_,
        unseen_);
  }

  const FileDescriptor socket_;
  const dnsserver::TsigKey key_;
  std::vector<Place> places_;
  // Of values that no earlier run has sent: to write what is there already is no work for some servers.
  uint64_t next_ = uint64_t(std::chrono::system_clock::now().time_since_epoch() / 1ms) * 1000;
  std::array<char, 4096> buffer_ = {};
  std::vector<Clock::duration> latencies_;
  uint64_t lost_ = 0;
  uint64_t unseen_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs("usage: dns_bench_updates PORT SECONDS OUTSTANDING KEY-NAME SECRET\n", stderr);
    return 2;
  }
  const auto key_name = base::Name::parse(argv[4]);
  if (!key_name) return 2;
  Updater(uint16_t(std::atoi(argv[1])), std::max(std::strtoul(argv[3], nullptr, 10), 1ul),
          {*key_name, dnsserver::TsigAlgorithm::hmac_sha256, argv[5]})
      .run(std::atof(argv[2]));
}
