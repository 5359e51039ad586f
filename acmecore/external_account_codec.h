#pragma once

#include <string>

#include "acmecore/account.h"
#include "acmecore/external_account_key.h"
#include "base/bytes.h"
#include "base/error.h"

namespace assay::stored::v1 {
class Account_ExternalAccount;
class ExternalAccountRestriction;
}  // namespace assay::stored::v1

// External accounts in the messages of proto/assay/stored/v1/acme.proto: for record_codec.h and for records.h. Decoding
// fails with internal where the value is not what was encoded.
namespace acmecore {

void put(const ExternalAccountRestriction& restriction,
         assay::stored::v1::ExternalAccountRestriction& message);
void put(const ExternalAccount& external, assay::stored::v1::Account_ExternalAccount& message);
base::Result<ExternalAccount> external_account_of(const assay::stored::v1::Account_ExternalAccount& message);

base::Bytes encode(const ExternalAccountKey& key);
base::Result<ExternalAccountKey> decode_external_account_key(std::string id, base::BytesView value);

}  // namespace acmecore
