#include <benchmark/benchmark.h>

#include "acmecore/certificate_writer.h"
#include "acmecore/issuer.h"
#include "acmecore/leaf_profile.h"
#include "acmecore/lint/lint.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"

// What the looks at a certificate cost that come before its signature.
namespace acmecore {
namespace {

const base::Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

struct Ca {
  CaMaterial material = make_development_ca(kNow).value();
  SoftwareKey key = SoftwareKey::parse(material.issuing_key_pem).value();
  Certificate certificate =
      parse_certificate(parse_pem(kPemCertificate, material.issuing_pem).value()).value();
};

const Ca& ca() {
  static const Ca ca;
  return ca;
}

// A public one with `names` names.
LeafRequest request_for(int64_t names) {
  LeafRequest request;
  for (int64_t i = 0; i < names; ++i)
    request.dns_names.push_back("host-" + std::to_string(i) + ".assay.dev");
  request.spki_der = SoftwareKey::generate().spki_der();
  request.serial = new_serial();
  request.issued = kNow;
  request.validity = leaf_validity(kNow, std::chrono::days(90), ca().certificate.validity).value();
  request.content.rules = ProfileRules::public_trust;
  request.content.policies = {base::Bytes(oids::kDomainValidated)};
  request.content.ca_issuers_url = "http://pki.assay.dev/issuing.der";
  request.content.crl_distribution_point = "http://crl.assay.dev/1.crl";
  return request;
}

void lint_leaf(benchmark::State& state) {
  const LeafRequest request = request_for(state.range(0));
  const base::Bytes tbs = tbs_certificate(leaf_fields(request, ca().certificate), ca().key);
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(lint::lint_leaf(tbs, ca().certificate, request.content.rules, request.issued));
}
BENCHMARK(lint_leaf)->Arg(1)->Arg(3)->Arg(100);

void check_public_key_alone(benchmark::State& state) {
  const base::Bytes spki = SoftwareKey::generate().spki_der();
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(check_public_key(spki));
}
BENCHMARK(check_public_key_alone);

// Everything, with the signature.
void sign_leaf(benchmark::State& state) {
  const Issuer issuer = Issuer::open(ca().material, kNow).value();
  const LeafRequest request = request_for(state.range(0));
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(issuer.sign_leaf(request).value());
}
BENCHMARK(sign_leaf)->Arg(1)->Arg(3);

}  // namespace
}  // namespace acmecore
