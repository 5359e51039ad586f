// A name that is read from presentation or wire form is written and read back the same, within the limits of RFC 1035.
#include <cstdint>
#include <cstdlib>

#include "base/name.h"

namespace {

void must_hold(bool holds) {
  if (!holds) std::abort();
}

void check(const base::Name& name) {
  must_hold(name.wire().size() <= base::kNameSizeMax && name.label_count() <= base::kLabelsMax);
  const auto from_text = base::Name::parse(name.text());
  must_hold(from_text && from_text->wire() == name.wire());
  const auto from_wire = base::Name::from_wire(name.wire());
  must_hold(from_wire && *from_wire == name);
  must_hold(base::Name::from_wire(name.lowered()).value() == name);
  must_hold(name.is_under(base::Name()) && name.is_under(name));
  if (name.is_root()) return;
  must_hold(name.is_under(name.parent()) && !name.parent().is_under(name));
  must_hold(name.sort_key().starts_with(name.parent().sort_key()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::BytesView octets(reinterpret_cast<const char*>(data), size);
  if (const auto name = base::Name::parse(octets)) check(*name);
  if (const auto name = base::Name::from_wire(octets)) check(*name);
  if (const auto name = base::Name::from_wire(octets); !name && size > 0) {
    must_hold(base::Name().prepend(octets).has_value() == (size <= base::kLabelSizeMax));
  }
  return 0;
}
