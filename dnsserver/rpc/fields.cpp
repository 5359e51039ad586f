#include "dnsserver/rpc/fields.h"

#include <algorithm>

#include "base/base64url.h"
#include "base/openssl.h"

namespace dnsserver::rpc {

namespace {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;

// google/protobuf/duration.proto: ten thousand years.
constexpr int64_t kDurationSecondsMax = 315'576'000'000;
constexpr size_t kBindingSize = 8;

tl::unexpected<base::Error> bad(std::string_view field, std::string_view why) {
  return fail(ErrorKind::malformed, std::string(field) + ": " + std::string(why));
}

Bytes binding(std::string_view list) { return base::sha256(list).substr(0, kBindingSize); }

}  // namespace

Result<base::Name> parse_name(std::string_view field, const std::string& text) {
  auto name = base::Name::parse(text);
  if (!name) return bad(field, name.error().detail);
  return name;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view field,
                                                 const google::protobuf::Duration& duration) {
  if (duration.seconds() < 0 || duration.seconds() > kDurationSecondsMax || duration.nanos() < 0 ||
      duration.nanos() > 999'999'999) {
    return bad(field, "not a duration from 0 up");
  }
  return std::chrono::seconds(duration.seconds()) + std::chrono::milliseconds(duration.nanos() / 1'000'000);
}

Result<std::chrono::seconds> parse_seconds(std::string_view field,
                                           const google::protobuf::Duration& duration) {
  TRY(const auto exact, parse_duration(field, duration));
  if (duration.nanos() != 0 || exact > std::chrono::seconds(UINT32_MAX)) {
    return bad(field, "not a number of whole seconds that DNS can count");
  }
  return std::chrono::floor<std::chrono::seconds>(exact);
}

Result<size_t> parse_page_size(int32_t size) {
  if (size < 0) return bad("page_size", "it is negative");
  return size == 0 ? kPageSizeDefault : std::min(size_t(size), kPageSizeMax);
}

std::string page_token(std::string_view list, base::BytesView cursor) {
  return cursor.empty() ? "" : base::base64url(binding(list) + Bytes(cursor));
}

Result<Bytes> parse_page_token(std::string_view list, const std::string& token) {
  if (token.empty()) return Bytes();
  const auto octets = base::parse_base64url(token);
  if (!octets || octets->size() <= kBindingSize || !octets->starts_with(binding(list))) {
    return bad("page_token", "it is not of this list");
  }
  return octets->substr(kBindingSize);
}

}  // namespace dnsserver::rpc
