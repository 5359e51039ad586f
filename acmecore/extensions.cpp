#include "acmecore/extensions.h"

#include "acmecore/der.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// GeneralName's alternatives (RFC 5280 §4.2.1.6) by tag number.
constexpr uint8_t kDnsName = der::context(2);
constexpr uint8_t kIpAddress = der::context(7);

const char* name_of_general_name(uint8_t tag);

}  // namespace

Result<std::vector<Extension>> parse_extensions(BytesView der) {
  TRY(const BytesView content, der::only(der::kSequence, der));
  der::Reader reader(content);
  std::vector<Extension> extensions;
  extensions.reserve(kUsualExtensions);
  while (!reader.at_end()) {
    TRY(const der::Element element, reader.next(der::kSequence));
    der::Reader fields(element.content);
    TRY(const BytesView oid, fields.oid());
    TRY(const bool critical, fields.true_or_absent());
    TRY(const der::Element value, fields.next(der::kOctetString));
    CHECK(fields.end());
    if (find_extension(extensions, oid) != nullptr) {
      return fail(ErrorKind::malformed, "an extension stands there twice");
    }
    extensions.push_back({Bytes(oid), critical, Bytes(value.content)});
  }
  if (extensions.empty()) return fail(ErrorKind::malformed, "the list of extensions is empty");
  return extensions;
}

const Extension* find_extension(const std::vector<Extension>& extensions, BytesView oid) {
  for (const Extension& extension : extensions) {
    if (extension.oid == oid) return &extension;
  }
  return nullptr;
}

Result<SubjectAltName> parse_subject_alt_name(BytesView value) {
  TRY(const BytesView content, der::only(der::kSequence, value));
  der::Reader reader(content);
  SubjectAltName names;
  while (!reader.at_end()) {
    TRY(const der::Element name, reader.next());
    if (name.tag == kDnsName) {
      names.dns_names.emplace_back(name.content);
    } else if (name.tag == kIpAddress) {
      if (name.content.size() != 4 && name.content.size() != 16) {
        return fail(ErrorKind::malformed, "the subjectAltName has an iPAddress of neither 4 nor 16 octets");
      }
      names.ip_addresses.emplace_back(name.content);
    } else {
      return fail(ErrorKind::malformed, std::string("the subjectAltName has ") +
                                            name_of_general_name(name.tag) +
                                            "; only DNS names are certified");
    }
  }
  if (names.dns_names.empty() && names.ip_addresses.empty()) {
    return fail(ErrorKind::malformed, "the subjectAltName is empty");
  }
  return names;
}

namespace {

const char* name_of_general_name(uint8_t tag) {
  switch (tag) {
    case der::context_constructed(0): return "an otherName";
    case der::context(1): return "an e-mail address";
    case der::context_constructed(3): return "an X.400 address";
    case der::context_constructed(4): return "a directory name";
    case der::context_constructed(5): return "an EDI party name";
    case der::context(6): return "a URI";
    case der::context(8): return "a registered ID";
  }
  return "something that is no GeneralName";
}

}  // namespace

}  // namespace acmecore
