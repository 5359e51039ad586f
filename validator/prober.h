#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.h"
#include "base/task.h"
#include "validator/query.h"
#include "validator/response.h"

namespace validator {

enum class Transport { udp, tcp };

// What one address said to one question.
struct Reply {
  std::optional<Response> response = {};  // nothing: `why` says why there is none
  std::string why = {};                   // "no answer within 2 s", for people
  Transport transport = Transport::udp;   // what `response` came by
  bool was_truncated = false;             // over UDP; `response` is what TCP said, if it said anything
  bool kept_case = true;                  // the question was echoed in the case that it was sent in

  bool answered() const { return response.has_value(); }
  bool has_rcode(uint16_t rcode) const { return answered() && response->rcode == rcode; }
};

// "NXDOMAIN", "NOERROR without data", "no answer within 2 s": what a sentence says that a server said.
std::string said(const Reply& reply);

// Asks name servers themselves, one address at a time, as a resolver would after it has found them. An interface
// so that what is concluded from the answers is tested without a network.
class Prober {
 public:
  virtual ~Prober() = default;

  // Over UDP, and over TCP where the answer is truncated; or over TCP at once. Does not follow CNAMEs or
  // referrals. The time is bounded.
  virtual base::Task<Reply> ask(base::Endpoint server, Query query, Transport transport) = 0;
};

struct Question {
  base::Endpoint server;
  Query query;
};

// Asks all questions over UDP, several of them at once where it can. The replies are in the order of the questions. The
// prober outlives the task.
using AskAll = std::function<base::Task<std::vector<Reply>>(Prober&, std::vector<Question>)>;

}  // namespace validator
