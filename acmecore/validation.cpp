#include "acmecore/validation.h"

namespace acmecore {

std::string sentence(const Observation& observation) {
  std::string text = observation.server.empty() ? "asked for " : "asked " + observation.server + " for ";
  text += observation.name.text() + " " + observation.type + ", got " + observation.result;
  for (const std::string& value : observation.values)
    text += " " + value;
  if (observation.path.size() > 1) text += " at " + observation.path.back().text();
  if (!observation.security.empty()) text += " (" + observation.security + ")";
  return text;
}

}  // namespace acmecore
