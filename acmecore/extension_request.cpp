#include "acmecore/extension_request.h"

#include "acmecore/der.h"
#include "acmecore/extensions.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

Result<BytesView> find_extension_request(BytesView attributes);
Result<void> check_tls_feature(BytesView value);
Result<void> check_ignorable(const Extension& extension);

}  // namespace

Result<RequestedExtensions> requested_extensions(BytesView attributes) {
  TRY(const BytesView request, find_extension_request(attributes));
  RequestedExtensions requested;
  if (request.empty()) return requested;
  TRY(const std::vector<Extension> extensions, parse_extensions(request));
  for (const Extension& extension : extensions) {
    if (extension.oid == oids::kSubjectAltName) {
      TRY(SubjectAltName san, parse_subject_alt_name(extension.value));
      if (!san.ip_addresses.empty()) {
        return fail(ErrorKind::malformed,
                    "the subjectAltName has an IP address; only DNS names are certified");
      }
      requested.dns_names = std::move(san.dns_names);
    } else if (extension.oid == oids::kTlsFeature) {
      CHECK(check_tls_feature(extension.value));
      requested.must_staple = true;
    } else {
      CHECK(check_ignorable(extension));
    }
  }
  return requested;
}

namespace {

Result<void> check_key_usage(BytesView value);
Result<void> check_extended_key_usage(BytesView value);
Result<void> check_basic_constraints(BytesView value);

// The Extensions that are asked for, whole; empty where there is no such attribute.
Result<BytesView> find_extension_request(BytesView attributes) {
  BytesView found;
  der::Reader reader(attributes);
  while (!reader.at_end()) {
    TRY(const der::Element attribute, reader.next(der::kSequence));
    der::Reader fields(attribute.content);
    TRY(const BytesView type, fields.oid());
    TRY(const der::Element values, fields.next(der::kSet));
    CHECK(fields.end());
    if (type != oids::kExtensionRequest) continue;
    if (!found.empty()) return fail(ErrorKind::malformed, "it has the attribute extensionRequest twice");
    der::Reader set(values.content);
    TRY(const der::Element value, set.next(der::kSequence));
    if (!set.at_end()) return fail(ErrorKind::malformed, "its extensionRequest has several values");
    found = value.whole;
  }
  return found;
}

Result<void> check_tls_feature(BytesView value) {
  constexpr BytesView kStatusRequest = "\x30\x03\x02\x01\x05"sv;
  if (value == kStatusRequest) return {};
  return fail(ErrorKind::malformed, "it asks for TLS features (RFC 7633) other than status_request alone");
}

Result<void> check_ignorable(const Extension& extension) {
  if (extension.oid == oids::kSubjectKeyIdentifier) return {};
  if (extension.oid == oids::kKeyUsage) return check_key_usage(extension.value);
  if (extension.oid == oids::kExtendedKeyUsage) return check_extended_key_usage(extension.value);
  if (extension.oid == oids::kBasicConstraints) return check_basic_constraints(extension.value);
  return fail(
      ErrorKind::malformed,
      "it asks for an extension other than subjectAltName that this CA would not put into the certificate");
}

// RFC 5280 §4.2.1.3: bits 5 and 6 are keyCertSign and cRLSign.
Result<void> check_key_usage(BytesView value) {
  TRY(const BytesView bits, der::only(der::kBitString, value));
  if (bits.size() < 2) return fail(ErrorKind::malformed, "its keyUsage is empty");
  constexpr uint8_t kCaBits = 0x04 | 0x02;
  if ((uint8_t(bits[1]) & kCaBits) != 0) {
    return fail(ErrorKind::malformed, "its keyUsage asks for a CA's keyCertSign or cRLSign");
  }
  return {};
}

Result<void> check_extended_key_usage(BytesView value) {
  TRY(const BytesView purposes, der::only(der::kSequence, value));
  der::Reader reader(purposes);
  while (!reader.at_end()) {
    TRY(const BytesView purpose, reader.oid());
    if (purpose != oids::kServerAuth && purpose != oids::kClientAuth) {
      return fail(ErrorKind::malformed, "its extendedKeyUsage asks for more than TLS");
    }
  }
  return {};
}

Result<void> check_basic_constraints(BytesView value) {
  TRY(const BytesView fields, der::only(der::kSequence, value));
  // Some clients write the default out, against DER: as harmless as leaving it out.
  constexpr BytesView kWrittenFalse("\x01\x01\x00", 3);
  if (fields.empty() || fields == kWrittenFalse) return {};
  return fail(ErrorKind::malformed, "its basicConstraints ask for a CA certificate");
}

}  // namespace

}  // namespace acmecore
