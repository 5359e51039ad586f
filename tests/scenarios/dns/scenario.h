#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {

// One query and the response that it must get: tests/scenarios/dns/README.md.
struct ScenarioCase {
  std::string sentence;
  size_t line = 0;  // of its CHECK
  Bytes query;
  Transport transport = Transport::udp;
  bool silence = false;
  bool has_question = true;
  ReadMessage reply = {};  // but for the question, which is the query's
};

struct Scenario {
  ServedZones zones;
  std::vector<ScenarioCase> cases;
};

// Stops the test program at a line that is not in the language.
Scenario parse_scenario(std::string_view text, std::string_view file);

}  // namespace dnsserver
