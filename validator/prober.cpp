#include "validator/prober.h"

namespace validator {

std::string said(const Reply& reply) {
  if (!reply.answered()) return reply.why;
  const Response& response = *reply.response;
  std::string text = rcode_text(response.rcode);
  if (response.rcode == kNoerror && response.answer.empty()) {
    const bool referral = !response.authoritative && Response::first(response.authority, kNs) != nullptr;
    text = referral ? "a referral" : "NOERROR without data";
  }
  if (response.truncated) text += " (truncated)";
  return text;
}

}  // namespace validator
