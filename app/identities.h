#pragma once

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

// The certificates of our listeners: from files, or from our own CA, which makes a new one each time.
// For one thread at a time.
class Identities {
 public:
  // Has a new one issued for these hosts.
  using Issue = std::function<base::Result<acmecore::ServerIdentity>(const std::vector<std::string>& hosts)>;
  // Gives a listener another one. On error it keeps the one it has.
  using Give = std::function<base::Result<void>(const base::http::TlsIdentity&)>;
  using IsRevoked = std::function<bool(const acmecore::Serial&)>;

  // `issue` is null where there is no CA, and then all come from files.
  Identities(const base::Config& config, Issue issue, const base::Clock& clock);

  // What a listener begins with: from `files`, or where none are named from our CA. `give` is for later ones. The
  // errors of load_identity and of `issue`.
  base::Result<base::http::TlsIdentity> first(const base::TlsFiles& files, Give give);

  // Another one for each listener. All are there before the first is given, so that the errors of load_identity and of
  // `issue` change nothing.
  base::Result<void> renew_all();

  // Another one for each listener whose own is of our CA, and grows old or was revoked. No file is read. The error is
  // the first one; it keeps no other listener from having its own.
  base::Result<void> renew_due(const IsRevoked& is_revoked);

 private:
  struct Made {  // by our CA
    acmecore::Serial serial;
    acmecore::Validity validity;
  };
  struct Identity {
    base::http::TlsIdentity tls;
    std::optional<Made> made;  // nothing: it is from files
  };
  struct Listener {
    base::TlsFiles files;
    Give give;
    std::optional<Made> made;  // what it has
  };
  base::Result<Identity> another(const base::TlsFiles& files);
  base::Result<void> renew(Listener& listener);
  static base::Result<void> take(Listener& listener, Identity identity);
  bool is_old(const Made& made) const { return acmecore::due_for_renewal(made.validity, clock_.now()); }

  std::vector<Listener> listeners_;  // those with files first
  const Issue issue_;
  const base::Clock& clock_;
  const std::vector<std::string> hosts_;  // what clients may call us, beside localhost
};

}  // namespace app
