#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/http/request_reader.h"

namespace {

using base::http::Request;
using base::http::RequestReader;

// All requests in `octets`, which come `step` at a time, and the status of the refusal that ended them or 0.
std::pair<std::vector<Request>, unsigned> read_all(std::string_view octets, size_t step) {
  base::HttpLimits limits;
  limits.target_size_max = 64;
  limits.header_size_max = 512;
  limits.body_size_max = 256;
  RequestReader reader(limits);
  std::vector<Request> requests;
  for (;;) {
    const auto progress = reader.advance();
    if (progress == RequestReader::Progress::refused) return {requests, reader.refusal().status};
    if (progress == RequestReader::Progress::complete) {
      requests.push_back(reader.take());
      assert(requests.back().body.size() <= limits.body_size_max);
      assert(requests.back().target.size() <= limits.target_size_max);
    } else if (progress != RequestReader::Progress::expects_continue) {
      if (octets.empty()) return {requests, 0};
      reader.append(octets.substr(0, step));
      octets.remove_prefix(std::min(step, octets.size()));
    }
  }
}

}  // namespace

// How the octets are cut into reads must not change which requests are in them. (Which refusal ends them may
// change: a limit is sometimes seen before the syntax behind it.)
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const auto [at_once, status] = read_all(octets, octets.size() + 1);
  const auto [one_by_one, other_status] = read_all(octets, 1);
  assert(at_once.size() == one_by_one.size());
  for (size_t i = 0; i < at_once.size(); ++i) {
    assert(at_once[i].method == one_by_one[i].method);
    assert(at_once[i].target == one_by_one[i].target);
    assert(at_once[i].headers == one_by_one[i].headers);
    assert(at_once[i].body == one_by_one[i].body);
  }
  assert((status == 0) == (other_status == 0));
  return 0;
}
