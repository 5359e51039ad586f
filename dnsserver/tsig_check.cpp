#include "dnsserver/tsig_check.h"

#include <algorithm>

namespace dnsserver {

namespace {

Refusal notauth(std::string text, ExtendedError code = ExtendedError::prohibited) {
  return {Rcode::notauth, code, std::move(text)};
}

// They are what certbot, lego and cert-manager sign with unless told otherwise, so the text says what to do.
std::optional<Refusal> refusal_of_algorithm(TsigAlgorithm algorithm, const TsigOptions& options) {
  const bool off = (algorithm == TsigAlgorithm::hmac_md5 && !options.allow_hmac_md5) ||
                   (algorithm == TsigAlgorithm::hmac_sha1 && !options.allow_hmac_sha1);
  if (!off) return std::nullopt;
  const std::string setting = algorithm == TsigAlgorithm::hmac_md5 ? "allow_hmac_md5" : "allow_hmac_sha1";
  return notauth(std::string(name_of(algorithm)) + " is switched off: sign with hmac-sha256, or set update." +
                     setting + " = true on the server",
                 ExtendedError::not_supported);
}

Refusal refusal_of(TsigVerdict verdict) {
  switch (verdict) {
    case TsigVerdict::valid: return {.rcode = Rcode::noerror};
    case TsigVerdict::malformed: return {Rcode::formerr, ExtendedError::other, "no MAC is of that size"};
    case TsigVerdict::badsig: return notauth("BADSIG: the secrets of client and server differ");
    case TsigVerdict::badtime: return notauth("BADTIME: the clocks of client and server differ too much");
    case TsigVerdict::badtrunc: return notauth("BADTRUNC: only whole MACs are taken");
  }
  return {Rcode::servfail};
}

TsigError error_of(TsigVerdict verdict) {
  switch (verdict) {
    case TsigVerdict::badsig: return TsigError::badsig;
    case TsigVerdict::badtime: return TsigError::badtime;
    case TsigVerdict::badtrunc: return TsigError::badtrunc;
    default: return TsigError::none;
  }
}

}  // namespace

TsigCheck check_tsig(BytesView request, const Tsig& tsig, const TsigKeys& keys, const TsigOptions& options,
                     Time now) {
  TsigCheck check{.refusal = notauth("BADKEY: there is no key of that name and algorithm"),
                  .error = TsigError::badkey};
  const auto algorithm = parse_tsig_algorithm(tsig.algorithm_name.text());
  if (!algorithm) return check;
  if (auto refusal = refusal_of_algorithm(*algorithm, options)) {
    check.refusal = *std::move(refusal);
    return check;
  }
  const SharedCredential credential = keys.find_by_tsig_key(tsig.key_name);
  if (!credential) return check;
  const auto key = std::ranges::find(credential->tsig_keys, tsig.key_name, &TsigKey::name);
  if (key == credential->tsig_keys.end() || key->algorithm != *algorithm) return check;
  const TsigVerdict verdict = verify(request, tsig, *key, now);
  return {refusal_of(verdict), error_of(verdict), credential, *key};
}

void sign_reply(Bytes& reply, const Tsig& request, const TsigCheck& check, Time now) {
  if (check.refusal.rcode == Rcode::formerr) return;
  if (check.error == TsigError::badkey || check.error == TsigError::badsig) {
    return add_unsigned_tsig(reply, request, check.error, now);
  }
  sign(reply, request, check.key, check.error, now);
}

size_t signature_size(const Tsig& request, const TsigCheck& check) {
  return tsig_size(request, check.key, check.error);
}

}  // namespace dnsserver
