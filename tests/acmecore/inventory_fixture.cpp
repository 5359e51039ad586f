#include "tests/acmecore/inventory_fixture.h"

#include <algorithm>

namespace acmecore {

namespace {

// As long as new_serial's, but in the order of the calls, which may come within a millisecond.
Serial next_serial() {
  static uint32_t made = 0;
  ++made;
  Serial serial{base::Bytes(17, '\x5a')};
  serial.octets[0] = 1;
  for (int i = 0; i < 4; ++i)
    serial.octets[size_t(1 + i)] = char(made >> (24 - 8 * i) & 0xff);
  return serial;
}

base::Bytes usual_spki() {
  static const base::Bytes spki = spki_of(make_p256().get());
  return spki;
}

}  // namespace

IssuedCertificate add_certificate(const InventoryDraft& draft, base::Time issued, Changes& changes,
                                  const base::Bytes& der) {
  LeafRequest request;
  request.dns_names = draft.names;
  std::ranges::sort(request.dns_names);
  request.spki_der = draft.key == nullptr ? usual_spki() : spki_of(draft.key);
  request.serial = next_serial();
  request.issued = issued;
  request.validity = leaf_validity(issued, draft.life, test_issuer().certificate().validity).value();
  IssuedCertificate record;
  record.serial = request.serial;
  record.account = draft.account;
  record.order = "order-of-" + draft.account;
  record.der = der.empty() ? test_issuer().sign_leaf(request).value() : der;
  record.issued = issued;
  record.not_after = request.validity.not_after;
  record.revocation = draft.revocation;
  record.profile = draft.profile;
  if (!draft.ca.empty()) record.crl = CrlShard{draft.ca, 3};
  changes.create(record);
  changes.note_subject(record, draft.names, request.spki_der);
  return record;
}

}  // namespace acmecore
