#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "base/endpoint.h"
#include "base/error.h"
#include "base/http/message.h"
#include "base/http/refused.h"
#include "base/http_limits.h"
#include "base/task.h"

namespace base {
struct TlsIdentity;
}

namespace base::http {

// Answers one request. Runs on the executor of its connection, for several connections at once.
using Handler = std::function<Task<Response>(Request)>;

// The answer to a request that got no further than the listener (400, 408, 413, 414, 417, 431, 501, 505).
using Refusal = std::function<Response(const Refused& refused)>;

// As plain_problem() has it.
Response plain_refusal(const Refused& refused);

// Serves HTTP/1.1 over TLS (RFC 9112, RFC 9110 §4.2.2) or in the clear, within limits that hold whatever its
// peers do.
class Listener {
 public:
  // Listens at `endpoints` and serves on `executor`, each connection on a strand of its own. What `handler`
  // and `refusal` refer to outlives the executor's work.
  //
  // malformed: the identity, as tls_server_context says. unavailable: an endpoint cannot be listened at.
  static Result<std::unique_ptr<Listener>> open(boost::asio::any_io_executor executor,
                                                const std::vector<Endpoint>& endpoints,
                                                const TlsIdentity& identity, const HttpLimits& limits,
                                                Handler handler, Refusal refusal = plain_refusal);

  // The same in the clear: whoever is between reads and changes what is said. For loopback, and behind a proxy
  // that speaks TLS for us.
  static Result<std::unique_ptr<Listener>> open_plain(boost::asio::any_io_executor executor,
                                                      const std::vector<Endpoint>& endpoints,
                                                      const HttpLimits& limits, Handler handler,
                                                      Refusal refusal = plain_refusal);

  // Ends everything at once; for a kind end, drain() first.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Where it listens, in the order of open(), with the ports that the kernel chose.
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }

  // Connections from now on are served with `identity`. malformed: as open(); nothing changes. Thread-safe.
  // REQUIRES: it was not opened in the clear.
  Result<void> renew(const TlsIdentity& identity);

  // Accepts no more connections, lets requests in flight be answered, and returns when every connection has
  // ended, at the latest after HttpLimits::drain_timeout, when what is left is closed. The handler of a
  // request that was cut off so goes on, and answers nobody.
  Task<> drain();

 private:
  class Server;

  Listener(std::shared_ptr<Server> server, std::vector<Endpoint> endpoints);

  // Shared with the coroutines that accept and serve, which may end after the listener.
  std::shared_ptr<Server> server_;
  const std::vector<Endpoint> endpoints_;
};

}  // namespace base::http
