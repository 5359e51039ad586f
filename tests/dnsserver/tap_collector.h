#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "dnsserver/net/socket.h"

namespace dnsserver::net {

// The end that dnstap is sent to: a Unix socket and the Frame Streams protocol, bidirectional. What takes too
// long stops the test program, as in net_clients.h.
class TapCollector {
 public:
  explicit TapCollector(const std::filesystem::path& path);

  // Takes a connection and goes through READY, ACCEPT and START.
  void accept();
  // Takes a connection, and nothing of what it says.
  void accept_and_stall();
  // The next frame. Empty: STOP, which is answered FINISH, or the end.
  std::string next_frame();

 private:
  std::string receive(size_t size);
  uint32_t receive_number();
  std::string receive_control();
  void send_control(const std::string& body);

  FileDescriptor listener_;
  FileDescriptor connection_;
};

// The frames of a file, between its START and STOP.
std::vector<std::string> frames_of(const std::filesystem::path& file);

}  // namespace dnsserver::net
