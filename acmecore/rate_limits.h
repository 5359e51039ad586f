#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "acmecore/gcra.h"
#include "acmecore/identifier.h"
#include "acmecore/order.h"
#include "acmecore/public_suffixes.h"
#include "acmecore/records.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// As it stands here, nothing is limited.
struct LimitRules {
  Rate new_accounts_per_address = {};  // an IPv6 address counts as its /64
  Rate new_orders_per_account = {};
  Rate account_changes = {};          // of one account's contacts and key
  Rate certificates_per_domain = {};  // that is registered (PublicSuffixes), whoever's account it is
  Rate certificates_per_names = {};   // exactly the same ones
  Rate failed_validations = {};       // of one name by one account
};

// How much comes at most. What counts is added to the commit of what is counted, with the revision that it was read
// at, so that nothing passes twice, nothing is forgotten by a restart, and no commit is made for it alone. Nothing is
// written for a limit that is off.
//
// Each check fails with rate_limited and Error::retry_after when there is no room. If nobody else comes, there is room
// again at that time, and not a second before. Thread-safe. An order that renews when it should
// (Order::renews_when_suggested) is limited by none of them and counts for none, and failed validations do not stop the
// authorizations that are made for it (Authorization::for_renewal).
class RateLimits {
 public:
  // All of these outlive the limits.
  RateLimits(Records& records, const base::Clock& clock, const PublicSuffixes& suffixes, LimitRules rules)
      : records_(records), clock_(clock), suffixes_(suffixes), rules_(std::move(rules)) {}

  // `address`: an IP address; empty: whoever it is is not limited.
  base::Task<base::Result<void>> count_account(std::string address, Changes& changes);

  // Beside the order itself, what its names would meet later is looked at, and not counted yet.
  base::Task<base::Result<void>> count_order(const Order& order, Changes& changes);

  // The same of an authorization that is made before any order, and counts as one.
  base::Task<base::Result<void>> count_authorization(std::string account, Identifier identifier,
                                                     Changes& changes);

  // A change of its contacts or key by its subscriber. What ends an account or an authorization is never counted: it
  // happens once, and is not to be stopped.
  base::Task<base::Result<void>> count_account_change(std::string account, Changes& changes);

  base::Task<base::Result<void>> count_certificate(const Order& order, Changes& changes);

  // There is room for another validation of the name that fails.
  base::Task<base::Result<void>> check_failures(std::string account, Identifier identifier);
  // It failed, whether or not there was room.
  base::Task<base::Result<void>> count_failure(std::string account, Identifier identifier, Changes& changes);

 private:
  struct Question {
    const Rate& rate;
    base::Bytes key;   // of the records
    std::string what;  // "new orders of this account", for a sentence
  };

  std::vector<Question> certificate_questions(const Order& order) const;
  Question order_question(const std::string& account) const;
  Question failure_question(const std::string& account, const Identifier& identifier) const;

  // What is known, if there is room for one more.
  base::Task<base::Result<Stored<RegainedAt>>> room(const Question& question) const;
  base::Task<base::Result<void>> count(Question question, Changes& changes);

  Records& records_;
  const base::Clock& clock_;
  const PublicSuffixes& suffixes_;
  const LimitRules rules_;
};

}  // namespace acmecore
