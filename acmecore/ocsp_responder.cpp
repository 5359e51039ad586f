#include "acmecore/ocsp_responder.h"

#include <algorithm>
#include <utility>

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

// So long before it is needed the next answer is made, and so many at once, between which CRLs are made.
constexpr std::chrono::minutes kMadeAhead{5};
constexpr size_t kMadeAtOnce = 100;

OcspAnswers::Answer refusal(OcspRefusal status) {
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
    : records_(records), issuers_(issuers), clock_(clock), lifetime_(lifetime), tally_(records, clock) {}

Task<OcspAnswers::Answer> OcspResponder::answer(Bytes request_der) {
  const auto request = parse_ocsp_request(request_der);
  if (!request) co_return refusal(OcspRefusal::malformed_request);
  const OcspCertId& id = request->certificates.front();
  if (can_be_kept(*request)) {
    if (OcspAnswers::Answer kept = answers_.find(id, clock_.now())) co_return kept;
  }
  const auto made = co_await make(*request);
  if (made) co_return *made;
  const OcspRefusal status = refusal_of(made.error().kind);
  if (status == OcspRefusal::try_later && can_be_kept(*request)) {
    if (OcspAnswers::Answer last = answers_.find_last(id, clock_.now())) co_return last;
  }
  const bool is_fault = status != OcspRefusal::unauthorized && responder_of(*request);
  if (is_fault) base::log::error("acme.ocsp.not_answered", {{"detail", made.error().detail}});
  co_return refusal(status);
}

Task<Result<OcspAnswers::Answer>> OcspResponder::make(OcspRequest request) {
  const uint64_t revocations = answers_.revocations();
  CO_TRY(const Responder responder, responder_of(request));
  CO_TRY(const OcspFields fields, co_await fields_of(request, responder));
  CO_TRY(Bytes response, sign(responder.ca, fields));
  tally_.note(responder.ca, fields.produced_at);
  OcspAnswer made{std::move(response)};
  if (!request.nonce) {
    made.this_update = fields.this_update;
    made.next_update = fields.next_update;
  }
  const auto answer = std::make_shared<const OcspAnswer>(std::move(made));
  if (can_be_kept(request)) answers_.keep(request.certificates.front(), answer, revocations);
  co_return answer;
}

Task<bool> OcspResponder::make_again() {
  const auto due = answers_.due(clock_.now(), kMadeAhead, kMadeAtOnce);
  std::optional<base::Error> error;
  for (const OcspCertId& id : due) {
    OcspRequest request;
    request.certificates.push_back(id);
    const auto made = co_await make(std::move(request));
    if (!made) error = made.error();
  }
  if (error) base::log::warning("acme.ocsp.not_made_again", {{"detail", error->detail}});
  co_return due.size() == kMadeAtOnce;
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
  OcspFields fields{std::move(responder.key_hash), {}, now, now, now + lifetime_ - seconds(1), request.nonce};
  for (const OcspCertId& id : request.certificates) {
    const auto serial = serial_from_octets(id.serial);
    if (!serial) co_return no_such_certificate();
    CO_TRY(auto status, co_await status_of(*serial, responder.ca));
    if (status) status->time = std::min(status->time, now);  // if the clock was set back since
    fields.certificates.push_back({id.der, std::move(status)});
  }
  co_return fields;
}

// Nothing: it is good. unauthorized: the CA has not issued it.
Task<Result<std::optional<Revocation>>> OcspResponder::status_of(Serial serial, std::string ca) {
  auto record = co_await records_.certificate(serial);
  if (!record && record.error().kind != ErrorKind::not_found)
    co_return tl::unexpected(std::move(record).error());
  if (!record) {  // since a backup was restored, perhaps the CRLs alone know it
    CO_TRY(auto revocation, co_await records_.unrecorded_revocation(std::move(ca), std::move(serial)));
    if (!revocation) co_return no_such_certificate();
    co_return revocation;
  }
  if ((*record)->der.empty() || issuers_.now()->ca_of(record->value) != ca) co_return no_such_certificate();
  co_return (*record)->revocation;
}

Result<Bytes> OcspResponder::sign(const std::string& ca, const OcspFields& fields) const {
  const auto issuers = issuers_.now();
  const Issuer* const issuer = issuers->find(ca);
  if (issuer != nullptr && issuer->signs_ocsp_responses()) return issuer->sign_ocsp_response(fields);
  return fail(ErrorKind::unavailable, "the issuing CA signs no OCSP responses any more");
}

void OcspResponder::follow(const storage::Batch& batch) {
  for (const storage::Put& put : batch.puts) {
    const auto revoked = parse_revoked_key(put.key);
    if (revoked) answers_.revoked(revoked->serial.octets);
  }
}

}  // namespace acmecore
