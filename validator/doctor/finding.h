#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/name.h"

namespace validator::doctor {

// From good to bad. What was skipped could not be looked at; the sentence says why.
enum class Grade { ok, skipped, warn, fail };

// "ok", "skipped", "warn", "fail".
constexpr std::string_view name_of(Grade grade) {
  switch (grade) {
    case Grade::ok: return "ok";
    case Grade::skipped: return "skipped";
    case Grade::warn: return "warn";
    case Grade::fail: return "fail";
  }
  return "";
}

// A record as somebody is asked to write it. RDATA in presentation form.
struct WantedRecord {
  base::Name owner;
  std::string type;
  std::string rdata;
  uint32_t ttl = 3600;

  bool operator==(const WantedRecord&) const = default;
};

// One way to put right what a finding says, in one zone. Where there are several, any of them does.
struct Remedy {
  std::string title;  // "delegate it by CNAME"
  base::Name zone;
  std::vector<WantedRecord> remove = {};
  std::vector<WantedRecord> add = {};
  std::vector<WantedRecord> keep = {};  // that stand beside those, for who changes whole RRsets

  bool operator==(const Remedy&) const = default;
};

// What one check came to.
struct Finding {
  std::string id;  // "cut.tcp": stays the same from version to version
  Grade grade = Grade::ok;
  std::string sentence;
  std::vector<Remedy> remedies = {};

  bool operator==(const Finding&) const = default;
};

using Findings = std::vector<Finding>;

inline Finding ok(std::string id, std::string sentence) {
  return {std::move(id), Grade::ok, std::move(sentence), {}};
}
inline Finding skipped(std::string id, std::string sentence) {
  return {std::move(id), Grade::skipped, std::move(sentence), {}};
}
inline Finding warning(std::string id, std::string sentence, std::vector<Remedy> remedies = {}) {
  return {std::move(id), Grade::warn, std::move(sentence), std::move(remedies)};
}
inline Finding failure(std::string id, std::string sentence, std::vector<Remedy> remedies = {}) {
  return {std::move(id), Grade::fail, std::move(sentence), std::move(remedies)};
}

// "a; b; c", for sentences about several servers.
std::string joined(const std::vector<std::string>& parts, std::string_view separator = "; ");
// Names in presentation form, by commas.
std::string joined(const std::vector<base::Name>& names);

}  // namespace validator::doctor
