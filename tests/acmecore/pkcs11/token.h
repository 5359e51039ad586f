#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "acmecore/pkcs11/token_module.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore::pkcs11 {

inline constexpr const char* kPin = "1234";

// Whether SoftHSM2, opensc and p11-kit are installed, as deploy/packages.sh has them. Tests are skipped where not.
bool is_softhsm_installed();

// A token of SoftHSM2 in a directory of its own, called "ca". One at a time in a process.
class SoftToken {
 public:
  SoftToken();
  ~SoftToken();
  SoftToken(const SoftToken&) = delete;
  SoftToken& operator=(const SoftToken&) = delete;

  // A new key pair, of a type as pkcs11-tool calls it: "EC:prime256v1", "rsa:2048", "EC:edwards25519".
  void generate(const std::string& type, const std::string& label, const std::string& id);

  // It is taken away, and comes back.
  void take_away();
  void bring_back();

  static const char* library();
  const std::string& configuration() const { return configuration_; }

 private:
  TemporaryDirectory directory_;
  std::string configuration_;
};

// A process that lets others use a token over a Unix socket, as a machine does that holds an HSM.
class TokenServer {
 public:
  explicit TokenServer(const SoftToken& token);
  ~TokenServer();
  TokenServer(const TokenServer&) = delete;
  TokenServer& operator=(const TokenServer&) = delete;

  // With all that it does for others, and once more at the same place.
  void kill();
  void start();

  // What its users load.
  static const char* library();

 private:
  const std::string configuration_;
  TemporaryDirectory directory_;
  pid_t pid_ = 0;
};

}  // namespace acmecore::pkcs11
