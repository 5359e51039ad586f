#include "acmecore/key_identifier.h"

#include "acmecore/der.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;

Result<Bytes> key_identifier(BytesView spki_der) {
  constexpr size_t kOctets = 20;
  TRY(const BytesView content, der::only(der::kSequence, spki_der));
  der::Reader reader(content);
  CHECK(reader.next(der::kSequence));
  TRY(const BytesView key, reader.bit_string());
  CHECK(reader.end());
  return base::sha256(key).substr(0, kOctets);
}

}  // namespace acmecore
