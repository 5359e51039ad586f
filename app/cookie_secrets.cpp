#include "app/cookie_secrets.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "app/files.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

std::optional<dnsserver::SipKey> key_of(std::string_view line) {
  dnsserver::SipKey key;
  if (line.size() != 2 * key.size()) return std::nullopt;
  for (size_t i = 0; i < key.size(); ++i) {
    const std::string_view digits = line.substr(2 * i, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + 2, key[i], 16);
    if (error != std::errc() || end != digits.data() + 2) return std::nullopt;
  }
  return key;
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

}  // namespace

Result<dnsserver::CookieSecrets> read_cookie_secrets(const std::filesystem::path& path) {
  TRY(const std::string contents, read_secret(path));
  std::string_view rest = contents;
  const auto current = key_of(take_line(rest));
  const bool has_other = !rest.empty();
  const auto other = has_other ? key_of(take_line(rest)) : std::nullopt;
  if (!current || (has_other && !other) || !rest.empty()) {
    return fail(ErrorKind::malformed,
                path.string() +
                    " must hold one line of 32 hexadecimal digits, or two: the secret of "
                    "DNS Cookies, and another that is accepted");
  }
  return dnsserver::CookieSecrets{*current, other};
}

}  // namespace app
