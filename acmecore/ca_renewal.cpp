#include "acmecore/ca_renewal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <string>
#include <utility>

#include "acmecore/der.h"
#include "acmecore/name_constraints.h"
#include "acmecore/oids.h"
#include "base/object_identifier.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// What a CA goes on being and being held to, whichever certificate says so (RFC 5280 §4.2).
constexpr std::array kTakenOver{
    oids::kSubjectDirectoryAttributes, oids::kSubjectAltName,        oids::kIssuerAltName,
    oids::kBasicConstraints,           oids::kNameConstraints,       oids::kCrlDistributionPoints,
    oids::kCertificatePolicies,        oids::kPolicyMappings,        oids::kPolicyConstraints,
    oids::kExtendedKeyUsage,           oids::kFreshestCrl,           oids::kInhibitAnyPolicy,
    oids::kAuthorityInfoAccess,        oids::kSubjectInfoAccess,     oids::kKeyUsage,
    oids::kSubjectKeyIdentifier,       oids::kAuthorityKeyIdentifier};

// A RelativeDistinguishedName, and the types of the attributes in it.
struct Rdn {
  Bytes der;
  std::set<Bytes> types;
};

Result<std::vector<Rdn>> read_rdns(BytesView name_der);
Result<void> check_taken_over(const std::vector<Extension>& extensions);
Result<Bytes> united(BytesView usage, BytesView needed);
Result<void> put_constraints(const NameConstraints& wanted, std::vector<Extension>& extensions);
Result<void> put_ca_issuers(Extension wanted, std::vector<Extension>& extensions);

Extension* find(std::vector<Extension>& extensions, BytesView oid) {
  const auto found = std::ranges::find(extensions, oid, &Extension::oid);
  return found == extensions.end() ? nullptr : &*found;
}

// In the place of the one of its kind, or behind the others.
void put(const Extension& extension, std::vector<Extension>& extensions) {
  Extension* old = find(extensions, extension.oid);
  if (old != nullptr) *old = extension;
  if (old == nullptr) extensions.push_back(extension);
}

void put_subtrees(const NameConstraints::Subtrees& wanted, NameConstraints::Subtrees& subtrees) {
  if (wanted.empty()) return;
  subtrees.dns_names = wanted.dns_names;
  subtrees.addresses = wanted.addresses;
}

}  // namespace

Result<Bytes> renewed_subject(BytesView old, const CaSubject& changes) {
  TRY(const Bytes changed, name_of(changes));
  TRY(auto fresh, read_rdns(changed));
  TRY(const auto before, read_rdns(old));
  Bytes rdns;
  for (const Rdn& rdn : before) {
    const auto replaces = [&rdn](const Rdn& one) { return rdn.types.contains(*one.types.begin()); };
    const auto found = std::ranges::find_if(fresh, replaces);
    if (found != fresh.end() && rdn.types.size() > 1) {
      return fail(ErrorKind::unavailable,
                  "the subject has several attributes in one RDN: have the root certify a request instead");
    }
    rdns += found == fresh.end() ? rdn.der : found->der;
    if (found != fresh.end()) fresh.erase(found);
  }
  for (auto added = fresh.rbegin(); added != fresh.rend(); ++added)
    rdns.insert(0, added->der);
  return der::element(der::kSequence, rdns);
}

Result<std::vector<Extension>> renewed_extensions(const Certificate& old, const IssuingCa& renewed,
                                                  const Certificate& root) {
  CHECK(check_taken_over(old.extensions));
  TRY(const auto fresh, issuing_extensions(renewed, root));
  const auto of_new = [&fresh](BytesView oid) -> const Extension& { return *find_extension(fresh, oid); };
  std::vector<Extension> extensions = old.extensions;
  if (Extension* usage = find(extensions, oids::kKeyUsage)) {
    TRY(usage->value, united(usage->value, of_new(oids::kKeyUsage).value));
  }
  Extension* identifier = find(extensions, oids::kSubjectKeyIdentifier);
  if (identifier != nullptr && renewed.spki_der != old.spki_der)
    identifier->value = of_new(oids::kSubjectKeyIdentifier).value;
  const Extension& of_root = of_new(oids::kAuthorityKeyIdentifier);
  if (Extension* above = find(extensions, oids::kAuthorityKeyIdentifier)) {
    above->value = of_root.value;
  } else {
    extensions.push_back(of_root);
  }
  CHECK(put_constraints(renewed.constraints, extensions));
  if (renewed.client_auth) put(of_new(oids::kExtendedKeyUsage), extensions);
  if (const Extension* crl = find_extension(fresh, oids::kCrlDistributionPoints)) put(*crl, extensions);
  if (const Extension* issuers = find_extension(fresh, oids::kAuthorityInfoAccess))
    CHECK(put_ca_issuers(*issuers, extensions));
  return extensions;
}

namespace {

// What the old one says by other methods stays before it, such as where the OCSP responder is (RFC 5280 §4.2.2.1).
Result<void> put_ca_issuers(Extension wanted, std::vector<Extension>& extensions) {
  const Extension* old = find(extensions, oids::kAuthorityInfoAccess);
  Bytes descriptions;
  if (old != nullptr) {
    TRY(const BytesView content, der::only(der::kSequence, old->value));
    for (der::Reader reader(content); !reader.at_end();) {
      TRY(const der::Element description, reader.next(der::kSequence));
      TRY(const BytesView method, der::Reader(description.content).oid());
      if (method != oids::kCaIssuers) descriptions += description.whole;
    }
  }
  TRY(const BytesView fresh, der::only(der::kSequence, wanted.value));
  descriptions += fresh;
  wanted.value = der::element(der::kSequence, descriptions);
  put(wanted, extensions);
  return {};
}

Result<std::vector<Rdn>> read_rdns(BytesView name_der) {
  TRY(const BytesView content, der::only(der::kSequence, name_der));
  std::vector<Rdn> rdns;
  for (der::Reader reader(content); !reader.at_end();) {
    TRY(const der::Element set, reader.next(der::kSet));
    Rdn rdn{Bytes(set.whole), {}};
    for (der::Reader attributes(set.content); !attributes.at_end();) {
      TRY(const der::Element attribute, attributes.next(der::kSequence));
      TRY(const BytesView type, der::Reader(attribute.content).oid());
      rdn.types.insert(Bytes(type));
    }
    rdns.push_back(std::move(rdn));
  }
  return rdns;
}

Result<void> check_taken_over(const std::vector<Extension>& extensions) {
  std::string others;
  for (const Extension& extension : extensions) {
    if (std::ranges::find(kTakenOver, extension.oid) != kTakenOver.end()) continue;
    others += (others.empty() ? "" : ", ") + base::text_of_object_identifier(extension.oid);
  }
  if (others.empty()) return {};
  return fail(ErrorKind::unavailable,
              "the certificate has extensions of which it is not known whether another one may have them (" +
                  others + "): have the root certify a request instead, and say there what is to stay");
}

// Named bits (X.690 §11.2.2), so no octet without one at the end.
Result<Bytes> united(BytesView usage, BytesView needed) {
  TRY(const BytesView content, der::only(der::kBitString, usage));
  TRY(const BytesView more, der::only(der::kBitString, needed));
  if (content.size() < 2) return fail(ErrorKind::malformed, "the certificate's keyUsage has no bits");
  Bytes bits(content.substr(1));
  bits[0] = char(bits[0] | more[1]);
  const int unused = std::min(std::countr_zero(uint8_t(bits.back())), 7);
  return der::element(der::kBitString, char(unused) + bits);
}

// Where nothing is wanted what there is stays octet for octet, and other forms of names stay in any case.
Result<void> put_constraints(const NameConstraints& wanted, std::vector<Extension>& extensions) {
  if (wanted.empty()) return {};
  Extension* old = find(extensions, oids::kNameConstraints);
  NameConstraints constraints;
  if (old != nullptr) {
    TRY(constraints, parse_name_constraints(old->value));
  }
  put_subtrees(wanted.permitted, constraints.permitted);
  put_subtrees(wanted.excluded, constraints.excluded);
  if (old != nullptr) {
    old->value = encode(constraints);
  } else {
    extensions.push_back({Bytes(oids::kNameConstraints), true, encode(constraints)});
  }
  return {};
}

}  // namespace

}  // namespace acmecore
