#include "acmecore/ca_certificate.h"

#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using namespace std::string_view_literals;

Result<void> check_ca_certificate(const std::string& what, const Certificate& certificate, Time now) {
  const Validity& validity = certificate.validity;
  if (now < validity.not_before || now > validity.not_after) {
    return fail(ErrorKind::unavailable, what + " is valid only from " + base::rfc3339(validity.not_before) +
                                            " to " + base::rfc3339(validity.not_after));
  }
  const Extension* constraints = find_extension(certificate.extensions, oids::kBasicConstraints);
  const auto fields = der::only(der::kSequence, constraints == nullptr ? BytesView() : constraints->value);
  if (!fields || !fields->starts_with("\x01\x01\xff"sv)) {
    return fail(ErrorKind::unavailable, what + " is not a CA's");
  }
  return {};
}

Result<void> check_issuing_certificate(const std::string& what, const Certificate& issuing) {
  const auto refuse = [&](const char* why) { return fail(ErrorKind::unavailable, what + " has " + why); };
  const Extension* usage = find_extension(issuing.extensions, oids::kKeyUsage);
  constexpr uint8_t kKeyCertSign = 0x04;
  if (usage == nullptr || usage->value.size() < 4 || (uint8_t(usage->value[3]) & kKeyCertSign) == 0) {
    return refuse("no keyUsage keyCertSign");
  }
  const Extension* purposes = find_extension(issuing.extensions, oids::kExtendedKeyUsage);
  if (purposes != nullptr && purposes->value.find(der::oid(oids::kServerAuth)) == base::Bytes::npos) {
    return refuse("an extendedKeyUsage without serverAuth");
  }
  const Extension* identifier = find_extension(issuing.extensions, oids::kSubjectKeyIdentifier);
  if (identifier == nullptr || !der::only(der::kOctetString, identifier->value) ||
      identifier->value.size() < 3) {
    return refuse("no subjectKeyIdentifier");
  }
  if (issuing.subject_der == "\x30\x00"sv) return refuse("an empty subject");
  return {};
}

}  // namespace acmecore
