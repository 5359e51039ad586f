#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace bench {

// A DNS server on loopback that answers TXT with what was published and SOA for the zone, nothing else: what the
// validation of every measured server asks, so that DNS costs each of them only its own asking.
class TxtServer {
 public:
  // Authoritative for `zone` ("bench.test"); its port is chosen by the kernel.
  explicit TxtServer(std::string zone);
  ~TxtServer();

  int port() const { return port_; }
  // `owner` without the final dot, lower-case.
  void publish(const std::string& owner, const std::string& value);

 private:
  void run();
  std::string answer(std::string_view query);

  std::string zone_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;  // between publish() and the answering thread
  std::map<std::string, std::string> values_;
  std::thread thread_;
};

}  // namespace bench
