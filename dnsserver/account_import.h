#pragma once

#include <string>
#include <vector>

#include "base/ip_network.h"
#include "base/task.h"
#include "dnsserver/credentials.h"
#include "dnsserver/publishing.h"

namespace dnsserver {

// A value that another server serves for an account, and for how long it is to be served here.
struct ForeignValue {
  Bytes value;
  Time expires;
};

// An account of another server: one name that it writes values at.
struct ForeignAccount {
  std::string user_name;
  std::string password_hash;  // crypt(5), as imported_bcrypt() takes it
  Name name;
  std::vector<base::IpNetwork> sources;
  std::vector<ForeignValue> values;
};

struct AccountImported {
  bool is_new = false;
  size_t value_count = 0;  // values that are live now
};

// Takes an account over, so that its clients go on with the user name and password that they have. An account that is
// here already stays as it is, and a value as well, so that a second time nothing changes. Values that have expired
// are left out. `by` is who takes it over. With `dry_run` nothing is done.
//
// not_found: no zone here holds the name. conflict: somebody else has the user name, or the name was handed out before.
// malformed and too_large: imported_bcrypt(), check_credential(), check_challenge(). The arguments outlive the task.
base::Task<Result<AccountImported>> import_account(Credentials& credentials, Publishing& publishing,
                                                   const base::Clock& clock, ForeignAccount account,
                                                   bool dry_run, Administrator by);

}  // namespace dnsserver
