#include "acmecore/csr.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "acmecore/der.h"
#include "acmecore/dns_name_syntax.h"
#include "acmecore/extension_request.h"
#include "acmecore/oids.h"
#include "acmecore/signature.h"
#include "base/name.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

// CertificationRequest (RFC 2986 §4), split but not judged. Aliases the request.
struct Parts {
  BytesView info;        // CertificationRequestInfo, which is signed
  BytesView subject;     // content of the Name
  BytesView spki;        // SubjectPublicKeyInfo
  BytesView attributes;  // content of the SET OF Attribute
  BytesView algorithm;   // AlgorithmIdentifier
  BytesView signature;
};

// RFC 2986 §4.1 has version 1, written as 0. Some clients (Ruby's acme-client) write what a certificate of version 3
// has, which other CAs let pass; nothing depends on it.
constexpr BytesView kVersion = "\0"sv;
constexpr BytesView kMistakenVersion = "\2"sv;

Result<Parts> split(BytesView der);
Result<std::vector<std::string>> common_names(BytesView subject);
Result<std::vector<std::string>> collect_names(std::vector<std::string> names, BytesView subject);

// Every error of the readers below is about the CSR: this says so.
template <class T>
Result<T> as_bad_csr(Result<T> result) {
  if (result) return result;
  return fail(ErrorKind::bad_csr, "the CSR is refused: " + result.error().detail);
}

}  // namespace

Result<Csr> parse_csr(BytesView der) {
  if (der.size() > kCsrSizeMax) return fail(ErrorKind::bad_csr, "the CSR is larger than 32 KiB");
  TRY(const Parts parts, as_bad_csr(split(der)));
  TRY(RequestedExtensions extensions, as_bad_csr(requested_extensions(parts.attributes)));
  TRY(std::vector<std::string> names,
      as_bad_csr(collect_names(std::move(extensions.dns_names), parts.subject)));
  TRY(const SignatureAlgorithm algorithm, as_bad_csr(parse_signature_algorithm(parts.algorithm)));
  // Last, because it costs most.
  CHECK(as_bad_csr(check_self_signature(algorithm, parts.spki, parts.info, parts.signature)));
  return Csr{std::move(names), Bytes(parts.spki), base::sha256(parts.spki), base::sha256(der),
             extensions.must_staple};
}

namespace {

Result<Parts> split(BytesView der) {
  TRY(const BytesView request, der::only(der::kSequence, der));
  der::Reader outer(request);
  TRY(const der::Element info, outer.next(der::kSequence));
  TRY(const der::Element algorithm, outer.next(der::kSequence));
  TRY(const BytesView signature, outer.bit_string());
  CHECK(outer.end());

  der::Reader inner(info.content);
  TRY(const BytesView version, inner.integer());
  if (version != kVersion && version != kMistakenVersion) {
    return fail(ErrorKind::malformed, "it is not a PKCS #10 request of version 1");
  }
  TRY(const der::Element subject, inner.next(der::kSequence));
  TRY(const der::Element spki, inner.next(der::kSequence));
  TRY(const der::Element attributes, inner.next(der::context_constructed(0)));
  CHECK(inner.end());
  return Parts{info.whole, subject.content, spki.whole, attributes.content, algorithm.whole, signature};
}

// RFC 8555 §7.4: dns identifiers stand in the common name, in the subjectAltName (`names`), or in both.
Result<std::vector<std::string>> collect_names(std::vector<std::string> names, BytesView subject) {
  for (std::string& name : names)
    name = base::lower(name);
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
    return fail(ErrorKind::malformed, "the subjectAltName has " + in_quotes(*twice) + " twice");
  }
  TRY(std::vector<std::string> common, common_names(subject));
  std::transform(common.begin(), common.end(), std::back_inserter(names),
                 [](const std::string& name) { return base::lower(name); });
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.empty()) return fail(ErrorKind::malformed, "it asks for no names");
  for (const std::string& name : names)
    CHECK(check_dns_name(name));
  return names;
}

// The values of commonName in a Name. What else the subject has is ignored: the certificate's will be empty.
Result<std::vector<std::string>> common_names(BytesView subject) {
  constexpr std::array kStringTypes{der::kUtf8String, der::kPrintableString, der::kIa5String};
  std::vector<std::string> names;
  der::Reader rdns(subject);
  while (!rdns.at_end()) {
    TRY(const der::Element rdn, rdns.next(der::kSet));
    der::Reader members(rdn.content);
    TRY(const der::Element member, members.next(der::kSequence));
    if (!members.at_end()) return fail(ErrorKind::malformed, "its subject has an RDN of several attributes");
    der::Reader fields(member.content);
    TRY(const BytesView type, fields.oid());
    TRY(const der::Element value, fields.next());
    CHECK(fields.end());
    if (type != oids::kCommonName) continue;
    if (std::find(kStringTypes.begin(), kStringTypes.end(), value.tag) == kStringTypes.end()) {
      return fail(ErrorKind::malformed, "its common name must be a UTF8String, PrintableString or IA5String");
    }
    names.emplace_back(value.content);
  }
  return names;
}

}  // namespace

}  // namespace acmecore
