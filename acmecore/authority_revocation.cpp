#include <utility>

#include "acmecore/authority.h"
#include "acmecore/optimism.h"
#include "acmecore/revocations.h"
#include "base/log.h"
#include "base/openssl.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

tl::unexpected<base::Error> already_revoked() {
  return fail(ErrorKind::already_revoked, "the certificate is revoked already");
}

}  // namespace

Task<Result<void>> Authority::try_to_revoke(Requester account, base::Bytes certificate_der,
                                            std::optional<int64_t> reason) {
  CO_TRY(Certificate certificate, parse_certificate(certificate_der));
  CO_TRY(const auto record, co_await records_.certificate(certificate.serial));
  const bool own = record->account == account.id;
  if (!own) {
    CO_TRY(const bool holds, co_await holds_authorizations(account, certificate.subject_alt_name.dns_names));
    if (!holds) {
      co_return fail(
          ErrorKind::unauthorized,
          "the account neither ordered the certificate nor holds valid authorizations for all its names");
    }
  }
  CO_TRY(const RevocationReason asked, parse_reason(reason));
  // Who controls the names now says that their former owner does not (RFC 5280 §5.3.1).
  const RevocationReason given = own ? asked : RevocationReason::cessation_of_operation;
  Actor actor = account.actor();
  co_return co_await revoke_record(std::move(certificate), given, /*block_key=*/false, std::move(actor));
}

Task<Result<void>> Authority::try_to_revoke_by_key(base::Bytes key_spki_der, base::Bytes certificate_der,
                                                   std::optional<int64_t> reason, Actor actor) {
  CO_TRY(Certificate certificate, parse_certificate(certificate_der));
  if (certificate.spki_der != key_spki_der) {
    co_return fail(ErrorKind::unauthorized, "the request is not signed by the certificate's key");
  }
  CO_CHECK(parse_reason(reason));
  co_return co_await revoke_record(std::move(certificate), RevocationReason::key_compromise,
                                   /*block_key=*/true, std::move(actor));
}

Task<Result<bool>> Authority::holds_authorizations(const Account& account, std::vector<std::string> names) {
  for (const std::string& name : names) {
    const bool wildcard = name.starts_with("*.");
    Identifier identifier{name.substr(wildcard ? 2 : 0), wildcard};
    CO_TRY(const bool holds, co_await holds_authorization(account.id, std::move(identifier)));
    if (!holds) co_return false;
  }
  co_return true;
}

// One of its own name, or of one above that counts for it.
Task<Result<bool>> Authority::holds_authorization(std::string account, Identifier identifier) {
  for (const std::string& covering : covering_identifiers(identifier)) {
    CO_TRY(const auto ids, co_await proved_authorizations(account, covering));
    for (const std::string& id : ids) {
      const auto authorization = co_await records_.authorization(id);
      if (!authorization && authorization.error().kind == ErrorKind::not_found) continue;  // removed since
      if (!authorization) co_return tl::unexpected(authorization.error());
      const bool is_valid = status_of(authorization->value, clock_.now()) == AuthorizationStatus::valid;
      if (is_valid && covers(authorization->value, identifier)) co_return true;
    }
  }
  co_return false;
}

// Who has it may have given it to others, so it is certified no more, whatever becomes of the certificate.
Task<Result<void>> Authority::block_key_of(const Certificate& certificate, Actor actor) {
  Changes changes;
  add_compromise(certificate, std::move(actor), clock_.now(), changes);
  CO_CHECK(co_await records_.commit(std::move(changes)));
  co_return Result<void>();
}

Task<Result<void>> Authority::revoke_record(Certificate certificate, RevocationReason reason, bool block_key,
                                            Actor actor) {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    CO_TRY(auto record, co_await records_.certificate(certificate.serial));
    if (record->der != certificate.der) co_return fail(ErrorKind::not_found, "there is no such certificate");
    CO_TRY(const bool was_blocked, co_await records_.is_blocked(base::sha256(certificate.spki_der)));
    if (record->auto_renewed) {
      if (block_key && !was_blocked) CO_CHECK(co_await block_key_of(certificate, actor));
      co_return fail(ErrorKind::auto_renewal_revocation_not_supported,
                     "the certificate's order renews itself: it can be canceled (RFC 8739 §3.1.2)");
    }
    const base::Time now = clock_.now();
    if (now > record->not_after) {
      if (block_key && !was_blocked) CO_CHECK(co_await block_key_of(certificate, actor));
      co_return fail(ErrorKind::unauthorized, "the certificate has expired");
    }
    const bool was_revoked = record->revocation.has_value();
    if (was_revoked) {  // who asks again and again changes nothing, and has no event
      const bool is_news = block_key && (!was_blocked || record->revocation->reason != reason);
      if (!is_news) co_return already_revoked();
    }
    const Revocation revocation{was_revoked ? record->revocation->time : now, reason};
    Changes changes;
    place_in_crl(record.value, *issuers_.now(), options_.status);
    add_revocation(std::move(record), revocation, actor, now, changes);
    if (block_key && !was_blocked) add_compromise(certificate, actor, now, changes);
    const auto committed = co_await records_.commit(std::move(changes));
    if (committed) {
      base::log::info("acme.certificate.revoked",
                      {{"serial", text_of(certificate.serial)}, {"reason", int64_t(reason)}});
      if (was_revoked) co_return already_revoked();
      co_return Result<void>();
    }
    if (!is_conflict(committed)) co_return tl::unexpected(committed.error());
  }
  co_return too_many_at_once();
}

}  // namespace acmecore
