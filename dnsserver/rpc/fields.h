#pragma once

#include <google/protobuf/duration.pb.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/name.h"

namespace dnsserver::rpc {

// Fields of requests. Each fails as malformed, and the detail begins with the name of the field.

base::Result<base::Name> parse_name(std::string_view field, const std::string& text);

// From 0 up; what is finer than a millisecond is cut.
base::Result<std::chrono::milliseconds> parse_duration(std::string_view field,
                                                       const google::protobuf::Duration& duration);
// Whole seconds, as DNS counts them.
base::Result<std::chrono::seconds> parse_seconds(std::string_view field,
                                                 const google::protobuf::Duration& duration);

// Pages of lists (AIP-158). A larger size is taken to be the largest, 0 the default.
inline constexpr size_t kPageSizeDefault = 100;
inline constexpr size_t kPageSizeMax = 1000;
base::Result<size_t> parse_page_size(int32_t size);

// A page token is opaque, and good only for the list that it came from: `list` holds the method and the
// fields that say what is listed. No cursor, no token, and the other way round.
std::string page_token(std::string_view list, base::BytesView cursor);
base::Result<base::Bytes> parse_page_token(std::string_view list, const std::string& token);

}  // namespace dnsserver::rpc
