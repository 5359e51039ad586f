#include <bit>

#include "acmecore/der.h"
#include "acmecore/lint/rule.h"
#include "acmecore/oids.h"

// What the key is for: keyUsage (RFC 5280 §4.2.1.3) and extendedKeyUsage (§4.2.1.12).
namespace acmecore::lint {

using base::BytesView;
using namespace std::string_view_literals;

namespace {

// Of the first octet of keyUsage.
constexpr uint8_t kDigitalSignature = 0x80;
constexpr uint8_t kKeyEncipherment = 0x20;

// What the BIT STRING of keyUsage holds, with the count of unused bits in front; empty: there is none.
BytesView usage_bits(const Input& input) {
  const ExtensionView* usage = input.tbs.find(oids::kKeyUsage);
  const auto bits = der::only(der::kBitString, usage == nullptr ? BytesView() : usage->value);
  return bits ? *bits : BytesView();
}

Fault present(const Input& input) {
  const ExtensionView* usage = input.tbs.find(oids::kKeyUsage);
  if (usage == nullptr) return "there is no keyUsage";
  if (!usage->is_critical()) return "keyUsage is not critical";
  return std::nullopt;
}

// X.690 §11.2.2: no zeros behind the last bit of a named bit list.
Fault encoding(const Input& input) {
  if (input.tbs.find(oids::kKeyUsage) == nullptr) return std::nullopt;
  const BytesView bits = usage_bits(input);
  const auto last = uint8_t(bits.empty() ? 0 : bits.back());
  const bool is_trimmed = bits.size() > 1 && last != 0 && int(bits[0]) == std::countr_zero(last);
  if (is_trimmed) return std::nullopt;
  return "keyUsage is no BIT STRING that ends with its last usage";
}

Fault bits(const Input& input) {
  const BytesView bits = usage_bits(input);
  if (bits.size() < 2) return std::nullopt;
  const uint8_t allowed =
      input.key_type == KeyType::rsa ? kDigitalSignature | kKeyEncipherment : kDigitalSignature;
  const bool are_allowed = bits.size() == 2 && (uint8_t(bits[1]) & ~allowed) == 0;
  if (!are_allowed) return "keyUsage has a usage that is not for this type of key";
  if ((uint8_t(bits[1]) & kDigitalSignature) == 0) return "keyUsage lacks digitalSignature";
  return std::nullopt;
}

Fault key_encipherment(const Input& input) {
  const BytesView bits = usage_bits(input);
  if (bits.size() < 2 || (uint8_t(bits[1]) & kKeyEncipherment) == 0) return std::nullopt;
  return "keyUsage has keyEncipherment beside digitalSignature";
}

Fault extended(const Input& input) {
  const ExtensionView* usages = input.tbs.find(oids::kExtendedKeyUsage);
  if (usages == nullptr) return "there is no extendedKeyUsage";
  if (usages->is_critical()) return "extendedKeyUsage is critical";
  return std::nullopt;
}

// Whether serverAuth and clientAuth are there; nothing: the extension is unreadable, or has more, or one twice.
struct Purposes {
  bool server = false;
  bool client = false;
};

std::optional<Purposes> purposes_of(BytesView value) {
  const auto list = der::only(der::kSequence, value);
  if (!list) return std::nullopt;
  Purposes purposes;
  der::Reader reader(*list);
  while (!reader.at_end()) {
    const auto oid = reader.oid();
    if (!oid) return std::nullopt;
    bool& purpose = *oid == oids::kServerAuth ? purposes.server : purposes.client;
    const bool is_known = *oid == oids::kServerAuth || *oid == oids::kClientAuth;
    if (!is_known || purpose) return std::nullopt;
    purpose = true;
  }
  return purposes;
}

Fault purposes(const Input& input) {
  const ExtensionView* usages = input.tbs.find(oids::kExtendedKeyUsage);
  if (usages == nullptr) return std::nullopt;
  const auto purposes = purposes_of(usages->value);
  if (!purposes) return "extendedKeyUsage has other purposes than serverAuth and clientAuth, each once";
  if (!purposes->server) return "extendedKeyUsage lacks serverAuth";
  return std::nullopt;
}

Fault client_auth(const Input& input) {
  const ExtensionView* usages = input.tbs.find(oids::kExtendedKeyUsage);
  const auto purposes = usages == nullptr ? std::nullopt : purposes_of(usages->value);
  if (!purposes || !purposes->client) return std::nullopt;
  return "extendedKeyUsage has clientAuth, for which browsers take no root";
}

// RFC 5280 does not nest purposes; browsers, OpenSSL and Go do.
Fault within_issuer(const Input& input) {
  constexpr BytesView kAnyPurpose = "\x55\x1d\x25\x00"sv;
  const ExtensionView* usages = input.tbs.find(oids::kExtendedKeyUsage);
  const Extension* issuers = find_extension(input.issuer.extensions, oids::kExtendedKeyUsage);
  const auto purposes = usages == nullptr ? std::nullopt : purposes_of(usages->value);
  if (issuers == nullptr || !purposes) return std::nullopt;
  const auto issuer_has = [&](BytesView oid) {
    return issuers->value.find(der::oid(oid)) != base::Bytes::npos;
  };
  const bool is_covered = (!purposes->server || issuer_has(oids::kServerAuth)) &&
                          (!purposes->client || issuer_has(oids::kClientAuth));
  if (is_covered || issuer_has(kAnyPurpose)) return std::nullopt;
  return "extendedKeyUsage has a purpose that the issuing CA's certificate does not have";
}

constexpr auto kOff = Severity::off;
constexpr auto kWarning = Severity::warning;
constexpr auto kError = Severity::error;
constexpr Rule kRules[] = {
    {"key_usage_present", "BR 7.1.2.7.6", kError, kError, present},
    {"key_usage_encoding", "X.690 §11.2.2", kError, kError, encoding, Certified::both},
    {"key_usage_bits", "BR 7.1.2.7.11", kError, kError, bits},
    {"key_encipherment_absent", "BR 7.1.2.7.11", kOff, kWarning, key_encipherment},
    {"extended_key_usage_present", "BR 7.1.2.7.6", kError, kError, extended},
    {"extended_key_usage_purposes", "BR 7.1.2.7.10", kError, kError, purposes},
    {"extended_key_usage_within_issuer", "mozilla::pkix", kWarning, kWarning, within_issuer},
    {"client_auth_absent", "Chrome Root Program Policy", kOff, kWarning, client_auth},
};

}  // namespace

std::span<const Rule> usage_rules() { return kRules; }

}  // namespace acmecore::lint
