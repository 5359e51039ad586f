#include "acmecore/ocsp_responder.h"

#include <algorithm>
#include <utility>

#include "acmecore/ocsp_response.h"
#include "base/log.h"

namespace acmecore {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using base::Time;
using std::chrono::seconds;

namespace {

std::shared_ptr<const OcspAnswer> refusal(OcspRefusal status) {
  return std::make_shared<const OcspAnswer>(OcspAnswer{ocsp_refusal(status)});
}

// What a client hears of an error of ours.
OcspRefusal refusal_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unauthorized: return OcspRefusal::unauthorized;
    case ErrorKind::unavailable: return OcspRefusal::try_later;
    default: return OcspRefusal::internal_error;
  }
}

tl::unexpected<base::Error> no_such_certificate() {
  return fail(ErrorKind::unauthorized, "there is no such certificate");
}

bool can_be_kept(const OcspRequest& request) { return !request.nonce && request.certificates.size() == 1; }

}  // namespace

OcspResponder::OcspResponder(Records& records, const Issuers& issuers, const base::Clock& clock,
                             seconds lifetime)
    : records_(records), issuers_(issuers), clock_(clock), lifetime_(lifetime) {}

Task<std::shared_ptr<const OcspAnswer>> OcspResponder::answer(Bytes request_der) {
  const auto request = parse_ocsp_request(request_der);
  if (!request) co_return refusal(OcspRefusal::malformed_request);
  uint64_t revocations = 0;
  if (Kept kept = find(*request, revocations)) co_return kept;
  const auto responder = responder_of(*request);
  if (!responder) co_return refusal(refusal_of(responder.error().kind));
  const auto fields = co_await fields_of(*request, *responder);
  auto response = fields ? sign(responder->ca, *fields) : tl::unexpected(fields.error());
  if (!response) {
    const OcspRefusal status = refusal_of(response.error().kind);
    if (status != OcspRefusal::unauthorized)
      base::log::error("acme.ocsp.not_answered", {{"detail", response.error().detail}});
    co_return refusal(status);
  }
  OcspAnswer made{*std::move(response)};
  if (!request->nonce) {
    made.this_update = fields->this_update;
    made.next_update = fields->next_update;
  }
  const auto answer = std::make_shared<const OcspAnswer>(std::move(made));
  keep(*request, answer, revocations);
  co_return answer;
}

// unauthorized: they are not of one CA of ours. unavailable: it signs no responses.
Result<OcspResponder::Responder> OcspResponder::responder_of(const OcspRequest& request) const {
  const auto issuers = issuers_.now();
  const Issuer* const issuer = issuers->find(request.certificates.front());
  const auto is_of_it = [&](const OcspCertId& id) { return issuer->ocsp_issuer().is_named_by(id); };
  if (issuer == nullptr || !std::ranges::all_of(request.certificates, is_of_it)) return no_such_certificate();
  if (!issuer->signs_ocsp_responses())
    return fail(ErrorKind::unavailable, "the issuing CA signs no OCSP responses");
  return Responder{issuer->ca(), issuer->ocsp_issuer().responder_key_hash()};
}

// unauthorized: the CA has not issued one of them.
Task<Result<OcspFields>> OcspResponder::fields_of(const OcspRequest& request, Responder responder) {
  const Time now = std::chrono::floor<seconds>(clock_.now());
  OcspFields fields{std::move(responder.key_hash), {}, now, now, now + lifetime_, request.nonce};
  for (const OcspCertId& id : request.certificates) {
    const auto serial = serial_from_octets(id.serial);
    if (!serial) co_return no_such_certificate();
    auto record = co_await records_.certificate(*serial);
    if (!record && record.error().kind == ErrorKind::not_found) co_return no_such_certificate();
    if (!record) co_return tl::unexpected(std::move(record).error());
    if ((*record)->der.empty() || issuers_.now()->ca_of(record->value) != responder.ca)
      co_return no_such_certificate();
    fields.certificates.push_back({id.der, (*record)->revocation});
  }
  co_return fields;
}

Result<Bytes> OcspResponder::sign(const std::string& ca, const OcspFields& fields) const {
  const auto issuers = issuers_.now();
  const Issuer* const issuer = issuers->find(ca);
  if (issuer != nullptr && issuer->signs_ocsp_responses()) return issuer->sign_ocsp_response(fields);
  return fail(ErrorKind::unavailable, "the issuing CA signs no OCSP responses any more");
}

// Null: it is to be made. `revocations` is what keep() wants to know then.
OcspResponder::Kept OcspResponder::find(const OcspRequest& request, uint64_t& revocations) {
  if (!can_be_kept(request)) return nullptr;
  const OcspCertId& id = request.certificates.front();
  const std::lock_guard lock(mutex_);
  revocations = revocations_;
  const auto of_serial = kept_.find(id.serial);
  if (of_serial == kept_.end()) return nullptr;
  const auto found = of_serial->second.find(id.der);
  if (found == of_serial->second.end()) return nullptr;
  const OcspAnswer& answer = *found->second;
  if (clock_.now() < *answer.this_update + (*answer.next_update - *answer.this_update) / 2)
    return found->second;
  return nullptr;
}

void OcspResponder::keep(const OcspRequest& request, const Kept& answer, uint64_t revocations) {
  if (!can_be_kept(request)) return;
  const OcspCertId& id = request.certificates.front();
  const std::lock_guard lock(mutex_);
  if (revocations != revocations_) return;  // perhaps its own, after the record was read
  if (kept_count_ >= kOcspAnswersMax) {
    kept_.clear();
    kept_count_ = 0;
  }
  if (kept_[id.serial].insert_or_assign(id.der, answer).second) ++kept_count_;
}

void OcspResponder::follow(const storage::Batch& batch) {
  for (const storage::Put& put : batch.puts) {
    const auto revoked = parse_revoked_key(put.key);
    if (!revoked) continue;
    const std::lock_guard lock(mutex_);
    ++revocations_;
    const auto found = kept_.find(revoked->serial.octets);
    if (found == kept_.end()) continue;
    kept_count_ -= found->second.size();
    kept_.erase(found);
  }
}

}  // namespace acmecore
