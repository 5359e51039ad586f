#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/development_ca.h"
#include "acmecore/issuers.h"
#include "acmecore/software_key.h"
#include "base/time.h"

namespace acmecore {

// One that signs leaves, under this name.
inline NamedIssuer named_issuer(std::string name, Issuer issuer) {
  NamedIssuer named{std::move(name), {}};
  named.generations.push_back({GenerationRole::current, "issuing", "in a file", std::move(issuer)});
  return named;
}

// One that goes by the name that is there when none is configured.
inline IssuerSet one_issuer(Issuer issuer) {
  std::vector<NamedIssuer> all;
  all.push_back(named_issuer(std::string(kDefaultIssuer), std::move(issuer)));
  return IssuerSet(std::move(all));
}

// A key that is away as long as a test wants, as one in a token may be.
class AbsentKey final : public SigningKey {
 public:
  // `is_away` outlives the key.
  AbsentKey(SoftwareKey key, const bool& is_away)
      : SigningKey(key.spki_der(), key.signature_algorithm()), key_(std::move(key)), is_away_(is_away) {}
  base::Result<base::Bytes> sign(base::BytesView message) const override {
    if (is_away_) return base::fail(base::ErrorKind::unavailable, "the token is away");
    return key_.sign(message);
  }

 private:
  SoftwareKey key_;
  const bool& is_away_;
};

// A generation of it in this role.
inline IssuerGeneration generation_of(const CaMaterial& ca, GenerationRole role, const bool& is_away,
                                      base::Time now) {
  auto key = std::make_shared<const AbsentKey>(SoftwareKey::parse(ca.issuing_key_pem).value(), is_away);
  const std::string chain_pem = ca.issuing_pem + ca.root_pem;
  const bool signs_leaves = role == GenerationRole::current;
  return {role, "issuing", "in a token",
          signs_leaves ? Issuer::open(std::move(key), chain_pem, now).value()
                       : Issuer::open_idle(std::move(key), chain_pem, now).value()};
}

// A CA of its own.
inline IssuerSet new_issuer(base::Time now) {
  return one_issuer(Issuer::open(make_development_ca(now).value(), now).value());
}

}  // namespace acmecore
