#include "base/endpoint.h"

#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>

#include <charconv>
#include <optional>

namespace base {

namespace {

template <class Address>
std::optional<std::string> canonical(const boost::urls::result<Address>& address) {
  if (!address) return std::nullopt;
  return std::string(address->to_string());
}

std::optional<uint16_t> parse_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

std::optional<Endpoint> parse(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view address = text.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  const auto canonical_address = bracketed ? canonical(boost::urls::parse_ipv6_address(address))
                                           : canonical(boost::urls::parse_ipv4_address(address));
  const auto port = parse_port(text.substr(colon + 1));
  if (!canonical_address || !port) return std::nullopt;
  return Endpoint{*canonical_address, *port};
}

}  // namespace

std::string Endpoint::text() const {
  const bool is_ipv6 = address.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  if (auto endpoint = parse(text)) return *std::move(endpoint);
  return fail(ErrorKind::malformed, "\"" + std::string(text.substr(0, 80)) +
                                        "\" is no IP address and port, such as 127.0.0.1:53 or [::1]:53");
}

}  // namespace base
