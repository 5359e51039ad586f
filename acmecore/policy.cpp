#include "acmecore/policy.h"

#include <algorithm>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/special_use.h"

namespace acmecore {

using base::Error;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

const NamePattern* first_touching(const std::vector<NamePattern>& patterns, const Identifier& name) {
  const auto found =
      std::ranges::find_if(patterns, [&](const NamePattern& pattern) { return pattern.touches(name); });
  return found == patterns.end() ? nullptr : &*found;
}

}  // namespace

Subscriber subscriber_of(const Account& account) {
  Subscriber subscriber;
  subscriber.account = account.id;
  subscriber.directory = account.directory;
  if (account.external_account) subscriber.external_account = account.external_account->key_id;
  return subscriber;
}

Result<void> Policy::check_names(const Subscriber& subscriber, const std::vector<Identifier>& names) const {
  const SubscriberRules& rules = rules_for(subscriber);
  if (names.size() > rules.names_max) {
    return fail(ErrorKind::malformed, "the policy has at most " + std::to_string(rules.names_max) +
                                          " names in a certificate; here are " +
                                          std::to_string(names.size()));
  }
  std::vector<base::Suberror> refused;
  for (const Identifier& name : names) {
    if (auto why = refusal(rules, name))
      refused.push_back({ErrorKind::rejected_identifier, *std::move(why), name.text()});
  }
  if (refused.empty()) return {};
  std::string detail = refused.size() == 1
                           ? refused[0].detail
                           : "the policy refuses " + std::to_string(refused.size()) + " of the identifiers";
  return tl::unexpected(Error{ErrorKind::rejected_identifier, std::move(detail), std::move(refused)});
}

Result<void> Policy::check_ancestor(const Subscriber& subscriber, const std::string& name) const {
  const auto section = rules_for(subscriber).public_suffixes.value_or(PublicSuffixes::Section::icann);
  if (!suffixes_.is_public_suffix(name, section)) return {};
  return fail(ErrorKind::rejected_identifier,
              in_quotes(name) + " is a public suffix, below which others have names");
}

bool Policy::needs_approval(const Subscriber& subscriber, const std::vector<Identifier>& names) const {
  const SubscriberRules& rules = rules_for(subscriber);
  return std::ranges::any_of(
      names, [&](const Identifier& name) { return first_touching(rules.approval, name) != nullptr; });
}

Result<void> Policy::check_key(const Subscriber& subscriber, KeyType type) const {
  const SubscriberRules& rules = rules_for(subscriber);
  if (rules.key_types.contains(type)) return {};
  std::string allowed;
  for (const KeyType one : rules.key_types)
    allowed += (allowed.empty() ? "" : ", ") + std::string(name_of(one));
  return fail(ErrorKind::bad_csr, "the policy certifies no key of type " + std::string(name_of(type)) +
                                      "; it certifies " + allowed);
}

Result<void> Policy::check_tbs(const Subscriber& subscriber, const Certificate& tbs) const {
  if (!tbs.subject_alt_name.ip_addresses.empty()) {
    return fail(ErrorKind::rejected_identifier, "the policy certifies no IP addresses");
  }
  std::vector<RequestedIdentifier> requested;
  for (const std::string& name : tbs.subject_alt_name.dns_names)
    requested.push_back({"dns", name});
  TRY(const auto names, parse_identifiers(requested));
  CHECK(check_names(subscriber, names));
  TRY(const KeyType type, key_type_of(tbs.spki_der));
  return check_key(subscriber, type);
}

std::optional<std::string> Policy::refusal(const SubscriberRules& rules, const Identifier& name) const {
  if (auto why = refusal_by_kind(rules, name)) return why;
  if (const NamePattern* denied = first_touching(rules.deny, name)) {
    return in_quotes(name.text()) + " is denied by the policy, which has " + in_quotes(denied->text()) +
           " on its deny list";
  }
  if (is_covered(rules.allow, name)) return std::nullopt;
  return in_quotes(name.text()) + " is not among the names that the policy allows";
}

std::optional<std::string> Policy::refusal_by_kind(const SubscriberRules& rules,
                                                   const Identifier& name) const {
  const std::string quoted = in_quotes(name.text());
  if (name.wildcard && !rules.wildcards) return quoted + " is a wildcard, of which the policy allows none";
  if (!rules.reverse_names && is_reverse_name(name.name)) {
    return quoted + " is a name of the reverse mapping";
  }
  if (!rules.internal_names && is_special_use(name.name)) {
    return quoted + " is a special-use name, which belongs to nobody (RFC 6761)";
  }
  if (!rules.internal_names && !suffixes_.has_public_top_level(name.name)) {
    return quoted + " is an internal name: its top level does not exist in the public DNS";
  }
  if (!rules.public_suffixes) return std::nullopt;
  if (!suffixes_.is_public_suffix(name.name, *rules.public_suffixes)) return std::nullopt;
  if (name.wildcard) {
    return quoted + " would cover names of others, because it is directly below a public suffix";
  }
  return quoted + " is a public suffix, below which others have names";
}

const SubscriberRules& Policy::rules_for(const Subscriber& subscriber) const {
  const auto fits = [&](const PolicyRules::ForSubscribers& rules) {
    return rules.accounts.contains(subscriber.account) ||
           rules.external_accounts.contains(subscriber.external_account) ||
           rules.directories.contains(subscriber.directory);
  };
  const auto found = std::ranges::find_if(rules_.for_subscribers, fits);
  if (found == rules_.for_subscribers.end()) return rules_;
  return *found;
}

}  // namespace acmecore
