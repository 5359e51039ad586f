#include "acmecore/issuers.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "acmecore/certificate.h"

namespace acmecore {

namespace {

// A set that tells its end.
struct Tracked {
  explicit Tracked(IssuerSet issuers) : set(std::move(issuers)) {}
  ~Tracked() { ended.set_value(); }
  Tracked(const Tracked&) = delete;
  Tracked& operator=(const Tracked&) = delete;

  const IssuerSet set;
  std::promise<void> ended;
};

}  // namespace

std::string_view name_of(GenerationRole role) {
  switch (role) {
    case GenerationRole::requested: return "requested";
    case GenerationRole::next: return "next";
    case GenerationRole::current: return "current";
    case GenerationRole::retired: return "retired";
  }
  return "";
}

const Issuer& NamedIssuer::current() const {
  const auto found = std::ranges::find(generations, GenerationRole::current, &IssuerGeneration::role);
  assert(found != generations.end());
  return found->issuer;
}

const Issuer& IssuerSet::current(std::string_view name) const {
  const NamedIssuer* found = named(name);
  assert(found != nullptr);
  return found->current();
}

const Issuer* IssuerSet::find(std::string_view ca) const {
  return best([&](const Issuer& issuer) { return issuer.ca() == ca; });
}

const Issuer* IssuerSet::find(const OcspCertId& id) const {
  return best([&](const Issuer& issuer) { return issuer.ocsp_issuer().is_named_by(id); });
}

const Issuer* IssuerSet::signer_of(const IssuedCertificate& certificate) const {
  if (!certificate.issuer.empty()) return find(certificate.issuer);
  if (certificate.crl) return find(certificate.crl->ca);
  const auto leaf = parse_certificate(certificate.der);
  if (!leaf) return nullptr;
  return best([&](const Issuer& issuer) { return is_issued_by(*leaf, issuer.certificate()); });
}

std::string IssuerSet::ca_of(const IssuedCertificate& certificate) const {
  if (!certificate.issuer.empty()) return certificate.issuer;
  if (certificate.crl) return certificate.crl->ca;
  const Issuer* const signer = signer_of(certificate);
  return signer == nullptr ? std::string() : signer->ca();
}

const Issuer* IssuerSet::best(const std::function<bool(const Issuer&)>& fits) const {
  const IssuerGeneration* found = nullptr;
  for (const NamedIssuer& named : issuers_) {
    for (const IssuerGeneration& generation : named.generations) {
      const bool is_beaten = found != nullptr && found->role == GenerationRole::current;
      if (!is_beaten && fits(generation.issuer)) found = &generation;
    }
  }
  return found == nullptr ? nullptr : &found->issuer;
}

const base::Bytes* IssuerSet::issuing_der(std::string_view id) const {
  for (const NamedIssuer& named : issuers_) {
    for (const IssuerGeneration& generation : named.generations) {
      if (const base::Bytes* der = generation.issuer.issuing_der(id)) return der;
    }
  }
  return nullptr;
}

const NamedIssuer* IssuerSet::named(std::string_view name) const {
  const auto found = std::ranges::find(issuers_, name, &NamedIssuer::name);
  return found == issuers_.end() ? nullptr : &*found;
}

Issuers::Issuers(IssuerSet set) : held_(hold(std::move(set))) {}

std::shared_ptr<const IssuerSet> Issuers::now() const {
  const std::lock_guard lock(mutex_);
  return held_.set;
}

void Issuers::replace(IssuerSet set) {
  Held before = hold(std::move(set));
  {
    const std::lock_guard lock(mutex_);
    std::swap(held_, before);
  }
  before.set.reset();
  before.let_go.wait();
}

Issuers::Held Issuers::hold(IssuerSet set) {
  const auto tracked = std::make_shared<Tracked>(std::move(set));
  return {std::shared_ptr<const IssuerSet>(tracked, &tracked->set), tracked->ended.get_future()};
}

}  // namespace acmecore
