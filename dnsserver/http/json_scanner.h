#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace dnsserver::http {

// Reads JSON values off the front of a text: the grammar of RFC 8259, with leniency about characters (see
// LenientObject). Nothing is returned where the text is no JSON, or nested deeper than kLenientDepthMax.
class JsonScanner {
 public:
  // The text outlives the scanner.
  explicit JsonScanner(std::string_view text) : rest_(text) {}

  // One value and the whitespace around it. An object holds every member that was written, names twice too.
  std::optional<base::Json> value(size_t depth = 0);
  bool is_at_end() const { return rest_.empty(); }
  void skip_space();

 private:
  bool take(char c);
  bool take_word(std::string_view word);
  std::optional<base::Json> object(size_t depth);
  std::optional<base::Json> array(size_t depth);
  std::optional<base::Json> number();
  std::optional<std::string> string();
  bool escape(std::string& into);
  std::optional<unsigned> hex4();
  size_t digits();

  std::string_view rest_;
};

}  // namespace dnsserver::http
