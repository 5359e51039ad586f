#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "acmecore/alternate_chain.h"
#include "acmecore/ca_ceremony.h"
#include "acmecore/ca_directory.h"
#include "acmecore/issuer_duties.h"
#include "acmecore/issuers.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// One issuer of a server: its name, where it is kept, and other chains for its certificates.
struct IssuerPlace {
  std::string name;
  CaPlace ca;
  std::function<base::Result<std::vector<ChainFile>>()> alternates;  // reads them
  IssuerDuties duties = {};
};

// Whether the issuer is fit for its duties, as far as the certificate that signs now tells; true also where none does.
// No key is opened. unavailable: it is not, or its directory cannot be used; the detail says which, and why.
base::Result<void> check_issuer(const IssuerPlace& place);

// Opens the issuers of a server from their directories, and carries out what changes there while it runs.
//
// Thread-safe: one rotation or reload at a time.
class IssuerKeeper {
 public:
  // The clock outlives the object.
  IssuerKeeper(std::vector<IssuerPlace> places, const base::Clock& clock)
      : places_(std::move(places)), clock_(clock) {}

  // What is in the directories now. A key that was opened before is not opened again, for that takes its time where it
  // is encrypted. unavailable: an issuer cannot be used, or is not fit for its duties; the detail
  // says which, and why. A retired one whose key cannot be opened is there without it.
  base::Result<IssuerSet> load();

  // The same, put into the place of what there is.
  base::Result<void> reload(Issuers& issuers);

  // The next certificate of the issuer with this name signs from now on; when this returns none of its leaves is
  // signed by the one before. Waits for no other change, for its thread serves others. conflict: another rotation or
  // reload is under way, or somebody else is changing the directory. not_found: there is no such issuer. unavailable:
  // it has no next one, or as load(). Then nothing has changed.
  base::Result<void> rotate(Issuers& issuers, std::string_view name);

 private:
  // By what a key file holds and the key's SPKI.
  using Keys = std::map<std::pair<std::string, base::Bytes>, std::shared_ptr<const SigningKey>>;

  // Each issuer with its generations; the one with this name with those of after its rotation, where `rotated` is its
  // directory.
  base::Result<IssuerSet> open_all(const CaDirectory* rotated, std::string_view name);
  base::Result<NamedIssuer> open(const IssuerPlace& place, const std::vector<CaGeneration>& generations,
                                 Keys& keys) const;
  base::Result<std::shared_ptr<const SigningKey>> open_key(const KeyVault& vault,
                                                           const CaGeneration& generation,
                                                           const CaChain& chain, Keys& keys) const;

  const std::vector<IssuerPlace> places_;
  const base::Clock& clock_;
  std::mutex mutex_;  // what was read first must not be put into place last
  Keys keys_;         // of those that were opened last
};

}  // namespace acmecore
