#include "acmecore/alternate_chain.h"

#include <vector>

#include "acmecore/ca_certificate.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"

namespace acmecore {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;

namespace {

tl::unexpected<base::Error> refuse(const ChainFile& file, const std::string& why) {
  return fail(ErrorKind::unavailable, "the alternate chain " + file.name + " cannot be used: " + why);
}

std::string place(size_t index) { return "its certificate " + std::to_string(index + 1); }

// Leaves name their issuer by all three (RFC 5280 §4.1.2.4, §4.2.1.1).
Result<void> check_is_for(const Certificate& first, const Certificate& issuing) {
  const auto identifier = [](const Certificate& certificate) {
    const Extension* found = find_extension(certificate.extensions, oids::kSubjectKeyIdentifier);
    return found == nullptr ? Bytes() : found->value;
  };
  const char* differs = first.subject_der != issuing.subject_der   ? "subject"
                        : first.spki_der != issuing.spki_der       ? "key"
                        : identifier(first) != identifier(issuing) ? "subjectKeyIdentifier"
                                                                   : nullptr;
  if (differs != nullptr) {
    return fail(ErrorKind::unavailable,
                "its first certificate has another " + std::string(differs) + " than the issuing CA's");
  }
  if (first.der == issuing.der) {
    return fail(ErrorKind::unavailable, "its first certificate is the one that every chain has anyway");
  }
  return check_issuing_certificate("its first certificate", first);
}

Result<std::vector<Certificate>> parse(const ChainFile& file) {
  TRY(const auto blocks, parse_pem_chain(kPemCertificate, file.pem));
  if (blocks.size() > kAlternateChainCertificatesMax) {
    return fail(ErrorKind::unavailable,
                "it has more than " + std::to_string(kAlternateChainCertificatesMax) + " certificates");
  }
  std::vector<Certificate> certificates;
  for (const Bytes& der : blocks) {
    auto parsed = parse_certificate(der);
    if (!parsed) {
      return fail(ErrorKind::unavailable,
                  place(certificates.size()) + " cannot be read: " + parsed.error().detail);
    }
    certificates.push_back(*std::move(parsed));
  }
  return certificates;
}

Result<void> check(const std::vector<Certificate>& certificates, const Certificate& issuing, Time now) {
  CHECK(check_is_for(certificates[0], issuing));
  for (size_t i = 0; i < certificates.size(); ++i) {
    CHECK(check_ca_certificate(place(i), certificates[i], now));
    if (i > 0 && !is_issued_by(certificates[i - 1], certificates[i])) {
      return fail(ErrorKind::unavailable, place(i - 1) + " is not signed by the next");
    }
  }
  return {};
}

}  // namespace

Result<AlternateChain> read_alternate_chain(const ChainFile& file, const Certificate& issuing, Time now) {
  auto certificates = parse(file);
  if (!certificates) return refuse(file, certificates.error().detail);
  if (const auto good = check(*certificates, issuing, now); !good) return refuse(file, good.error().detail);
  AlternateChain chain;
  chain.certificates = *std::move(certificates);
  for (const Certificate& certificate : chain.certificates)
    chain.pem += pem_block(kPemCertificate, certificate.der);
  return chain;
}

}  // namespace acmecore
