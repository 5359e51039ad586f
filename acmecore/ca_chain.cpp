#include "acmecore/ca_chain.h"

#include "acmecore/ca_certificate.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

tl::unexpected<base::Error> refuse(const std::string& why) { return fail(ErrorKind::unavailable, why); }

Result<void> read_constraints(const std::string& what, const Certificate& certificate, CaChain& chain) {
  const Extension* found = find_extension(certificate.extensions, oids::kNameConstraints);
  if (found == nullptr) return {};
  auto constraints = parse_name_constraints(found->value);
  if (!constraints) return refuse(what + ": " + constraints.error().detail);
  chain.constraints.push_back(*std::move(constraints));
  return {};
}

}  // namespace

std::string name_in_chain(size_t place, size_t size) {
  if (place == 0) return "the issuing certificate";
  if (place + 1 == size) return "the root certificate";
  return "the certificate " + std::to_string(place + 1) + " of the chain";
}

Result<CaChain> read_ca_chain(std::string_view pem) {
  const auto blocks = parse_pem_chain(kPemCertificate, pem);
  if (!blocks)
    return refuse("the issuing certificate and its chain cannot be read: " + blocks.error().detail);
  const size_t size = blocks->size();
  if (size > kCaChainCertificatesMax) {
    return refuse("the chain has more than " + std::to_string(kCaChainCertificatesMax) + " certificates");
  }
  CaChain chain;
  for (const base::Bytes& der : *blocks) {
    const std::string what = name_in_chain(chain.certificates.size(), size);
    auto certificate = parse_certificate(der);
    if (!certificate) return refuse(what + " cannot be read: " + certificate.error().detail);
    CHECK(read_constraints(what, *certificate, chain));
    chain.certificates.push_back(*std::move(certificate));
  }
  for (size_t i = 0; i + 1 < size; ++i) {
    if (is_issued_by(chain.certificates[i], chain.certificates[i + 1])) continue;
    return refuse(name_in_chain(i, size) + " is not signed by " + (i + 2 == size ? "the root" : "the next"));
  }
  if (!is_issued_by(chain.root(), chain.root()))
    return refuse("the root certificate is not signed by its own key");
  if (size < 2) return refuse("the issuing certificate is a root: there is no other one above it");
  return chain;
}

// From the root down: what is wrong there is to be mended first.
Result<void> check_ca_chain(const CaChain& chain, base::Time now) {
  const size_t size = chain.certificates.size();
  for (size_t i = size; i-- > 0;) {
    const Certificate& certificate = chain.certificates[i];
    const std::string what = name_in_chain(i, size);
    CHECK(check_ca_certificate(what, certificate, now));
    CHECK(check_path_length(what, certificate, i));
    if (i > 0) CHECK(check_upper_certificate(what, certificate));
  }
  return check_issuing_certificate(name_in_chain(0, size), chain.issuing());
}

Result<void> check_names(const CaChain& chain, const SubjectAltName& names, bool has_subject) {
  for (const NameConstraints& constraints : chain.constraints)
    CHECK(check_constraints(constraints, names, has_subject));
  return {};
}

}  // namespace acmecore
