#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/ceremony.h"
#include "acmecore/directory.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/issuer.h"
#include "acmecore/ocsp_request.h"
#include "base/bytes.h"

namespace acmecore {

// What one key and certificate of an issuer are for. Each becomes what stands behind it: a key is requested to be
// certified, is the next, signs leaves, and signs no more leaves but what is said of those that there are.
enum class GenerationRole { requested, next, current, retired };
std::string_view name_of(GenerationRole role);

// One of an issuer's, opened. There is none that is requested.
struct IssuerGeneration {
  GenerationRole role;
  std::string name;  // of its files, such as "issuing-2"
  std::string key;   // where its key is, for people
  Issuer issuer;
  std::vector<Ceremony> ceremonies = {};  // as CaGeneration has them
};

// All that go by one name, which is what directories and profiles know them by.
struct NamedIssuer {
  std::string name;
  std::vector<IssuerGeneration> generations;  // the oldest first; exactly one is current

  const Issuer& current() const;
};

// The issuers as they are at one moment. Immutable.
class IssuerSet {
 public:
  // REQUIRES: each name once, none missing that the configuration refers to.
  explicit IssuerSet(std::vector<NamedIssuer> issuers) : issuers_(std::move(issuers)) {}

  const std::vector<NamedIssuer>& all() const { return issuers_; }

  // Which signs leaves in this name. REQUIRES: there is one.
  const Issuer& current(std::string_view name) const;

  // The CA with this Issuer::ca: of several certificates for its key the current one, or else the latest. Null: it is
  // not configured any more.
  const Issuer* find(std::string_view ca) const;

  // That whose request names it so. Null: there is none.
  const Issuer* find(const OcspCertId& id) const;

  // Which signed a certificate of ours, as its record says; a record of the time when there was one issuer does not, so
  // that its signature tells. Null: it is not configured any more.
  const Issuer* signer_of(const IssuedCertificate& certificate) const;

  // Its ca, also where it is not configured any more. Empty: its record does not say.
  std::string ca_of(const IssuedCertificate& certificate) const;

  // The certificate of an issuing CA, also of an alternate chain, in DER. Null: there is none with this Issuer::id.
  const base::Bytes* issuing_der(std::string_view id) const;

 private:
  const NamedIssuer* named(std::string_view name) const;
  // The current one of those that fit, or else the latest; null: none does.
  const Issuer* best(const std::function<bool(const Issuer&)>& fits) const;

  std::vector<NamedIssuer> issuers_;
};

// The issuers of a server. A rotation puts another set in the place of this one while leaves are signed.
//
// Thread-safe. A mutex guards the pointer alone, for std::atomic's own guard is one that ThreadSanitizer of g++ 12
// does not understand. The set is shared, because the last who uses it decides when it ends.
class Issuers {
 public:
  explicit Issuers(IssuerSet set);

  // What there is now. Never to be kept across a co_await: replace() waits until it is let go.
  std::shared_ptr<const IssuerSet> now() const;

  // From now on it is `set`. Returns when nobody uses the one before any more, so no issuer signs a leaf afterwards
  // that is current only there. Blocks its thread for as long as a signature takes.
  void replace(IssuerSet set);

 private:
  struct Held {
    std::shared_ptr<const IssuerSet> set;
    std::future<void> let_go;  // by everybody
  };
  static Held hold(IssuerSet set);

  mutable std::mutex mutex_;
  Held held_;
};

}  // namespace acmecore
