#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/serial.h"
#include "acmecore/server_identity.h"
#include "acmecore/validity.h"
#include "base/config.h"
#include "base/error.h"
#include "base/http/tls.h"
#include "base/time.h"

namespace app {

// Chain and key in files. Nothing where no files are named. unavailable, malformed: they cannot be read, or do
// not belong together; the detail names them.
base::Result<std::optional<base::http::TlsIdentity>> load_identity(const base::TlsFiles& files);

// The CA that client certificates are signed by: PEM, or "" where no file is named. unavailable, malformed: it
// cannot be read, or there is no certificate in it; the detail names the key.
base::Result<std::string> load_client_ca(const std::filesystem::path& file);

// Where the certificates of our listeners come from: files, or our own CA, which makes a new one each time.
// For one thread at a time.
class Identities {
 public:
  // Has a new one issued for these hosts.
  using Issue = std::function<base::Result<acmecore::ServerIdentity>(const std::vector<std::string>& hosts)>;

  // `issue` is null where there is no CA, and then all come from files.
  Identities(const base::Config& config, Issue issue, const base::Clock& clock);

  // For DNS over TLS, for HTTPS, for gRPC and for publishing by HTTP. The errors of load_identity and of `issue`.
  base::Result<base::http::TlsIdentity> dns();
  base::Result<base::http::TlsIdentity> acme();
  base::Result<base::http::TlsIdentity> grpc();
  base::Result<base::http::TlsIdentity> publish();

  // The listeners have what was asked for since.
  void note_taken();

  // Should one that our CA made, and that a listener has, be replaced? One that was made for nobody, because another
  // one could not be read then, puts nothing off.
  bool due_for_renewal() const;

  // Those that our CA made, and that a listener has.
  std::vector<acmecore::Serial> serials() const;

 private:
  struct Made {  // by our CA
    acmecore::Serial serial;
    acmecore::Validity validity;
  };
  struct Listener {
    base::TlsFiles files;
    std::optional<Made> newest;
    std::optional<Made> taken;
  };
  base::Result<base::http::TlsIdentity> identity(Listener& listener);

  std::array<Listener, 4> listeners_;
  Listener& dns_ = listeners_[0];
  Listener& acme_ = listeners_[1];
  Listener& grpc_ = listeners_[2];
  Listener& publish_ = listeners_[3];
  const Issue issue_;
  const base::Clock& clock_;
  std::vector<std::string> hosts_;  // what clients may call us, beside localhost
};

}  // namespace app
