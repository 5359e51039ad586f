#include "validator/doctor/finding.h"

namespace validator::doctor {

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return text;
}

std::string joined(const std::vector<base::Name>& names) {
  std::vector<std::string> parts;
  for (const base::Name& name : names)
    parts.push_back(name.text());
  return joined(parts, ", ");
}

}  // namespace validator::doctor
