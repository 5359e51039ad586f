#include "dnsserver/net/port_holder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "dnsserver/client.h"

namespace dnsserver::net {

namespace {

using base::IpAddress;

// Of /proc/net/tcp: listening. UDP sockets that are not connected are in 07.
constexpr std::string_view kListening = "0A";
constexpr std::string_view kUnconnected = "07";

// Words of 32 bits, as the machine has them.
IpAddress address_in(std::string_view hex) {
  constexpr size_t kDigits = 8;
  std::array<uint32_t, 4> words = {};
  const size_t count = hex.size() / kDigits;
  for (size_t i = 0; i < count; ++i)
    std::from_chars(hex.data() + kDigits * i, hex.data() + kDigits * (i + 1), words[i], 16);
  return ip_address_of({reinterpret_cast<const char*>(words.data()), count * sizeof words[0]});
}

bool is_any(const IpAddress& address) { return address.text() == "0.0.0.0" || address.text() == "::"; }

// "0100007F:0035" or the same with 32 digits.
bool covers(std::string_view local, const IpAddress& wanted, uint16_t port) {
  const size_t colon = local.find(':');
  uint16_t taken = 0;
  if (colon == std::string_view::npos) return false;
  std::from_chars(local.data() + colon + 1, local.data() + local.size(), taken, 16);
  if (taken != port || (colon != 8 && colon != 32)) return false;
  const IpAddress address = address_in(local.substr(0, colon));
  return address == wanted || is_any(address) || is_any(wanted);
}

// The names that links in /proc/<pid>/fd have for such sockets.
void find_sockets(const std::string& table, std::string_view state, const IpAddress& address, uint16_t port,
                  std::set<std::string>& links) {
  std::ifstream file("/proc/net/" + table);
  std::string line;
  std::getline(file, line);  // the heading
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string slot, local, remote, its_state, queues, timer, retransmits, user, timeout, inode;
    fields >> slot >> local >> remote >> its_state >> queues >> timer >> retransmits >> user >> timeout >>
        inode;
    if (its_state == state && covers(local, address, port)) links.insert("socket:[" + inode + "]");
  }
}

bool has_one_of(const std::filesystem::path& process, const std::set<std::string>& links) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(process / "fd", ignored)) {
    if (links.contains(std::filesystem::read_symlink(entry.path(), ignored).string())) return true;
  }
  return false;
}

bool is_number(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string port_holder(const base::Endpoint& endpoint, SocketKind kind) {
  const auto address = IpAddress::parse(endpoint.address);
  if (!address) return "";
  const bool tcp = kind == SocketKind::tcp;
  std::set<std::string> links;
  for (const char* family : {"", "6"})
    find_sockets((tcp ? "tcp" : "udp") + std::string(family), tcp ? kListening : kUnconnected, *address,
                 endpoint.port, links);
  if (links.empty()) return "";
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string id = entry.path().filename().string();
    if (!is_number(id) || !has_one_of(entry.path(), links)) continue;
    std::string name;
    std::ifstream file(entry.path() / "comm");
    std::getline(file, name);
    return name + " (process " + id + ")";
  }
  return "";
}

}  // namespace dnsserver::net
