#include "tests/bench/inventory/issued_history.h"

#include <chrono>
#include <cstdio>

#include "acmecore/development_ca.h"
#include "acmecore/issuer.h"
#include "acmecore/software_key.h"
#include "base/openssl.h"

namespace bench {

using acmecore::IssuedCertificate;
using acmecore::Serial;
using base::Bytes;
using base::Time;
using std::chrono::days;

namespace {

constexpr days kLifetime{90};
constexpr days kSpan{180};
// A name of the same size as all others.
constexpr const char* kTemplateName = "host-0000000.d000.corp.test";
// Of a point on P-256.
constexpr size_t kPointSize = 64;

// As good as random, and the same for the same number.
Bytes digest(const char* what, uint64_t number) { return base::sha256(what + std::to_string(number)); }

void replace(Bytes& in, const Bytes& old, const Bytes& with) { in.replace(in.find(old), old.size(), with); }

}  // namespace

IssuedHistory::IssuedHistory(uint64_t count, Time now)
    : count_(count), now_(now), template_serial_(acmecore::new_serial()) {
  const auto issuer = acmecore::Issuer::open(acmecore::make_development_ca(now).value(), now).value();
  acmecore::LeafRequest request;
  request.dns_names = {kTemplateName};
  request.spki_der = acmecore::SoftwareKey::generate().spki_der();
  request.serial = template_serial_;
  request.issued = std::chrono::floor<std::chrono::seconds>(now);
  request.validity = {request.issued, request.issued + kLifetime};
  template_der_ = issuer.sign_leaf(request).value();
  template_spki_ = request.spki_der;
  ca_ = acmecore::ca_id(issuer.certificate());
}

std::string IssuedHistory::domain(uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "d%03u.corp.test", unsigned(number % kDomains));
  return text;
}

std::string IssuedHistory::account(uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "0123456789abcdefghijkl%04u", unsigned(number % kAccounts));
  return text;
}

std::string IssuedHistory::name(uint64_t i) const {
  const uint64_t host = i % (count_ / 4);
  char text[64];
  std::snprintf(text, sizeof text, "host-%07u.%s", unsigned(host), domain(host).c_str());
  return text;
}

Bytes IssuedHistory::spki(uint64_t i) const {
  Bytes made = template_spki_;
  return made.replace(made.size() - kPointSize, kPointSize, digest("x", i) + digest("y", i));
}

Time IssuedHistory::issued(uint64_t i) const {
  return now_ - kSpan + std::chrono::milliseconds(kSpan) / int64_t(count_) * int64_t(i);
}

// Rises with the time, as acmecore::new_serial() does.
Serial IssuedHistory::serial(uint64_t i) const {
  Bytes octets(1, '\x01');
  for (int shift = 40; shift >= 0; shift -= 8)
    octets.push_back(char(issued(i).time_since_epoch().count() >> shift & 0xff));
  return {octets + digest("s", i).substr(0, 10)};
}

IssuedCertificate IssuedHistory::certificate(uint64_t i) const {
  IssuedCertificate made;
  made.serial = serial(i);
  made.account = account(i % 2 == 0 ? 0 : i / 2);
  made.order = "0123456789abcdefghijklmnop";
  made.der = template_der_;
  replace(made.der, template_serial_.octets, made.serial.octets);
  replace(made.der, template_spki_, spki(i));
  replace(made.der, kTemplateName, name(i));
  made.issued = issued(i);
  made.not_after = std::chrono::floor<std::chrono::seconds>(made.issued + kLifetime);
  made.issuer = ca_;
  made.crl = acmecore::CrlShard{ca_, acmecore::shard_of(made.serial, 16)};
  made.profile = i % 1000 == 500 ? "rare" : i % 10 == 0 ? "mail" : "web";
  made.authorizations = {"0123456789abcdefghijklmnop"};
  if (i % 100 == 7) made.revocation = {made.issued, acmecore::RevocationReason::superseded};
  return made;
}

}  // namespace bench
