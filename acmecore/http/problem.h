#pragma once

#include "base/error.h"
#include "base/http/message.h"
#include "base/http/refused.h"
#include "base/json.h"

namespace acmecore::http {

// The status that goes with an error: RFC 8555's where it names one (§6.2, §6.3, §6.6, §7.3.5, §7.3.6, §7.4).
unsigned status_of(base::ErrorKind kind);

// The problem document (RFC 8555 §6.7, RFC 9457) of an error inside a resource, such as a challenge's.
base::Json problem_json(const base::Error& error);

// The response to a request that failed. The detail of an `internal` error or suberror is logged and not sent.
base::http::Response to_problem(const base::Error& error);

// The same for what got no further than the listener.
base::http::Response to_problem(const base::http::Refused& refused);

}  // namespace acmecore::http
