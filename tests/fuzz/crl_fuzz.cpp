// A CRL as it lies in a directory that may be a restored one. What is read must be what stands there, and an entry that
// is taken for one of ours can be written as we write it.
#include <cstdint>
#include <cstdlib>

#include "acmecore/crl.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace {

using namespace acmecore;

void check_entry(const CrlEntry& entry) {
  const auto revoked = revoked_certificate(entry);
  if (!revoked) return;
  base::Bytes written;
  append_entry(written, *revoked);
  size_t count = 0;
  const auto same = [&](const CrlEntry& again) {
    const auto read = revoked_certificate(again);
    if (!read || *read != *revoked) std::abort();
    return ++count > 0;
  };
  if (!for_each_entry(written, same) || count != 1) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::BytesView input = base::view({data, size});
  const auto crl = parse_crl(input);
  if (!crl) {
    if (crl.error().kind != base::ErrorKind::malformed || crl.error().detail.empty()) std::abort();
    return 0;
  }
  const auto written_again =
      der::sequence({crl->tbs_der, crl->signature_algorithm_der, der::bit_string(crl->signature)});
  if (written_again != input) std::abort();
  const auto take = [](const CrlEntry& entry) {
    check_entry(entry);
    return true;
  };
  static_cast<void>(for_each_entry(crl->entries.value_or(""), take));
  static_cast<void>(crl_number(*crl));
  const auto point = distribution_point(*crl);
  const bool is_ours = point && !point->uris.empty() && point->flags == std::vector<uint8_t>{der::context(1)};
  if (!is_ours) return 0;
  const Extension* extension = find_extension(crl->extensions, oids::kIssuingDistributionPoint);
  if (issuing_distribution_point(point->uris) != extension->value) std::abort();
  return 0;
}
