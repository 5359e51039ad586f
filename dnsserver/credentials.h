#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "dnsserver/act_log.h"
#include "dnsserver/async/batcher.h"
#include "dnsserver/credential_view.h"
#include "dnsserver/tsig_keys.h"
#include "storage/store.h"

namespace dnsserver {

inline constexpr size_t kCredentialsMax = 1'000'000;
// Changes of credentials that wait for the one under way.
inline constexpr size_t kCredentialChangesWaitingMax = 1000;
// Imported passwords that are verified at the same time: bcrypt is a CPU's work.
inline constexpr int kBcryptAtOnceMax = 1;

// A name for one applicant alone (BR 3.2.2.4.7), and who may write there.
struct NewAccount {
  Name apex;                         // of the zone
  std::optional<std::string> label;  // as the operator or the client wants it; else random
  std::vector<base::IpNetwork> sources = {};
  WriteLimits limits = {};
  std::string comment = {};
};

struct Account {
  SharedCredential credential;
  std::string password;  // told once and never again
  std::string label;
  Name name;
};

// The publishing credentials: who may write challenge values, whatever door it comes through.
//
// What is answered with success is durable. All credentials are held in memory, so authenticating reads no store;
// those that another process writes are not known here before open(). Beside what each function says, those that
// write may fail as unavailable and internal. Thread-safe. Outlives its calls; store, clock, executor and log
// outlive it.
//
// What becomes of credentials is told to the log by the commit of it, with `by`, who did it.
class Credentials final : public TsigKeys {
 public:
  using Executor = base::Task<>::executor_type;
  // What becomes of a credential: changes it in place, or says why not.
  using Edit = std::function<Result<void>(Credential&)>;

  // Nobody is told where `log` is null. It makes no more than `credentials_max`; those that are in the store are all
  // held.
  static base::Task<Result<std::unique_ptr<Credentials>>> open(storage::Store& store,
                                                               const base::Clock& clock, Executor executor,
                                                               ActLog* log = nullptr,
                                                               size_t credentials_max = kCredentialsMax);

  // Gives it an id and a time. With `handed_out`, that name is never given to anybody else. malformed, too_large:
  // check_credential(); too_large: there are `credentials_max`. conflict: another one has its user name or the name
  // of its TSIG key, or the name was handed out before.
  base::Task<Result<SharedCredential>> create(Credential credential, Administrator by,
                                              std::optional<Name> handed_out = std::nullopt);
  // A credential for one name, with a login that is as random as the name. malformed: no label that a host name
  // has. conflict: the name was handed out before, or something else stands there.
  base::Task<Result<Account>> register_account(NewAccount account, Administrator by);
  // not_found; otherwise as create(). The id stays.
  base::Task<Result<SharedCredential>> update(std::string id, Edit edit, Administrator by);
  // With the accounts that it keeps (dnsserver/kept_accounts.h). Its values stay until they expire or Publishing
  // removes them; what was handed out to it stays taken.
  base::Task<Result<void>> remove(std::string id, Administrator by);

  // Whether the name was ever handed out, be its credential there or not.
  base::Task<Result<bool>> was_handed_out(Name name);

  // not_found.
  Result<SharedCredential> get(const std::string& id) const;
  // By id, which is by age, behind `after`.
  std::vector<SharedCredential> list(const std::string& after, size_t limit) const {
    return view_.list(after, limit);
  }
  // Null: no credential has it. The key is the one of that name among its tsig_keys. Nothing is checked.
  SharedCredential find_by_tsig_key(const Name& key_name) const override {
    return view_.find_by_tsig_key(key_name);
  }
  SharedCredential find_by_login(const std::string& user_name) const {
    return view_.find_by_login(user_name);
  }

  // Who proves to know the password, and may use it from there (check_usable()). unauthorized, with a reason for
  // the log and not for the client. rate_limited: too many imported passwords are being verified. An imported hash
  // is replaced by our own at its first success, because bcrypt lets anybody have our CPU.
  base::Task<Result<SharedCredential>> authenticate(std::string user_name, std::string password,
                                                    std::optional<base::IpAddress> source);
  // The same by a password alone, as bearer tokens are. An imported one is not known so before its first use.
  Result<SharedCredential> authenticate_token(const std::string& password,
                                              const std::optional<base::IpAddress>& source) const;

 private:
  struct Change {
    std::string id;
    // Given the credential as it is, or null; returns what it becomes, or nothing where it goes.
    std::function<Result<std::optional<Credential>>(const Credential*)> edit;
    std::optional<Name> handed_out;
    std::optional<Administrator> by;  // nothing: it is nobody's act
  };
  using Outcome = Result<SharedCredential>;

  Credentials(storage::Store& store, const base::Clock& clock, Executor executor, ActLog* log,
              size_t credentials_max);

  base::Task<Result<void>> load();
  base::Task<std::vector<Outcome>> carry_out(std::vector<Change> changes);
  base::Task<Outcome> carry_out_one(Change change);
  static Change edit_of(std::string id, Edit edit);
  void tell(const Administrator& by, const Credential* before, const Credential* after,
            storage::Batch& batch) const;
  Result<void> check_unique(const Credential& credential) const;
  base::Task<Result<void>> check_free(Name apex, Name name);

  storage::Store& store_;
  const base::Clock& clock_;
  ActLog* const log_;
  const size_t credentials_max_;
  CredentialView view_;
  std::atomic<int> bcrypt_at_once_ = 0;
  Batcher<Change, Outcome> batcher_;
};

}  // namespace dnsserver
