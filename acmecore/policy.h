#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/certificate.h"
#include "acmecore/identifier.h"
#include "acmecore/name_pattern.h"
#include "acmecore/public_key.h"
#include "acmecore/public_suffixes.h"
#include "base/error.h"

namespace acmecore {

// For whom a certificate is to be.
struct Subscriber {
  std::string account;           // its id; empty: an account that is not known yet
  std::string external_account;  // the id of the external account key that it was made with; empty: none
  std::string directory = {};    // whose account it is; empty: an account that is not known yet
};

Subscriber subscriber_of(const Account& account);

// Which names and keys are certified. As it stands here, every name is that can be.
struct SubscriberRules {
  std::vector<NamePattern> allow = {NamePattern::parse("**").value()};
  std::vector<NamePattern> deny = {};
  std::vector<NamePattern> approval = {};  // what is certified when a person has approved it
  // What is a public suffix, so that it is not certified, nor a wildcard directly below it. Nothing: none is.
  std::optional<PublicSuffixes::Section> public_suffixes = {};
  bool internal_names =
      true;  // special-use names, and those whose top level is not in the public suffix list
  bool reverse_names = false;  // under in-addr.arpa and ip6.arpa
  bool wildcards = true;
  size_t names_max = kIdentifiersMax;
  std::set<KeyType> key_types = {KeyType::rsa, KeyType::p256, KeyType::p384, KeyType::p521};
};

// What an operator has decided: rules for all subscribers but those that have others.
struct PolicyRules : SubscriberRules {
  // Whole, instead of the rules for all. Of several that fit a subscriber, the first one counts.
  struct ForSubscribers : SubscriberRules {
    std::set<std::string> accounts = {};
    std::set<std::string> external_accounts = {};
    std::set<std::string> directories = {};
  };

  std::vector<ForSubscribers> for_subscribers = {};
};

// Which certificates may be, as far as that can be told without looking at anything but the request: no state, no
// DNS, no clock. It is asked when an order is made, and again of the octets that are about to be signed.
// Immutable; any thread may ask.
class Policy {
 public:
  // The list outlives the policy.
  Policy(PolicyRules rules, const PublicSuffixes& suffixes) : rules_(std::move(rules)), suffixes_(suffixes) {}

  const PublicSuffixes& suffixes() const { return suffixes_; }

  // malformed: more names than names_max. rejected_identifier: some may not be certified for this subscriber; one
  // suberror for each of them says why (RFC 8555 §6.7.1).
  base::Result<void> check_names(const Subscriber& subscriber, const std::vector<Identifier>& names) const;

  // rejected_identifier: a public suffix, so that no proof of control over it can be one over all that is below it. Its
  // ICANN section counts, whatever is certified.
  base::Result<void> check_ancestor(const Subscriber& subscriber, const std::string& name) const;

  // Whether a person is to be asked before these are certified for this subscriber: one of them at least touches a
  // pattern of an approval list.
  bool needs_approval(const Subscriber& subscriber, const std::vector<Identifier>& names) const;

  // bad_csr: keys of this type are not certified for this subscriber.
  base::Result<void> check_key(const Subscriber& subscriber, KeyType type) const;

  // check_names and check_key, of what a TBSCertificate says itself. It has no other names than dns ones:
  // rejected_identifier.
  base::Result<void> check_tbs(const Subscriber& subscriber, const Certificate& tbs) const;

 private:
  // Why not, as a sentence; nothing: it may be certified.
  std::optional<std::string> refusal(const SubscriberRules& rules, const Identifier& name) const;
  std::optional<std::string> refusal_by_kind(const SubscriberRules& rules, const Identifier& name) const;
  const SubscriberRules& rules_for(const Subscriber& subscriber) const;

  const PolicyRules rules_;
  const PublicSuffixes& suffixes_;
};

}  // namespace acmecore
