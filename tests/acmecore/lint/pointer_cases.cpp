#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "tests/acmecore/lint/tbs_draft.h"

namespace acmecore::lint {

using base::Bytes;
using base::BytesView;
using namespace std::string_view_literals;

namespace {

constexpr auto kPrivate = ProfileRules::private_trust;
constexpr auto kShortLived = ProfileRules::short_lived;
constexpr BytesView kTrue = "\x01\x01\xff"sv;
constexpr BytesView kCaRepository = "\x2b\x06\x01\x05\x05\x07\x30\x05"sv;

// A DistributionPoint with a fullName of `general_names`, and `more` fields.
Bytes point(BytesView general_names, BytesView more = "") {
  const Bytes full_name = der::element(der::context_constructed(0), general_names);
  return der::sequence({der::element(der::context_constructed(0), full_name), more});
}

void set_points(TbsDraft& draft, std::initializer_list<BytesView> points) {
  draft.extension(oids::kCrlDistributionPoints).value = der::sequence(points);
}

Bytes access(BytesView method, BytesView location) {
  return der::sequence({der::oid(method), url(location)});
}

void set_access(TbsDraft& draft, std::initializer_list<BytesView> accesses) {
  draft.extension(oids::kAuthorityInfoAccess).value = der::sequence(accesses);
}

const Bytes kOcspAccess = access(oids::kOcsp, "http://ocsp.assay.dev");
const Bytes kIssuersAccess = access(oids::kCaIssuers, "http://pki.assay.dev/ca.der");

std::vector<Case> crl_cases() {
  return {
      {"crl_distribution_point_form", "critical",
       [](TbsDraft& d) { d.extension(oids::kCrlDistributionPoints).critical = kTrue; }},
      {"crl_distribution_point_form", "reasons",
       [](TbsDraft& d) { set_points(d, {point(url("http://crl.assay.dev"), "\x81\x02\x06\x40")}); },
       [](TbsDraft& d) { set_points(d, {point(url("http://crl.assay.dev"))}); }},
      {"crl_distribution_point_form", "a cRLIssuer",
       [](TbsDraft& d) { set_points(d, {point(url("http://crl.assay.dev"), "\xa2\x00"sv)}); }},
      {"crl_distribution_point_form", "two points",
       [](TbsDraft& d) {
         set_points(d, {point(url("http://a.assay.dev")), point(url("http://b.assay.dev"))});
       }},
      {"crl_distribution_point_form", "two URLs",
       [](TbsDraft& d) { set_points(d, {point(url("http://a.assay.dev") + url("http://b.assay.dev"))}); }},
      {"crl_distribution_point_form", "a name that is no URL",
       [](TbsDraft& d) { set_points(d, {point(dns_name("crl.assay.dev"))}); }},
      {"crl_distribution_point_form", "no points", [](TbsDraft& d) { set_points(d, {}); },
       [](TbsDraft& d) { d.erase(oids::kCrlDistributionPoints); }},
      {"crl_distribution_point_http", "https",
       [](TbsDraft& d) { set_points(d, {point(url("https://crl.assay.dev"))}); },
       [](TbsDraft& d) { set_points(d, {point(url("http://crl.assay.dev"))}); }},
      {"crl_distribution_point_http", "ldap, of a private one",
       [](TbsDraft& d) { set_points(d, {point(url("ldap://crl.assay.dev"))}); }, [](TbsDraft&) {}, kPrivate},
  };
}

std::vector<Case> access_cases() {
  return {
      {"authority_info_access_form", "critical",
       [](TbsDraft& d) { d.extension(oids::kAuthorityInfoAccess).critical = kTrue; }},
      {"authority_info_access_form", "one URL twice",
       [](TbsDraft& d) {
         set_access(d, {kOcspAccess, kOcspAccess});
       },
       [](TbsDraft& d) {
         set_access(d, {kOcspAccess, access(oids::kOcsp, "http://ocsp2.assay.dev")});
       }},
      {"authority_info_access_form", "another method",
       [](TbsDraft& d) {
         set_access(d, {kOcspAccess, access(kCaRepository, "http://ca.assay.dev")});
       }},
      {"authority_info_access_form", "a location that is no URL",
       [](TbsDraft& d) {
         set_access(d, {der::sequence({der::oid(oids::kOcsp), dns_name("ocsp.assay.dev")})});
       }},
      {"authority_info_access_form", "an empty list", [](TbsDraft& d) { set_access(d, {}); },
       [](TbsDraft& d) { d.erase(oids::kAuthorityInfoAccess); }},
      {"authority_info_access_http", "https",
       [](TbsDraft& d) { set_access(d, {access(oids::kOcsp, "https://ocsp.assay.dev")}); },
       [](TbsDraft& d) { set_access(d, {kOcspAccess}); }},
      {"authority_info_access_http", "ldap, of a private one",
       [](TbsDraft& d) { set_access(d, {access(oids::kCaIssuers, "ldap://pki.assay.dev")}); },
       [](TbsDraft&) {}, kPrivate},
  };
}

std::vector<Case> presence_cases() {
  return {
      {"revocation_is_told", "neither",
       [](TbsDraft& d) {
         d.erase(oids::kCrlDistributionPoints);
         set_access(d, {kIssuersAccess});
       },
       [](TbsDraft& d) {
         d.erase(oids::kCrlDistributionPoints);
         set_access(d, {kIssuersAccess, kOcspAccess});
       }},
      {"revocation_is_told", "neither, and only short-lived ones may",
       [](TbsDraft& d) {
         d.erase(oids::kCrlDistributionPoints);
         d.erase(oids::kAuthorityInfoAccess);
       },
       [](TbsDraft& d) { d.erase(oids::kAuthorityInfoAccess); }},
      {"ca_issuers_present", "OCSP alone", [](TbsDraft& d) { set_access(d, {kOcspAccess}); },
       [](TbsDraft& d) { set_access(d, {kIssuersAccess}); }, kShortLived},
      {"tls_feature", "critical",
       [](TbsDraft& d) { d.add(oids::kTlsFeature, "\x30\x03\x02\x01\x05"sv, true); },
       [](TbsDraft& d) { d.add(oids::kTlsFeature, "\x30\x03\x02\x01\x05"sv); }},
      {"tls_feature", "status_request_v2, too",
       [](TbsDraft& d) { d.add(oids::kTlsFeature, "\x30\x06\x02\x01\x05\x02\x01\x11"sv); }},
      {"tls_feature", "without an OCSP responder",
       [](TbsDraft& d) {
         set_access(d, {kIssuersAccess});
         d.add(oids::kTlsFeature, "\x30\x03\x02\x01\x05"sv);
       }},
  };
}

}  // namespace

std::vector<Case> pointer_cases() { return joined({crl_cases(), access_cases(), presence_cases()}); }

}  // namespace acmecore::lint
