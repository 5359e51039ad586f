#include "base/http/message.h"

#include <ostream>

#include <boost/beast/http/status.hpp>  // needs <ostream>

#include "base/ascii.h"
#include "base/json.h"

namespace base::http {

std::optional<std::string_view> Request::header(std::string_view name) const {
  std::optional<std::string_view> value;
  for (const Header& header : headers) {
    if (!equal_without_case(header.name, name)) continue;
    if (value) return std::nullopt;
    value = header.value;
  }
  return value;
}

std::string_view reason_phrase(unsigned status) {
  namespace beast = boost::beast::http;
  const auto known = beast::int_to_status(status);
  if (known == beast::status::unknown) return "";
  const auto phrase = beast::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

Response plain_problem(unsigned status, std::string_view detail) {
  const Json document = Json::Object{
      {"type", "about:blank"}, {"title", reason_phrase(status)}, {"status", int(status)}, {"detail", detail}};
  return {status, {{"Content-Type", "application/problem+json"}}, document.text()};
}

}  // namespace base::http
