#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/authorization.h"
#include "acmecore/order.h"
#include "base/error.h"
#include "base/time.h"

// The CA as the state machines of RFC 8555 §7.1.6 have it, in the plainest words: statuses that are kept and changed by
// what happens, where the Authority computes them. Tests let the same things happen to both.
namespace acmecore::model {

using base::Time;

// Whether the RFC has a way from one status to the other, over others or at once.
bool leads_to(OrderStatus from, OrderStatus to);
bool leads_to(AuthorizationStatus from, AuthorizationStatus to);
bool leads_to(ChallengeStatus from, ChallengeStatus to);
bool leads_to(AccountStatus from, AccountStatus to);

// What was removed after its time `exists` no more; its place in the list stays.
struct ModelAccount {
  std::string id = {};
  bool exists = true;
  AccountStatus status = AccountStatus::valid;
  size_t key = 0;
  bool unused = true;
  Time created;
};

struct ModelAuthorization {
  std::string id;
  size_t account;
  std::string identifier;
  Time expires;
  bool exists = true;
  AuthorizationStatus status = AuthorizationStatus::pending;
  ChallengeStatus challenge = ChallengeStatus::pending;
  size_t key = 0;  // of the account when it responded
  std::optional<Time> responded = {};
  std::optional<Time> validated = {};
  std::optional<Time> next_look = {};
  std::set<size_t> published = {};  // the keys with which the TXT values were made that stand in the DNS
  bool looking = false;             // the process waits for an answer
};

struct ModelCertificate {
  size_t account;
  std::vector<std::string> names;
  size_t key;
  Time not_after;
  bool exists = true;
  bool revoked = false;
  bool compromised = false;  // which is why it was revoked
};

struct ModelOrder {
  size_t account;
  std::vector<std::string> names;
  Time expires;
  std::string id = {};
  bool exists = true;
  std::vector<size_t> authorizations = {};
  OrderStatus status = OrderStatus::pending;
  size_t key = 0;                          // that is to be certified, once it is processing
  std::optional<size_t> certificate = {};  // once it is valid
};

// What a CSR is like.
enum class CsrKind { good, other_names, rubbish, account_key };

// What the DNS says when it is asked.
enum class Dns { answers, fails, is_out_of_reach };

// What an operator has set.
struct Rules {
  std::chrono::milliseconds order_lifetime;
  std::chrono::milliseconds authorization_lifetime;
  std::chrono::milliseconds certificate_lifetime;
  std::chrono::milliseconds reuse;
  std::chrono::milliseconds retry_total;
  std::chrono::milliseconds retry_interval;
};

using Outcome = std::optional<base::ErrorKind>;  // nothing: done

// All that there is. A copy is another world.
class World {
 public:
  World(const Rules& rules, Time now) : now(now), rules_(rules) {}

  // Of the commits to come the store takes so many, and no others. From the start it takes all.
  void let_pass(size_t commits) { commits_ = commits; }
  void let_all_pass() { commits_.reset(); }
  // The store refuses the one behind so many, and takes the others.
  void refuse_behind(size_t commits) { refused_ = commits; }
  void refuse_none() { refused_.reset(); }

  // What accounts ask for; an account that cannot is refused as the edge would (RFC 8555 §7.3.6).
  Outcome new_account(size_t key);
  Outcome deactivate_account(size_t account);
  Outcome change_key(size_t account, size_t key);  // conflict: another has it
  Outcome new_order(size_t account, const std::vector<std::string>& names);
  Outcome new_authorization(size_t account, const std::string& identifier);
  Outcome respond(size_t account, size_t authorization);
  Outcome deactivate_authorization(size_t account, size_t authorization);
  Outcome finalize(size_t account, size_t order, CsrKind csr, size_t key);
  Outcome revoke(size_t account, size_t certificate);
  Outcome revoke_by_key(size_t certificate, bool its_own);

  // What operators do.
  Outcome disable_account(size_t account);
  Outcome revoke_authorization(size_t authorization);

  // The order that new_order has just made has these authorizations. False: not so, for it relies on others than it
  // may or should.
  bool attach(const std::string& order, const std::vector<std::string>& authorizations);

  // What happens by itself.
  void advance(std::chrono::milliseconds by);
  void answer_looks();  // of all that wait
  void sweep_authorizations();
  void sweep();
  void restart();

  Time now;
  bool gate_open = true;  // what is asked is answered at once
  Dns dns = Dns::answers;
  std::set<std::string> denied;
  std::vector<ModelAccount> accounts;
  std::vector<ModelAuthorization> authorizations;
  std::vector<ModelOrder> orders;
  std::vector<ModelCertificate> certificates;
  std::set<size_t> blocked;  // keys of certificates

 private:
  bool commit();  // false: the store has not taken it
  void settle();  // what follows from what has changed
  Outcome refusal_of(size_t account) const;
  std::optional<size_t> account_with(size_t key) const;
  std::vector<size_t> reusable(size_t account, const std::string& identifier) const;
  bool holds(size_t account, const std::string& identifier) const;
  void look(ModelAuthorization& authorization);
  bool end_look(ModelAuthorization& authorization);
  void fail(ModelAuthorization& authorization);
  void issue(ModelOrder& order);

  Rules rules_;
  std::optional<size_t> commits_;
  std::optional<size_t> refused_;
};

}  // namespace acmecore::model
