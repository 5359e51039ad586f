#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace acmecore {

// The rows of docs/status-rules.md whose rules begin with `prefix`: "| `rule` | source |".
inline std::vector<std::string> documented_status_rules(std::string_view prefix) {
  std::ifstream file(ASSAY_SOURCE_DIR "/docs/status-rules.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `" + std::string(prefix))) continue;
    const size_t source = line.find('|', 1);
    rows.push_back(line.substr(0, line.find('|', source + 1) + 1));
  }
  return rows;
}

// The row that a rule is to have.
inline std::string row_of(const auto& rule) {
  return "| `" + std::string(rule.name) + "` | " + std::string(rule.source) + " |";
}

}  // namespace acmecore
