#include <algorithm>
#include <utility>

#include "acmecore/authority.h"
#include "acmecore/dns_name_syntax.h"

// ACME Renewal Information (RFC 9773).
namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;

namespace {

auto is_among(const std::vector<std::string>& names) {
  return [&names](const Identifier& identifier) { return std::ranges::count(names, identifier.text()) > 0; };
}

}  // namespace

Task<Result<RenewalInfo>> Authority::renewal_info(std::string id) {
  CO_TRY(const CertificateId named, parse_certificate_id(id));
  CO_TRY(const NamedCertificate found, co_await certificate_named(named));
  co_return acmecore::renewal_info(found.certificate.validity, found.record->revocation);
}

// not_found: it is none that a client ordered here.
Task<Result<Authority::NamedCertificate>> Authority::certificate_named(CertificateId id) {
  CO_TRY(auto record, co_await records_.certificate(id.serial));
  const auto none = fail(ErrorKind::not_found, "there is no such certificate");
  if (record->account.empty()) co_return none;
  CO_TRY(Certificate certificate, parse_certificate(record->der));
  const auto own_id = certificate_id(certificate);
  if (!own_id || *own_id != id) co_return none;
  co_return NamedCertificate{std::move(record), std::move(certificate)};
}

// RFC 9773 §5: checks what the order says that it replaces, and adds the mark that it is being replaced. Notes in the
// order whether that is when it should be.
Task<Result<void>> Authority::mark_replaced(Order& order, Changes& changes) {
  const std::string what = "the certificate " + in_quotes(order.replaces) + " in \"replaces\" ";
  const auto id = parse_certificate_id(order.replaces);
  if (!id) co_return fail(ErrorKind::malformed, "\"replaces\": " + id.error().detail);
  auto found = co_await certificate_named(*id);
  if (!found && found.error().kind == ErrorKind::not_found) {
    co_return fail(ErrorKind::malformed, what + "is not one of this server");
  }
  if (!found) co_return tl::unexpected(std::move(found).error());
  Stored<IssuedCertificate> record = std::move(found->record);
  if (record->account != order.account) {
    co_return fail(ErrorKind::unauthorized, what + "was ordered by another account");
  }
  const std::vector<std::string>& names = found->certificate.subject_alt_name.dns_names;
  if (std::ranges::none_of(order.identifiers, is_among(names))) {
    co_return fail(ErrorKind::malformed, what + "has no name in common with the order");
  }
  CO_TRY(const bool replaced, co_await is_replaced(record.value));
  if (replaced) co_return fail(ErrorKind::already_replaced, what + "is replaced by another order already");
  const RenewalInfo suggested = acmecore::renewal_info(found->certificate.validity, record->revocation);
  order.renews_when_suggested =
      order.created >= suggested.start && std::ranges::all_of(order.identifiers, is_among(names));
  record->replaced_by = order.id;
  changes.update(record);
  co_return Result<void>();
}

// By an order that is not invalid. One that was removed had issued: others take their mark with them (unmark).
Task<Result<bool>> Authority::is_replaced(const IssuedCertificate& certificate) {
  if (certificate.replaced_by.empty()) co_return false;
  auto order = co_await records_.order(certificate.replaced_by);
  if (!order && order.error().kind == ErrorKind::not_found) co_return true;
  if (!order) co_return tl::unexpected(std::move(order).error());
  CO_TRY(const OrderView view, co_await view_of(std::move(order->value)));
  co_return view.status != OrderStatus::invalid;
}

// Before an order that issued nothing is removed, what it was to replace can be replaced by another.
Task<Result<void>> Authority::unmark(Order order, Changes& changes) {
  if (order.replaces.empty() || order.certificate) co_return Result<void>();
  const auto id = parse_certificate_id(order.replaces);
  if (!id) co_return Result<void>();
  auto record = co_await records_.certificate(id->serial);
  if (!record && record.error().kind == ErrorKind::not_found) co_return Result<void>();
  if (!record) co_return tl::unexpected(std::move(record).error());
  if ((*record)->replaced_by != order.id) co_return Result<void>();
  (*record)->replaced_by.clear();
  changes.update(*record);
  co_return Result<void>();
}

}  // namespace acmecore
