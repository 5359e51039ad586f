#include "acmecore/rpc/inventory_messages.h"

#include <algorithm>
#include <array>
#include <string>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/pem.h"
#include "acmecore/public_key.h"
#include "acmecore/renewal.h"
#include "base/ascii.h"
#include "base/hexadecimal.h"
#include "base/ip_network.h"
#include "base/openssl.h"
#include "proto/time.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// Nothing: any.
Result<std::optional<CertificateStatus>> certificate_status(const std::string& text) {
  if (text.empty()) return std::nullopt;
  for (const CertificateStatus status :
       {CertificateStatus::valid, CertificateStatus::expired, CertificateStatus::revoked}) {
    if (name_of(status) == text) return status;
  }
  return fail(ErrorKind::malformed, "a certificate is valid, expired or revoked, never " + in_quotes(text));
}

Result<base::Bytes> spki_digest(const std::string& text) {
  auto digest = base::parse_hexadecimal(text);
  if (digest && (digest->empty() || digest->size() == base::kSha256Size)) return *std::move(digest);
  return fail(ErrorKind::malformed, "key_sha256: it is no SHA-256 in hexadecimal");
}

// Of 4 or 16 octets.
std::string address_text(base::BytesView address) {
  // IPv4 mapped (RFC 4291 §2.5.5.2).
  std::array<uint8_t, 16> octets = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::ranges::copy(address, octets.end() - std::ptrdiff_t(address.size()));
  return base::IpAddress::of(octets).text();
}

api::Certificate::Details details_of(const CertificateView& view) {
  const IssuedCertificate& record = view.record;
  api::Certificate::Details details;
  for (const std::string& authorization : record.authorizations)
    details.add_authorizations(authorization);
  details.set_publicly_trusted(record.publicly_trusted);
  details.set_auto_renewed(record.auto_renewed);
  details.set_replaced_by(record.replaced_by);
  if (record.crl) details.set_crl_shard(record.crl->number);
  if (!record.account.empty()) {
    const RenewalInfo renewal = renewal_info(view.certificate.validity, record.revocation);
    *details.mutable_renew_from() = proto::to_timestamp(renewal.start);
    *details.mutable_renew_until() = proto::to_timestamp(renewal.end);
  }
  *details.mutable_remove_time() = proto::to_timestamp(removal_time(record));
  details.set_pem(pem_block(kPemCertificate, record.der));
  return details;
}

}  // namespace

Result<InventoryFilter> filter_of(const api::ListCertificatesRequest& request) {
  InventoryFilter filter;
  filter.name = base::lower(request.name());
  filter.domain = base::lower(request.domain());
  filter.account = request.account();
  filter.ca = request.issuer();
  TRY(filter.spki_digest, spki_digest(request.key_sha256()));
  filter.profile = request.profile();
  TRY(filter.status, certificate_status(request.status()));
  if (request.has_ends_from()) {
    TRY(filter.ends_from, proto::from_timestamp(request.ends_from()));
  }
  if (request.has_ends_before()) {
    TRY(filter.ends_before, proto::from_timestamp(request.ends_before()));
  }
  return filter;
}

api::Certificate message_of(const CertificateView& view) {
  const IssuedCertificate& record = view.record;
  const Certificate& certificate = view.certificate;
  api::Certificate message;
  message.set_serial(text_of(record.serial));
  message.set_status(std::string(name_of(view.status)));
  for (const std::string& name : certificate.subject_alt_name.dns_names)
    message.add_names(name);
  for (const base::Bytes& address : certificate.subject_alt_name.ip_addresses)
    message.add_names(address_text(address));
  message.set_account(record.account);
  message.set_order(record.order);
  message.set_profile(record.profile);
  message.set_issuer(view.ca);
  if (const auto type = key_type_of(certificate.spki_der)) message.set_key_type(std::string(name_of(*type)));
  message.set_key_sha256(base::hexadecimal(base::sha256(certificate.spki_der)));
  *message.mutable_not_before() = proto::to_timestamp(certificate.validity.not_before);
  *message.mutable_not_after() = proto::to_timestamp(certificate.validity.not_after);
  *message.mutable_issue_time() = proto::to_timestamp(record.issued);
  if (record.revocation) {
    *message.mutable_revoke_time() = proto::to_timestamp(record.revocation->time);
    message.set_reason(std::string(name_of(record.revocation->reason)));
  }
  return message;
}

api::Certificate detailed_message_of(const CertificateView& view) {
  api::Certificate message = message_of(view);
  *message.mutable_details() = details_of(view);
  return message;
}

}  // namespace acmecore::rpc
