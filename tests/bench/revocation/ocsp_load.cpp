// Asks an OCSP responder of loopback the same again and again, over HTTP. Used by tests/bench/revocation/run.py.
//
//   ocsp_load --port P --request FILE [--path /ocsp] [--clients N] [--seconds S] [--connections kept|new]
//
// FILE is an OCSPRequest in DER. Each client waits for an answer before it asks again, on one connection or on a new
// one each time, as responders have it that close behind an answer. Prints answers and seconds as one line of JSON.
// Anything but 200 with a successful OCSPResponse ends it.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace bench {
namespace {

struct Options {
  uint16_t port = 0;
  std::string request;
  std::string path = "/ocsp";
  int clients = 4;
  int seconds = 5;
  std::string connections = "kept";
};

// One connection, or what comes after it.
class Client {
 public:
  Client(uint16_t port, std::string request, bool keeps)
      : port_(port), request_(std::move(request)), keeps_(keeps) {}
  ~Client() { disconnect(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void ask() {
    if (socket_ < 0) connect();
    for (size_t sent = 0; sent < request_.size();) {
      const ssize_t count = send(socket_, request_.data() + sent, request_.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("the responder takes no request");
      sent += size_t(count);
    }
    check(receive());
    if (!keeps_) disconnect();
  }

 private:
  void connect() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("nobody listens on port " + std::to_string(port_));
  }

  void disconnect() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
  }

  // A whole response: as long as its Content-Length says, or as the connection lasts.
  std::string receive() {
    std::string response;
    size_t size = std::string::npos;
    char buffer[8192];
    while (response.size() < size) {
      const ssize_t count = recv(socket_, buffer, sizeof buffer, 0);
      if (count < 0) throw std::runtime_error("the connection broke");
      if (count == 0) break;
      response.append(buffer, size_t(count));
      const size_t head = response.find("\r\n\r\n");
      const size_t length = response.find("Content-Length: ");
      if (size == std::string::npos && head != std::string::npos && length < head)
        size = head + 4 + std::stoul(response.substr(length + 16));
    }
    return response;
  }

  // 200, and an OCSPResponse that begins with responseStatus successful.
  static void check(const std::string& response) {
    const std::string successful("\x0a\x01\x00", 3);
    const size_t body = response.find("\r\n\r\n");
    const bool is_ok = response.find(" 200 ") < 16 && body != std::string::npos;
    if (!is_ok || response.find(successful, body) > body + 12)
      throw std::runtime_error("no answer but: " + response.substr(0, 200));
  }

  const uint16_t port_;
  const std::string request_;
  const bool keeps_;
  int socket_ = -1;
};

std::string http_request(const Options& options, bool keeps) {
  std::ifstream file(options.request, std::ios::binary);
  const std::string der((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (der.empty()) throw std::runtime_error("there is no request in " + options.request);
  return "POST " + options.path +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ocsp-request\r\n" +
         (keeps ? "" : "Connection: close\r\n") + "Content-Length: " + std::to_string(der.size()) +
         "\r\n\r\n" + der;
}

void run(const Options& options) {
  const bool keeps = options.connections == "kept";
  const std::string request = http_request(options, keeps);
  Client(options.port, request, keeps).ask();  // it answers at all
  std::atomic<uint64_t> answers = 0;
  std::atomic<bool> stopping = false;
  std::vector<std::thread> threads;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < options.clients; ++i) {
    threads.emplace_back([&] {
      Client client(options.port, request, keeps);
      for (; !stopping; ++answers)
        client.ask();
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  stopping = true;
  for (std::thread& thread : threads)
    thread.join();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  std::printf("{\"answers\":%llu,\"seconds\":%.3f}\n", static_cast<unsigned long long>(answers),
              taken.count());
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("Asks an OCSP responder again and again");
  app.add_option("--port", options.port)->required();
  app.add_option("--request", options.request, "An OCSPRequest in DER")->required();
  app.add_option("--path", options.path)->capture_default_str();
  app.add_option("--clients", options.clients)->capture_default_str();
  app.add_option("--seconds", options.seconds)->capture_default_str();
  app.add_option("--connections", options.connections, "kept, or new for each request")
      ->check(CLI::IsMember({"kept", "new"}))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    bench::run(options);
  } catch (const std::exception& failed) {
    std::cerr << "ocsp_load: " << failed.what() << "\n";
    return 1;
  }
}
