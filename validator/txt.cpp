#include "validator/txt.h"

namespace validator {

base::Result<base::Bytes> txt_value(base::BytesView rdata) {
  base::Bytes value;
  while (!rdata.empty()) {
    const size_t length = uint8_t(rdata[0]);
    if (rdata.size() - 1 < length) {
      return base::fail(base::ErrorKind::malformed, "a TXT record whose character-strings do not fill it");
    }
    value += rdata.substr(1, length);
    rdata.remove_prefix(1 + length);
  }
  return value;
}

std::string quoted(base::BytesView value) {
  std::string text = "\"";
  for (const char c : value) {
    const auto octet = uint8_t(c);
    if (octet < 0x20 || octet >= 0x7f) {
      text += {'\\', char('0' + octet / 100), char('0' + octet / 10 % 10), char('0' + octet % 10)};
    } else {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
  }
  return text + '"';
}

base::Result<std::string> txt_presentation(base::BytesView rdata) {
  CHECK(txt_value(rdata));
  std::string text;
  while (!rdata.empty()) {
    const size_t length = uint8_t(rdata[0]);
    text += (text.empty() ? "" : " ") + quoted(rdata.substr(1, length));
    rdata.remove_prefix(1 + length);
  }
  return text;
}

std::string shown(base::BytesView value) {
  if (value.size() <= kShownOctetsMax) return quoted(value);
  std::string text = quoted(value.substr(0, kShownOctetsMax));
  text.pop_back();
  return text + "…\" (" + std::to_string(value.size()) + " octets)";
}

}  // namespace validator
