#include "tests/acmecore/lint/tbs_draft.h"

#include <algorithm>
#include <cassert>

#include "acmecore/der.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/oids.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore::lint {

using base::Bytes;
using base::BytesView;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using namespace std::string_view_literals;

namespace {

constexpr BytesView kTrue = "\x01\x01\xff"sv;

}  // namespace

Bytes TbsDraft::der() const {
  Bytes list;
  for (const Extension& extension : extensions) {
    list += der::sequence({der::oid(extension.oid), extension.critical, der::octet_string(extension.value)});
  }
  return der::sequence({version, der::element(der::kInteger, serial), signature_algorithm, issuer,
                        der::sequence({not_before, not_after}), subject, spki, unique_ids,
                        der::element(der::context_constructed(3), der::element(der::kSequence, list))});
}

TbsDraft::Extension& TbsDraft::extension(BytesView oid) {
  const auto found = std::ranges::find(extensions, oid, &Extension::oid);
  assert(found != extensions.end());
  return *found;
}

void TbsDraft::erase(BytesView oid) {
  std::erase_if(extensions, [oid](const Extension& extension) { return extension.oid == oid; });
}

void TbsDraft::add(BytesView oid, BytesView value, bool critical) {
  extensions.push_back({Bytes(oid), Bytes(critical ? kTrue : BytesView()), Bytes(value)});
}

void TbsDraft::set_subject(BytesView name) {
  subject = name;
  extension(oids::kSubjectAltName).critical.clear();
}

void TbsDraft::set_names(std::initializer_list<BytesView> general_names) {
  extension(oids::kSubjectAltName).value = der::sequence(general_names);
}

void TbsDraft::set_validity(base::Time from, base::Time to) {
  not_before = der::time(from);
  not_after = der::time(to);
}

TbsDraft good_draft(ProfileRules rules) {
  LeafRequest request = good_leaf_request();
  request.dns_names = {"*.assay.dev", "assay.dev"};
  request.content.rules = rules;
  if (rules != ProfileRules::private_trust) request.content.policies = {Bytes(oids::kDomainValidated)};
  request.content.ca_issuers_url = "http://pki.assay.dev/issuing.der";
  request.content.ocsp_url = "http://ocsp.assay.dev";
  request.content.crl_distribution_point = "http://crl.assay.dev/1.crl";
  const TbsFields fields = leaf_fields(request, test_issuer().certificate());
  TbsDraft draft;
  draft.version = "\xa0\x03\x02\x01\x02"sv;
  draft.serial = fields.serial.octets;
  draft.signature_algorithm = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"sv;
  draft.issuer = fields.issuer_der;
  draft.subject = fields.subject_der;
  draft.spki = fields.spki_der;
  for (const acmecore::Extension& extension : fields.extensions)
    draft.add(extension.oid, extension.value, extension.critical);
  const base::Time begin = kSigning - minutes(30);
  draft.set_validity(begin, begin + (rules == ProfileRules::short_lived ? days(6) : days(90)) - seconds(1));
  return draft;
}

Bytes dns_name(BytesView name) { return der::element(der::context(2), name); }
Bytes ip_address(BytesView octets) { return der::element(der::context(7), octets); }
Bytes url(BytesView text) { return der::element(der::context(6), text); }

Bytes name(std::initializer_list<BytesView> rdns) { return der::sequence(rdns); }

Bytes rdn(BytesView type, uint8_t string_type, BytesView value) {
  return der::element(der::kSet, der::sequence({der::oid(type), der::element(string_type, value)}));
}

Bytes permitted(BytesView name) {
  return der::sequence({der::element(der::context_constructed(0), der::sequence({dns_name(name)}))});
}

Bytes rsa_spki(BytesView modulus, BytesView exponent) {
  constexpr BytesView kRsaEncryption = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
  const Bytes key = der::sequence({der::unsigned_integer(modulus), der::unsigned_integer(exponent)});
  return der::sequence({kRsaEncryption, der::bit_string(key)});
}

std::vector<Case> joined(std::initializer_list<std::vector<Case>> lists) {
  std::vector<Case> all;
  for (const auto& list : lists)
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

}  // namespace acmecore::lint
