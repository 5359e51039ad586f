#include <algorithm>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/auto_renewal_order.h"
#include "acmecore/baseline_requirements.h"
#include "acmecore/optimism.h"
#include "acmecore/waiting_orders.h"
#include "base/log.h"
#include "base/openssl.h"
#include "base/quantity.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

// In the order's own sequence: clients such as lego file a certificate without a CN under its first name.
std::vector<std::string> names_of(const Order& order) {
  std::vector<std::string> names;
  for (const Identifier& identifier : order.identifiers)
    names.push_back(identifier.text());
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

// What a subscriber hears of an order whose certificate could not be signed: a refusal as it is, and of our own
// trouble no more than that there was some.
base::Error told_of(const base::Error& error) {
  const bool ours = error.kind == ErrorKind::internal || error.kind == ErrorKind::unavailable;
  return ours ? base::Error{ErrorKind::internal, "the certificate could not be made", {}} : error;
}

// That each name is proved, and not only each authorization valid: whatever made the order, nothing else is signed.
Result<void> check_covered(const Order& order, const std::vector<Authorization>& authorizations) {
  for (const Identifier& identifier : order.identifiers) {
    const bool is_covered = std::ranges::any_of(
        authorizations, [&](const Authorization& one) { return covers(one, identifier); });
    if (!is_covered) {
      return fail(ErrorKind::internal,
                  "no authorization of the order " + order.id + " is for " + identifier.text());
    }
  }
  return {};
}

bool is_proof_within(const Authorization& authorization, std::chrono::seconds limit, base::Time now) {
  return std::ranges::any_of(authorization.challenges, [&](const Challenge& challenge) {
    return challenge.status == ChallengeStatus::valid && challenge.validated &&
           now - *challenge.validated <= limit;
  });
}

// BR 4.2.1, as it stands when the certificate is signed: a limit may have fallen, or an order have waited. `proofs` are
// those of the order that are still there.
Result<void> check_proof_ages(const Order& order, const std::vector<Stored<Authorization>>& proofs,
                              base::Time now) {
  const auto limit = proof_age_limit(now);
  if (proofs.size() != order.authorizations.size())
    return fail(ErrorKind::unauthorized, "an authorization of the order is not there any more");
  for (const auto& proof : proofs) {
    if (is_proof_within(proof.value, limit, now)) continue;
    return fail(ErrorKind::unauthorized,
                "the proof of " + proof->identifier.text() + " is older than " + base::duration_text(limit) +
                    ", which is the most for a certificate of this profile (BR 4.2.1)");
  }
  return {};
}

AuditEvent issued(const Order& order, const IssuedCertificate& certificate, const std::string& issuer) {
  AuditEvent event = audit_event(audit_kind::kCertificateIssued, certificate, {}, certificate.issued);
  event.identifiers = names_of(order);
  event.authorizations = order.authorizations;
  if (!order.profile.empty()) event.add("profile", order.profile);
  event.add("issuer_sha256", issuer);
  event.add("requirements", std::string(kRequirements));
  return event;
}

tl::unexpected<base::Error> not_ready(OrderStatus status) {
  return fail(ErrorKind::order_not_ready, "the order is " + std::string(name_of(status)) + ", not ready");
}

}  // namespace

Task<Result<OrderView>> Authority::try_to_finalize(Requester account, std::string id, base::Bytes csr_der,
                                                   std::chrono::milliseconds patience) {
  std::optional<Csr> csr;  // read once
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto order, co_await owned_order(account, id));
    CO_TRY(const Authorizations authorizations, co_await authorizations_of(order.value));
    std::vector<Authorization> values;
    for (const auto& authorization : authorizations)
      values.push_back(authorization.value);
    const OrderStatus status = status_of(order.value, values, clock_.now());
    if (status != OrderStatus::ready) co_return not_ready(status);
    CO_CHECK(check_covered(order.value, values));
    CO_TRY(const Profile* const profile, options_.profiles.choose(account, order->profile));
    if (!csr) {
      CO_TRY(csr, parse_csr(csr_der));
      CO_CHECK(check_csr(account, *csr, order.value, *profile));
    }
    CO_CHECK(co_await check_certifiable(csr->spki_der));
    if (!order->validity.empty()) {  // it may have come too near to its end
      CO_CHECK(leaf_validity(clock_.now(), order->validity,
                             validity_rule(*profile, order->certificate_lifetime_max, clock_.now()),
                             kBackdateMax, issuer_validity(account, *profile)));
    }

    // What is about to be signed is durable before it is signed, and that it may be has not changed since.
    accept(order.value, account, *csr);
    const auto kind = is_waiting(order.value) ? audit_kind::kOrderWaiting : audit_kind::kOrderFinalized;
    Changes changes;
    changes.update(order);
    changes.expect_not_blocked(csr->spki_der);
    changes.note(audit_event(kind, order.value, account.actor(), clock_.now()));
    for (const auto& authorization : authorizations)
      changes.expect(authorization);
    if (is_waiting(order.value)) CO_CHECK(co_await expect_valid(records_, order->account, changes));
    if (order->intent) CO_CHECK(co_await limits_.count_certificate(order.value, changes));
    const auto committed = co_await records_.commit(std::move(changes));
    if (is_conflict(committed)) continue;
    if (!committed) co_return tl::unexpected(committed.error());
    order.revision = *committed;
    if (is_waiting(order.value)) {
      log_waiting(order.value);
      co_return co_await view_of(std::move(order.value));
    }

    Hold hold = in_hand_.take(id);
    if (hold == nullptr) co_return co_await view_of(std::move(order.value));  // a sweep was faster
    Task<void> issuance = issue(std::move(hold), order);
    const bool done = co_await background_.run(std::move(issuance), patience);
    if (!done) co_return co_await view_of(std::move(order.value));
    co_return co_await this->order(std::move(account), std::move(id));
  }
  co_return too_many_at_once();
}

Result<void> Authority::check_csr(const Account& account, const Csr& csr, const Order& order,
                                  const Profile& profile) const {
  const auto names = names_of(order);
  auto sorted = names;
  std::sort(sorted.begin(), sorted.end());
  if (csr.dns_names != sorted) {
    return fail(ErrorKind::bad_csr,
                "the CSR is for " + joined(csr.dns_names) + "; the order is for " + joined(names));
  }
  TRY(const KeyType key_type, key_type_of(csr.spki_der));
  CHECK(policy_.check_key(subscriber_of(account), key_type));
  CHECK(check_key(profile, key_type));
  return check_must_staple(profile, csr.must_staple);
}

// bad_csr: the key is an account's, or blocked.
Task<Result<void>> Authority::check_certifiable(base::Bytes spki_der) {
  const base::Bytes spki_digest = base::sha256(spki_der);
  CO_TRY(const bool is_account_key, co_await records_.is_account_key(spki_digest));
  if (is_account_key)
    co_return fail(ErrorKind::bad_csr, "the CSR's key is an account's key (RFC 8555 §11.1)");
  CO_TRY(const bool blocked, co_await records_.is_blocked(spki_digest));
  if (blocked) co_return fail(ErrorKind::bad_csr, "the CSR's key was reported as compromised");
  co_return Result<void>();
}

// Beside what was checked before: policy and profiles may be others since, and the names are those of the octets
// themselves.
Result<Authority::Signed> Authority::sign(const Account& account, const Order& order) const {
  CHECK(check_valid(account));
  TRY(const Profile* const profile, options_.profiles.choose(account, order.profile));
  const base::Time now = clock_.now();
  const auto issuers = issuers_.now();
  const Issuer& issuer = issuers->current(issuer_of(account, *profile));
  LeafRequest request;
  request.dns_names = names_of(order);
  request.common_name = common_name(*profile, request.dns_names);
  request.spki_der = order.intent->spki_der;
  request.serial = order.intent->serial;
  request.issued = now;
  request.content = profile->content;
  const CrlShard shard = options_.status.shard(issuer.ca(), request.serial);
  if (!options_.status.origin.empty()) options_.status.add_to(request.content, shard);
  if (order.auto_renewal) {
    request.validity = validity_of(*order.auto_renewal, now, issuer.certificate().validity);
  } else {
    TRY(request.validity,
        leaf_validity(now, order.validity, validity_rule(*profile, order.certificate_lifetime_max, now),
                      kBackdateMax, issuer.certificate().validity));
  }
  const auto check = [&](const Certificate& tbs) -> Result<void> {
    CHECK(check_tbs(*profile, tbs));
    return policy_.check_tbs(subscriber_of(account), tbs);
  };
  IssuedCertificate certificate;
  TRY(certificate.der, issuer.sign_leaf(request, check));
  certificate.issuer = issuer.ca();
  certificate.serial = request.serial;
  certificate.account = order.account;
  certificate.order = order.id;
  certificate.issued = now;
  certificate.not_after = request.validity.not_after;
  certificate.auto_renewed = order.auto_renewal.has_value();
  certificate.profile = profile->name;
  certificate.authorizations = order.authorizations;
  certificate.publicly_trusted = profile->content.rules != ProfileRules::private_trust;
  if (!request.content.crl_distribution_point.empty()) certificate.crl = shard;
  return Signed{std::move(certificate), issuer.id()};
}

// What the order's intent says, signed, if nothing has come to stand against it. Of an order that renews itself the
// next one, which is noted in it.
Task<Result<Authority::Signed>> Authority::signed_for(Order& order) {
  CO_TRY(const auto account, co_await records_.account(order.account));
  CO_CHECK(co_await check_certifiable(order.intent->spki_der));
  CO_CHECK(co_await prepare_auto_renewal(account.value, order));
  CO_TRY(const Profile* const profile, options_.profiles.choose(account.value, order.profile));
  if (profile->content.rules != ProfileRules::private_trust) {
    CO_TRY(const Authorizations proofs, co_await authorizations_of(order));
    CO_CHECK(check_proof_ages(order, proofs, clock_.now()));
  }
  co_return sign(account.value, order);
}

// Signs what the order's intent says and records the certificate. The order is then valid, invalid because it was
// refused, or still processing because the store or the signer was not available, or because the key was blocked
// meanwhile; the certificate was given to nobody then, and a sweep begins again, with another serial.
// Of an order that is renewing the same, but that it stays as it was where that fails (note_not_issued).
// REQUIRES: the order is processing or renewing; `hold` is on it.
Task<void> Authority::issue([[maybe_unused]] Hold hold, Stored<Order> order) {
  Stored<Order> finished = order;
  const auto made = co_await signed_for(finished.value);
  if (!made && made.error().kind == ErrorKind::unavailable) {
    base::log::error("acme.certificate.not_signed", {{"order", order->id}, {"detail", made.error().detail}});
    co_return;
  }
  Changes changes;
  if (made) {
    const IssuedCertificate& certificate = made->certificate;
    finished->certificate = certificate.serial;
    note_issued(finished.value, certificate.not_after);
    changes.create(certificate);
    changes.note_subject(certificate, names_of(order.value), order->intent->spki_der);
    changes.expect_not_blocked(order->intent->spki_der);
    changes.note(issued(order.value, certificate, made->issuer));
  } else {
    base::log::error("acme.certificate.not_signed", {{"order", order->id}, {"detail", made.error().detail}});
    finished = order;
    note_not_issued(finished.value, told_of(made.error()), clock_.now());
    AuditEvent event = audit_event(audit_kind::kCertificateRefused, order.value, {}, clock_.now());
    set_problem(event, made.error());
    changes.note(event);
  }
  changes.update(finished);
  const auto committed = co_await records_.commit(std::move(changes));
  if (!committed) {
    base::log::error("acme.certificate.not_recorded", {{"order", order->id},
                                                       {"serial", text_of(order->intent->serial)},
                                                       {"detail", committed.error().detail}});
    co_return;
  }
  if (made) {
    base::log::info("acme.certificate.issued", {{"order", order->id},
                                                {"account", order->account},
                                                {"serial", text_of(made->certificate.serial)},
                                                {"names", joined(names_of(order.value))}});
  }
}

}  // namespace acmecore
