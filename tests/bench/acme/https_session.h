#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bench {

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::string location;
  std::string nonce;  // Replay-Nonce
};

// One HTTPS connection that is kept alive. Blocks; for one thread. Any failure ends the benchmark with an exception,
// because figures of a run in which something failed are no figures.
class HttpsSession {
 public:
  // `ca_file`: PEM of who signed the server's certificate.
  HttpsSession(const std::string& host, const std::string& port, const std::string& ca_file);
  ~HttpsSession();

  HttpAnswer get(std::string_view target);
  // Content-Type application/jose+json.
  HttpAnswer post(std::string_view target, std::string_view body);

 private:
  struct Connection;
  HttpAnswer exchange(bool is_post, std::string_view target, std::string_view body);

  std::unique_ptr<Connection> connection_;
};

}  // namespace bench
