#pragma once

#include <string>

#include "base/http/message.h"
#include "base/time.h"

namespace base::http {

struct ResponseText {
  bool omits_body = false;  // the answer to HEAD: Content-Length says what GET would bring (RFC 9110 §9.3.2)
  bool closes = false;      // the connection ends behind it
};

// The response in HTTP/1.1, but for a shared body, which comes behind it. REQUIRES: header names are tokens, values
// are free of CR, LF and NUL, and a status that has no content (1xx, 204, 304) comes without a body.
std::string response_text(const Response& response, Time now, ResponseText form);

}  // namespace base::http
