#include "base/ip_network.h"

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace base {

namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned kMappedBits = 96;
constexpr unsigned kBits = 128;

tl::unexpected<Error> no_network(std::string_view text) {
  constexpr size_t kShownMax = 100;
  return fail(ErrorKind::malformed, "\"" + std::string(text.substr(0, kShownMax)) +
                                        "\" is not a network, such as 192.0.2.0/24 or 2001:db8::/32");
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress address;
  if (const auto v4 = boost::urls::parse_ipv4_address(text)) {
    const auto octets = v4->to_bytes();
    std::copy(kMappedPrefix.begin(), kMappedPrefix.end(), address.octets_.begin());
    std::copy(octets.begin(), octets.end(), address.octets_.begin() + kMappedPrefix.size());
    return address;
  }
  if (const auto v6 = boost::urls::parse_ipv6_address(text)) return of(v6->to_bytes());
  constexpr size_t kShownMax = 100;
  return fail(ErrorKind::malformed,
              "\"" + std::string(text.substr(0, kShownMax)) + "\" is not an IP address");
}

IpAddress IpAddress::of(const std::array<uint8_t, 16>& octets) {
  IpAddress address;
  address.octets_ = octets;
  return address;
}

bool IpAddress::is_v4() const {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), octets_.begin());
}

std::string IpAddress::text() const {
  if (!is_v4()) return boost::urls::ipv6_address(octets_).to_string();
  boost::urls::ipv4_address::bytes_type octets;
  std::copy(octets_.begin() + kMappedPrefix.size(), octets_.end(), octets.begin());
  return boost::urls::ipv4_address(octets).to_string();
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return no_network(text);
  // An IPv6 spelling of a mapped address counts its bits as IPv6 does.
  const bool in_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  IpNetwork network;
  network.prefix_ = kBits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size()) return no_network(text);
    if (bits > (in_v4 ? kBits - kMappedBits : kBits)) return no_network(text);
    network.prefix_ = in_v4 ? bits + kMappedBits : bits;
  }
  auto octets = address->octets();
  for (unsigned bit = network.prefix_; bit < kBits; ++bit)
    octets[bit / 8] &= uint8_t(~(0x80u >> bit % 8));
  network.address_ = IpAddress::of(octets);
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  const unsigned whole = prefix_ / 8;
  const auto& mine = address_.octets();
  const auto& theirs = address.octets();
  if (std::memcmp(mine.data(), theirs.data(), whole) != 0) return false;
  if (prefix_ % 8 == 0) return true;
  const auto mask = uint8_t(0xff00u >> prefix_ % 8);
  return (mine[whole] & mask) == (theirs[whole] & mask);
}

std::string IpNetwork::text() const {
  const bool in_v4 = address_.is_v4() && prefix_ >= kMappedBits;
  return address_.text() + "/" + std::to_string(in_v4 ? prefix_ - kMappedBits : prefix_);
}

}  // namespace base
