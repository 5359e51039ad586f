// An answer is read within its bounds (ASan sees to it), its path is bounded and has no name twice, and every
// value can be joined or shown.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "validator/answer.h"
#include "validator/txt.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::Bytes message(reinterpret_cast<const char*>(data), size);
  const auto answer = validator::parse_answer(message);
  if (!answer) return 0;
  const auto& path = answer->path;
  if (path.empty() || path.size() > validator::kCnamesRead + 1) std::abort();
  for (auto name = path.begin(); name != path.end(); ++name) {
    if (std::find(path.begin(), name, *name) != name) std::abort();
  }
  for (const auto& rdata : answer->rdata) {
    const auto value = validator::txt_value(rdata);
    if (value && value->size() > rdata.size()) std::abort();
    if (validator::shown(rdata).size() > 4 * validator::kShownOctetsMax + 32) std::abort();
  }
  return 0;
}
