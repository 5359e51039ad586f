#include "base/http/admission.h"

#include <boost/asio/ip/address.hpp>
#include <cassert>

namespace base::http {

namespace {

std::string client_of(std::string_view address) {
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  if (error) return std::string(address);
  if (parsed.is_v4()) return std::string(address);
  if (parsed.to_v6().is_v4_mapped())
    return make_address_v4(boost::asio::ip::v4_mapped, parsed.to_v6()).to_string();
  const auto octets = parsed.to_v6().to_bytes();
  return std::string(octets.begin(), octets.begin() + 8);
}

}  // namespace

bool Admission::enter(std::string_view address) {
  if (connections_ >= connections_max_) return false;
  size_t& of_client = by_client_[client_of(address)];
  if (of_client >= per_address_max_) return false;
  ++of_client;
  ++connections_;
  return true;
}

void Admission::leave(std::string_view address) {
  const auto found = by_client_.find(client_of(address));
  assert(found != by_client_.end() && found->second > 0);
  --connections_;
  if (--found->second == 0) by_client_.erase(found);
}

}  // namespace base::http
