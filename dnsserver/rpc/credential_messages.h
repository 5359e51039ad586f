#pragma once

#include "assay/v1/credential.pb.h"
#include "dnsserver/credential.h"

namespace dnsserver::rpc {

// Credentials as the API writes them. read_… fail as malformed, and the detail begins with the name of the field.

// What is absent is the default; id, creation and login are left alone.
Result<Credential> read_credential(const assay::v1::Credential& message);
// Changes the credential as the request says, but for its password. not_found: a TSIG key that is to be removed is
// not there.
Result<void> read_update(const assay::v1::UpdateCredentialRequest& request, Credential& credential);

enum class Secrets { hidden, shown };
void write_credential(const Credential& credential, Secrets secrets, assay::v1::Credential& message);

// Standard base64 with padding, as key files have it (RFC 4648 §4). Nothing: it is none.
std::string base64(base::BytesView octets);
std::optional<Bytes> parse_base64(std::string text);

}  // namespace dnsserver::rpc
