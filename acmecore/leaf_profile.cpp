#include "acmecore/leaf_profile.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "acmecore/der.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/oids.h"
#include "acmecore/public_key.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

constexpr size_t kSerialSizeMin = 9;  // 64 random bits and something in front (BR 7.1)

constexpr BytesView kEmptySequence = "\x30\x00"sv;
constexpr BytesView kDigitalSignature = "\x03\x02\x07\x80"sv;  // BIT STRING, bit 0

Bytes subject(const LeafRequest& request);
Bytes subject_alt_name(const LeafRequest& request);
Bytes authority_key_identifier(const Certificate& issuer);

template <class T>
bool has_duplicate(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) != values.end();
}

bool is_whole_seconds(base::Time time) { return std::chrono::floor<std::chrono::seconds>(time) == time; }

}  // namespace

Result<void> check_leaf_request(const LeafRequest& request, const Certificate& issuer) {
  const auto refuse = [](const std::string& why) {
    return fail(ErrorKind::internal, "asked to sign a certificate that must not be: " + why);
  };
  if (request.dns_names.empty() && request.ip_addresses.empty()) return refuse("it has no names");
  if (has_duplicate(request.dns_names)) return refuse("it has a name twice");
  for (const std::string& name : request.dns_names) {
    if (const auto good = check_dns_name(name); !good) return refuse(good.error().detail);
  }
  if (has_duplicate(request.ip_addresses)) return refuse("it has an address twice");
  for (const Bytes& address : request.ip_addresses) {
    if (address.size() != 4 && address.size() != 16)
      return refuse("it has an address of neither 4 nor 16 octets");
  }
  if (!request.common_name.empty()) {
    const auto& names = request.dns_names;
    if (std::find(names.begin(), names.end(), request.common_name) == names.end())
      return refuse("its common name is none of its names");
    if (request.common_name.size() > kCommonNameSizeMax) return refuse("its common name is too long");
  }
  if (const auto key = parse_public_key(request.spki_der); !key) return refuse(key.error().detail);
  if (request.serial.octets.size() < kSerialSizeMin || !serial_from_octets(request.serial.octets)) {
    return refuse("its serial number is not one of new_serial()");
  }
  const Validity& validity = request.validity;
  if (!is_whole_seconds(validity.not_before) || !is_whole_seconds(validity.not_after)) {
    return refuse("its validity has fractions of seconds");
  }
  if (validity.not_before >= validity.not_after) return refuse("it would end before it begins");
  if (validity.not_before < issuer.validity.not_before || validity.not_after > issuer.validity.not_after) {
    return refuse("its validity is not within the issuing CA's");
  }
  return {};
}

TbsFields leaf_fields(const LeafRequest& request, const Certificate& issuer) {
  const auto extension = [](BytesView oid, bool critical, BytesView value) {
    return Extension{Bytes(oid), critical, Bytes(value)};
  };
  return {
      request.serial,
      issuer.subject_der,
      request.validity,
      subject(request),
      request.spki_der,
      {
          extension(oids::kKeyUsage, true, kDigitalSignature),
          extension(oids::kExtendedKeyUsage, false, der::sequence({der::oid(oids::kServerAuth)})),
          extension(oids::kBasicConstraints, true, kEmptySequence),
          extension(oids::kAuthorityKeyIdentifier, false, authority_key_identifier(issuer)),
          extension(oids::kCertificatePolicies, false,
                    der::sequence({der::sequence({der::oid(oids::kDomainValidated)})})),
          extension(oids::kSubjectAltName, request.common_name.empty(), subject_alt_name(request)),
      },
  };
}

namespace {

Bytes subject(const LeafRequest& request) {
  if (request.common_name.empty()) return Bytes(kEmptySequence);
  const Bytes attribute =
      der::sequence({der::oid(oids::kCommonName), der::element(der::kUtf8String, request.common_name)});
  return der::sequence({der::element(der::kSet, attribute)});
}

Bytes subject_alt_name(const LeafRequest& request) {
  Bytes names;
  for (const std::string& name : request.dns_names)
    names += der::element(der::context(2), name);
  for (const Bytes& address : request.ip_addresses)
    names += der::element(der::context(7), address);
  return der::element(der::kSequence, names);
}

Bytes authority_key_identifier(const Certificate& issuer) {
  const Extension* own = find_extension(issuer.extensions, oids::kSubjectKeyIdentifier);
  assert(own != nullptr);
  const auto key_identifier = der::only(der::kOctetString, own->value);
  assert(key_identifier.has_value());
  return der::sequence({der::element(der::context(0), *key_identifier)});
}

}  // namespace

}  // namespace acmecore
