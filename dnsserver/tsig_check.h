#pragma once

#include "dnsserver/envelope.h"
#include "dnsserver/tsig_keys.h"

namespace dnsserver {

// Algorithms that are broken as digests, and the defaults of much software still.
struct TsigOptions {
  bool allow_hmac_md5 = false;
  bool allow_hmac_sha1 = false;
};

// What became of the signature of a request (RFC 8945 §5.2), and with what the response is signed.
struct TsigCheck {
  Refusal refusal;  // NOERROR: the signature is valid
  TsigError error = TsigError::none;
  SharedCredential credential = nullptr;  // whose key it is; null: nobody's
  TsigKey key = {};
};

TsigCheck check_tsig(BytesView request, const Tsig& tsig, const TsigKeys& keys, const TsigOptions& options,
                     Time now);

// Adds what RFC 8945 §5.3 asks for: a MAC, a record without one for who has not shown to know the key, and nothing
// for what was malformed.
void sign_reply(Bytes& reply, const Tsig& request, const TsigCheck& check, Time now);

// Octets that sign_reply() adds, at most.
size_t signature_size(const Tsig& request, const TsigCheck& check);

}  // namespace dnsserver
