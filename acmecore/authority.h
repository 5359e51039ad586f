#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/account.h"
#include "acmecore/account_key.h"
#include "acmecore/approval.h"
#include "acmecore/authorization.h"
#include "acmecore/auto_renewal.h"
#include "acmecore/certificate.h"
#include "acmecore/csr.h"
#include "acmecore/directory.h"
#include "acmecore/identifier.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/issuers.h"
#include "acmecore/looks.h"
#include "acmecore/order.h"
#include "acmecore/page.h"
#include "acmecore/pausing.h"
#include "acmecore/policy.h"
#include "acmecore/profiles.h"
#include "acmecore/rate_limits.h"
#include "acmecore/records.h"
#include "acmecore/refusals.h"
#include "acmecore/renewal.h"
#include "acmecore/requester.h"
#include "acmecore/retries.h"
#include "acmecore/status_urls.h"
#include "acmecore/sweep_progress.h"
#include "acmecore/validation.h"
#include "acmecore/validation_places.h"
#include "acmecore/work_in_hand.h"
#include "base/background.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/json.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// The longest that an HTTPS answer to a challenge waits for the validation, so that a client which is lucky
// need not poll (a poll in vain costs more than the wait).
inline constexpr std::chrono::milliseconds kChallengePatience{50};

// The same for finalize and the signature, which a signer that is elsewhere or busy may let wait.
inline constexpr std::chrono::milliseconds kIssuancePatience{1000};

inline constexpr size_t kOrdersPageMax = 100;

// Records of each kind that one sweep looks at, beside those that it has to pass over: requests wait for no more than
// so many at a time, where they share its thread.
inline constexpr size_t kSweepMax = 200;

struct AuthorityOptions {
  std::chrono::seconds order_lifetime = std::chrono::days(7);           // of pending authorizations too
  std::chrono::seconds authorization_lifetime = std::chrono::days(30);  // once valid
  Profiles profiles = {};
  Retries retries = {};                         // of validations that failed
  std::chrono::seconds authorization_reuse{0};  // since it was validated; 0: each order has its own
  LimitRules limits = {};
  PausingRule pausing = {};
  std::chrono::seconds approval_timeout = std::chrono::days(3);  // for a person to decide
  std::vector<Directory> directories = {};
  // Of accounts of no ACME client, and of a directory that is not among these.
  Directory preset = {};
  StatusUrls status = {};
};

struct NewAccountRequest {
  std::vector<std::string> contacts;
  bool terms_of_service_agreed = false;
  bool only_return_existing = false;
  std::optional<base::Json> external_account_binding = {};
  std::string url = {};      // that the request was sent to
  std::string address = {};  // of who asks; empty: it is not limited
};

struct NewAccountResult {
  Account account;
  bool created;
};

struct KeyChangeResult {
  Account account;  // as it is now; or, unchanged, the other one that has the key
  bool changed;     // false: another account has the key (RFC 8555 §7.3.5: 409 with its URL)
};

struct NewOrderRequest {
  std::vector<RequestedIdentifier> identifiers;
  RequestedValidity validity = {};
  std::string replaces = {};             // a CertificateId (RFC 9773 §5); empty: none
  std::string profile = {};              // its name; empty: the account's directory has one for this
  bool subdomain_authorization = false;  // as in the account's Directory
  std::optional<RequestedAutoRenewal> auto_renewal = {};
  AutoRenewalRule auto_renewal_rule = {};  // of the directory that it came to
};

// A certificate with one of the chains that it can be had with (RFC 8555 §7.4.2).
struct CertificateChain {
  base::Bytes der;        // of the leaf
  std::string pem;        // leaf first
  std::string issuer_id;  // Issuer::id of this chain
  size_t chains;          // Issuer::chains()
};

// What an order that renews itself has to offer at `time` (RFC 8739 §3.3).
struct StarCertificate {
  CertificateChain chain;
  Validity validity;
  base::Time next;  // when there may be another
  base::Time time;
};

// The certificate authority: every use case of RFC 8555, for HTTPS and gRPC alike. There is no other way to
// the issuer, but for the certificates of our own listeners (server_identity.h).
//
// `account` is who asks, as the edge has authenticated it. What belongs to another account is not_found, as
// is what does not exist. What is `processing` goes on in the background, and after a restart when sweep()
// finds it. Any call may fail with unavailable or internal. Thread-safe: all state is in the records and
// changes optimistically. Each change is committed with its event in the audit log (audit_event.h); where a request is
// refused, refusals() has the event.
class Authority {
 public:
  // All of these outlive the authority and the work it has put into the background.
  Authority(Records& records, const base::Clock& clock, const Issuers& issuers, const Policy& policy,
            Validation& validation, base::Background& background, AuthorityOptions options);

  const Policy& policy() const { return policy_; }
  const Profiles& profiles() const { return options_.profiles; }
  Pausing& pausing() { return pausing_; }
  Refusals& refusals() { return refusals_; }

  // RFC 8555 §7.3, §7.3.1, §7.3.4. A key that has an account in `directory` returns it and ignores the rest.
  // An account that does not order within kUnusedAccountRetention is removed.
  // account_does_not_exist: only_return_existing, and there is none. bad_public_key: the key is blocked.
  // account_not_valid: it has one that was deactivated. malformed: the terms of service were not agreed to.
  // external_account_required. unauthorized: the binding's key is not known, its MAC is not by it, or check_usable.
  // rate_limited: too many come from the address. The errors of check_contacts and parse_external_account_binding.
  // REQUIRES: `directory` outlives the call.
  base::Task<base::Result<NewAccountResult>> new_account(const Directory& directory, AccountKey key,
                                                         NewAccountRequest request);

  // The account of a gRPC credential, made at its first use, with a key that is made once and signs nothing.
  // `address`, here and below: of who asks; empty: it is not known. account_not_valid: an operator has disabled it.
  base::Task<base::Result<Account>> account_for(std::string principal, std::string address = {});

  // For operators, whoever's it is. not_found.
  base::Task<base::Result<Account>> account(std::string id);

  // RFC 8555 §7.3.2. An empty list clears. rate_limited; the errors of check_contacts.
  base::Task<base::Result<Account>> update_contacts(Requester account, std::vector<std::string> contacts);

  // RFC 8555 §7.3.6. For ever. Its orders that wait for a person end with it.
  base::Task<base::Result<Account>> deactivate_account(Requester account);

  // RFC 8555 §7.3.5, once parse_key_change has read the request. bad_public_key: the key is blocked.
  base::Task<base::Result<KeyChangeResult>> change_key(Requester account, AccountKey key);

  // RFC 8555 §7.3.3. user_action_required: the account agreed to other terms than those of its directory, where
  // Directory::must_agree_again. To be asked before new_order and new_authorization are called for a client.
  static base::Result<void> check_terms(const Directory& directory, const Account& account);

  // RFC 9444: whether a client may ask this directory for authorizations that count for names below theirs, where
  // `requested` does. unauthorized: it may not. To be asked as check_terms is.
  static base::Result<void> check_subdomains(const Directory& directory,
                                             std::span<const RequestedIdentifier> requested);

  // What the URL ends in at which a person agrees to the directory's terms for the account. Made at the first call.
  // REQUIRES here and below: `directory` outlives the call.
  base::Task<base::Result<std::string>> agreement_token(const Directory& directory, Account account);

  // The terms that this token is for, by their URL; and to agree to them, whoever has it. not_found: it is none, or
  // was used, or the terms are others by now, or the account is another directory's.
  base::Task<base::Result<std::string>> terms_to_agree_to(const Directory& directory, std::string account,
                                                          std::string token);
  base::Task<base::Result<void>> agree(const Directory& directory, std::string account, std::string token,
                                       std::string address = {});

  // RFC 8555 §7.4. The errors of parse_identifiers, accept_auto_renewal, check_allowed, Policy::check_names,
  // Policy::check_ancestor, Profiles::choose, check_issuer and of the profile's check_names; malformed: it asks for a
  // validity out of bounds. account_does_not_exist: the account had never ordered, and was removed just now.
  // rate_limited, but not where it renews_when_suggested: a limit on the account's orders, on certificates of these
  // names or on failed validations leaves no room. paused, also then: as Pausing::check. Of `replaces`:
  // malformed: it names no certificate, or one that has no name in common with the order; unauthorized: another
  // account's; already_replaced: by an order that is not invalid.
  base::Task<base::Result<OrderView>> new_order(Requester account, NewOrderRequest request);

  // RFC 8555 §7.4.1, RFC 9444 §4.2: an authorization before any order. The errors of parse_identifier and
  // Policy::check_ancestor; malformed: a wildcard. account_does_not_exist, rate_limited and paused as above.
  base::Task<base::Result<AuthorizationView>> new_authorization(Requester account,
                                                                RequestedIdentifier identifier);

  // For those who ask first what new_order would refuse: it was.
  void note_refused_order(const base::Error& error, Actor actor, std::vector<std::string> identifiers);

  base::Task<base::Result<OrderView>> order(Account account, std::string id);

  // Ids, oldest first, at most kOrdersPageMax behind the id `after` (RFC 8555 §7.1.2.1). Orders that are
  // invalid or were removed are left out, so a page may be short; the last page is the one whose `next` is
  // empty.
  base::Task<base::Result<Page<std::string>>> orders(Account account, std::string after);

  base::Task<base::Result<AuthorizationView>> authorization(Account account, std::string id);

  // RFC 8555 §7.5.2. malformed: it is neither pending nor valid, nor deactivated already. One whose challenge is
  // processing counts as a failed validation.
  base::Task<base::Result<AuthorizationView>> deactivate_authorization(Requester account, std::string id);

  // The client says that the challenge of `type` is in place (RFC 8555 §7.5.1). A pending one becomes
  // processing and is validated, again and again as AuthorityOptions::retries says; one that is processing is
  // looked at again at once, unless that is under way or kRequestedLookMin has not passed (§8.2); any other is
  // returned as it is. Waits at most `patience` for the outcome of a look.
  // malformed: the authorization is no longer pending because it expired or was deactivated. rate_limited:
  // kValidationsMax of the account are under way.
  base::Task<base::Result<AuthorizationView>> respond(Account account, std::string authorization,
                                                      std::string type, std::chrono::milliseconds patience);

  // RFC 8555 §7.4: issues the certificate. Waits at most `patience` for it; afterwards the order is processing and
  // issuance goes on. Where the policy asks for a person the order is processing at once and waits for approve().
  // order_not_ready; invalid_profile: the order's is no longer offered; bad_csr, which leaves the order ready: other
  // names than the order's, a key that is an account's or blocked, and the errors of parse_csr and of
  // check_key. malformed: the validity that the order asks for has come too close to its end. rate_limited,
  // which leaves it ready too: there are enough certificates of these names for now.
  base::Task<base::Result<OrderView>> finalize(Requester account, std::string id, base::Bytes csr_der,
                                               std::chrono::milliseconds patience);

  // For operators, of an order that waits for a person, whoever's it is; `by` is who decides. Issues the certificate
  // as finalize does. order_not_ready: it waits for none, because somebody has decided, or it is invalid by now.
  // account_not_valid, bad_csr: what finalize found is not so any more: the account is not valid, the key is blocked
  // or an account's. rate_limited, as finalize. The order goes on waiting then.
  base::Task<base::Result<OrderView>> approve(std::string id, Actor by, std::chrono::milliseconds patience);
  // Makes it invalid. order_not_ready as above. The errors of check_reason.
  base::Task<base::Result<OrderView>> reject(std::string id, Actor by, std::string reason);

  // The same, by the account whose order it is, and which does not wait any longer. order_not_ready as above.
  base::Task<base::Result<OrderView>> withdraw(Requester account, std::string id);

  // A certificate that this account ordered (RFC 8555 §7.4.2). `chain`: which one of Issuer::chains(); not_found: there
  // is none with this number. unavailable: its issuer is not configured any more.
  base::Task<base::Result<CertificateChain>> certificate(Account account, Serial serial, size_t chain = 0);

  // RFC 8739 §3.1.2: no further certificate is issued for the order. malformed: it is none that renews itself.
  // auto_renewal_cancellation_invalid: it is not valid.
  base::Task<base::Result<OrderView>> cancel(Requester account, std::string id);

  // The latest certificate of an order that renews itself (RFC 8739 §3.3), for its account or, where there is none, for
  // anybody; `chain` as in certificate(). not_found: there is no such order or chain, or it has none yet.
  // unauthorized: the order is not open to anybody. auto_renewal_canceled: by the account, or with it.
  // auto_renewal_expired.
  base::Task<base::Result<StarCertificate>> star_certificate(std::optional<std::string> account,
                                                             std::string order_id, size_t chain = 0);

  // The certificate of an issuing CA by its Issuer::id, in DER, also of one that is not used yet or not any more.
  base::Result<base::Bytes> issuer_certificate(std::string_view id) const;

  // rejected_identifier: who signs this account's certificates of this profile is held to other names (RFC 5280
  // §4.2.1.10).
  base::Result<void> check_issuer(const Account& account, const Profile& profile,
                                  const std::vector<Identifier>& names) const;

  // RFC 9773 §4, of a certificate that anybody may name. malformed: `id` is no CertificateId. not_found: of none
  // that was ordered here.
  base::Task<base::Result<RenewalInfo>> renewal_info(std::string id);

  // RFC 8555 §7.6, asked for by an account that ordered the certificate or that holds valid authorizations
  // for all its names, or for names above that count for them (RFC 9444). malformed: no certificate. not_found: not
  // one of ours. unauthorized: neither of the two, or it has expired. already_revoked. bad_revocation_reason.
  // auto_renewal_revocation_not_supported: its order renews itself (RFC 8739 §3.1.2).
  base::Task<base::Result<void>> revoke(Requester account, base::Bytes certificate_der,
                                        std::optional<int64_t> reason);

  // The same, asked for by the certificate's own key, which is taken as the key being known to others: the
  // reason is keyCompromise whatever was asked for, and the key is blocked; also where the answer is
  // already_revoked, that it has expired, or auto_renewal_revocation_not_supported. unauthorized: it is another key.
  base::Task<base::Result<void>> revoke_by_key(base::Bytes key_spki_der, base::Bytes certificate_der,
                                               std::optional<int64_t> reason, std::string address = {});

  // Takes up what is processing and in nobody's hand, which after a restart is everything that was processing
  // before it, and removes what expired long ago; first the former, at most kSweepMax of each kind. True: more is
  // due at once. An error: something could not go on; what is over is removed all the same. To be called at start and
  // every minute, never twice at once.
  base::Task<base::Result<bool>> sweep();

  // The part of it that is due by the second: challenges whose next look has come. Never at once with sweep().
  base::Task<base::Result<bool>> sweep_authorizations();

 private:
  using Hold = std::unique_ptr<WorkInHand::Hold>;
  using Place = std::unique_ptr<ValidationPlaces::Place>;
  using Authorizations = std::vector<Stored<Authorization>>;

  // The use cases above, whose refusals those note (authority_refusals.cpp).
  base::Task<base::Result<NewAccountResult>> try_to_make_account(const Directory& directory, AccountKey key,
                                                                 NewAccountRequest request);
  base::Task<base::Result<OrderView>> try_to_order(Requester account, NewOrderRequest request);
  base::Task<base::Result<AuthorizationView>> try_to_authorize(Requester account,
                                                               RequestedIdentifier identifier);
  base::Task<base::Result<OrderView>> try_to_finalize(Requester account, std::string id, base::Bytes csr_der,
                                                      std::chrono::milliseconds patience);
  base::Task<base::Result<void>> try_to_revoke(Requester account, base::Bytes certificate_der,
                                               std::optional<int64_t> reason);
  base::Task<base::Result<void>> try_to_revoke_by_key(base::Bytes key_spki_der, base::Bytes certificate_der,
                                                      std::optional<int64_t> reason, Actor actor);
  void note_refused_revocation(const base::Error& error, Actor actor, base::BytesView certificate_der);

  // not_found unless it is the account's.
  base::Task<base::Result<Stored<Order>>> owned_order(const Account& account, std::string id);
  base::Task<base::Result<Stored<Authorization>>> owned_authorization(const Account& account, std::string id);

  // Those that are still there.
  base::Task<base::Result<Authorizations>> authorizations_of(const Order& order);
  base::Task<base::Result<OrderView>> view_of(Order order);
  AuthorizationView view_of(Authorization authorization) const;

  // Who signs, by name, and for how long it can.
  const Directory& directory_of(const Account& account) const;
  const std::string& issuer_of(const Account& account, const Profile& profile) const;
  Validity issuer_validity(const Account& account, const Profile& profile) const;
  base::Result<CertificateChain> chain_of(IssuedCertificate certificate, size_t chain) const;

  Authorization pending_authorization(const Account& account, const Identifier& identifier) const;
  base::Task<base::Result<bool>> add_authorizations(const Account& account, Order& order,
                                                    bool subdomain_authorization, Changes& changes);
  base::Task<base::Result<std::optional<Stored<Authorization>>>> reusable_authorization(
      std::string account, Identifier identifier);
  base::Task<base::Result<std::optional<Stored<Authorization>>>> reusable_authorization_above(
      std::string account, Identifier identifier);
  base::Task<base::Result<std::vector<std::string>>> proved_authorizations(std::string account,
                                                                           std::string identifier);

  struct NamedCertificate {
    Stored<IssuedCertificate> record;
    Certificate certificate;
  };
  base::Task<base::Result<NamedCertificate>> certificate_named(CertificateId id);
  base::Task<base::Result<void>> mark_replaced(Order& order, Changes& changes);
  base::Task<base::Result<bool>> is_replaced(const IssuedCertificate& certificate);
  base::Task<base::Result<void>> unmark(Order order, Changes& changes);

  base::Task<base::Result<std::optional<Account>>> account_with(const AccountKey& key,
                                                                const std::string& directory);
  base::Task<base::Result<void>> refuse_blocked(const AccountKey& key);
  base::Task<base::Result<void>> bind_external_account(const Directory& directory, const AccountKey& key,
                                                       const NewAccountRequest& request, Account& account,
                                                       Changes& changes);
  base::Task<base::Result<void>> keep(std::string account, Changes& changes);
  base::Task<base::Result<Stored<Account>>> change_account(std::string id,
                                                           std::function<void(Account&)> change,
                                                           std::string_view kind, Actor actor);

  base::Task<base::Result<AuthorizationView>> look_at_once(Stored<Authorization> authorization,
                                                           std::string type,
                                                           std::chrono::milliseconds patience);
  base::Task<base::Result<std::optional<AuthorizationView>>> look(Hold hold, Place place,
                                                                  Stored<Authorization> authorization,
                                                                  std::string type,
                                                                  std::chrono::milliseconds patience);
  base::Task<void> validate(Hold hold, Place place, Stored<Authorization> authorization, std::string type);
  base::Task<base::Result<void>> settle(Stored<Authorization> authorization, std::string type,
                                        Verdict verdict);
  base::Task<base::Result<bool>> count_outcome(const Authorization& authorization, const Challenge& challenge,
                                               Changes& changes);
  base::Task<base::Result<bool>> count_failure(const Authorization& authorization, std::string error,
                                               Changes& changes);
  static void log_pause(const Authorization& authorization);

  base::Result<void> check_csr(const Account& account, const Csr& csr, const Order& order,
                               const Profile& profile) const;
  base::Task<base::Result<void>> check_certifiable(base::Bytes spki_der);
  struct Signed {
    IssuedCertificate certificate;
    std::string issuer;  // Issuer::id of who signed it
  };
  base::Task<base::Result<Signed>> signed_for(Order& order);
  base::Result<Signed> sign(const Account& account, const Order& order) const;
  void accept(Order& order, const Account& account, const Csr& csr) const;
  static void log_waiting(const Order& order);
  base::Task<base::Result<void>> expect_still_certifiable(const Order& order, Changes& changes);
  base::Task<base::Result<OrderView>> end_waiting(std::string id, std::function<void(Order&)> end,
                                                  std::string_view kind, Actor actor);
  base::Task<base::Result<void>> close_unapproved(Hold hold, Stored<Order> order);

  base::Task<void> issue(Hold hold, Stored<Order> order);

  base::Task<base::Result<void>> check_goes_on(const Order& order);
  base::Task<base::Result<void>> prepare_auto_renewal(const Account& account, Order& order);
  base::Task<base::Result<void>> renew(Hold hold, Stored<Order> order);

  base::Task<base::Result<bool>> holds_authorizations(const Account& account, std::vector<std::string> names);
  base::Task<base::Result<bool>> holds_authorization(std::string account, Identifier identifier);
  base::Task<base::Result<void>> revoke_record(Certificate certificate, RevocationReason reason,
                                               bool block_key, Actor actor);

  base::Task<base::Result<void>> block_key_of(const Certificate& certificate, Actor actor);

  // What a sweep makes of one kind of record.
  struct Swept {
    size_t found = 0;
    size_t stay = 0;  // are due for now, too: in hand, of an account with no place, or not readable
    Changes removed;
    SweepProgress progress = {};
  };
  base::Task<base::Result<bool>> sweep_accounts();
  base::Task<base::Result<bool>> sweep_orders();
  base::Task<base::Result<bool>> sweep_certificates();
  base::Task<base::Result<bool>> sweep_external_account_keys();
  static bool goes_on(const Swept& swept);
  base::Task<base::Result<void>> attend_to(std::string authorization_id, Swept& swept);
  base::Task<base::Result<bool>> finish(Swept swept, size_t& limit);
  base::Task<base::Result<void>> take_up(Hold hold, Stored<Order> order);
  base::Task<base::Result<void>> take_up(Hold hold, Stored<Authorization> authorization, std::string type);

  Records& records_;
  const base::Clock& clock_;
  const Issuers& issuers_;
  const Policy& policy_;
  Validation& validation_;
  base::Background& background_;
  const AuthorityOptions options_;
  RateLimits limits_;
  Pausing pausing_;
  Refusals refusals_;
  WorkInHand in_hand_;
  ValidationPlaces places_;
  Looks looks_;

  // How far the next sweep looks: kSweepMax behind all that stayed.
  size_t accounts_limit_ = kSweepMax;
  size_t orders_limit_ = kSweepMax;
  size_t authorizations_limit_ = kSweepMax;
  size_t certificates_limit_ = kSweepMax;
  size_t external_account_keys_limit_ = kSweepMax;
};

}  // namespace acmecore
