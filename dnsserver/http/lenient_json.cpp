#include "dnsserver/http/lenient_json.h"

#include <algorithm>

#include "base/name.h"
#include "dnsserver/http/json_scanner.h"

namespace dnsserver::http {

namespace {

using base::ErrorKind;
using base::fail;
using base::Json;
using base::Result;

}  // namespace

Result<LenientObject> LenientObject::parse(std::string_view text, Behind behind) {
  LenientObject object;
  JsonScanner scanner(text);
  scanner.skip_space();
  if (scanner.is_at_end()) return object;
  auto value = scanner.value();
  if (!value) return fail(ErrorKind::malformed, "the body is no JSON");
  if (behind == Behind::is_refused && !scanner.is_at_end()) {
    return fail(ErrorKind::malformed, "something stands behind the JSON value");
  }
  if (value->is_null()) return object;
  if (!value->object()) return fail(ErrorKind::malformed, "the body is no JSON object");
  for (const auto& [name, member] : *value->object())
    object.members_.emplace_back(base::lower(name), member);
  return object;
}

// A null leaves what an earlier member of the same name said.
const Json* LenientObject::find(std::string_view name) const {
  const auto said = [&](const auto& member) { return member.first == name && !member.second.is_null(); };
  const auto last = std::find_if(members_.rbegin(), members_.rend(), said);
  return last == members_.rend() ? nullptr : &last->second;
}

Result<std::string> LenientObject::string(std::string_view name) const {
  const Json* value = find(name);
  if (value == nullptr) return std::string();
  if (const std::string* text = value->string()) return *text;
  return fail(ErrorKind::malformed, std::string(name) + ": it is no string");
}

Result<std::vector<std::string>> LenientObject::strings(std::string_view name) const {
  std::vector<std::string> texts;
  const Json* value = find(name);
  if (value == nullptr) return texts;
  if (!value->array()) return fail(ErrorKind::malformed, std::string(name) + ": it is no array");
  for (const Json& item : *value->array()) {
    if (!item.string() && !item.is_null())
      return fail(ErrorKind::malformed, std::string(name) + ": it holds something that is no string");
    texts.push_back(item.string() ? *item.string() : "");
  }
  return texts;
}

}  // namespace dnsserver::http
