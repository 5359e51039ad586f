#include "app/cli/csv.h"

namespace app {

namespace {

constexpr std::string_view kBeginsFormula = "=+-@\t\r";

std::string csv_field(const std::string& text) {
  std::string field;
  if (!text.empty() && kBeginsFormula.find(text.front()) != kBeginsFormula.npos) field = '\'';
  field += text;
  if (field.find_first_of(",\"\r\n") == field.npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string csv_record(const std::vector<std::string>& fields) {
  std::string record;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) record += ',';
    record += csv_field(field);
  }
  return record + "\r\n";
}

}  // namespace app
