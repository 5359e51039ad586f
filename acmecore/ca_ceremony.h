#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "acmecore/ca_directory.h"
#include "acmecore/ca_profile.h"
#include "acmecore/issuer_duties.h"
#include "acmecore/key_vault.h"
#include "acmecore/name_constraints.h"
#include "acmecore/software_key.h"
#include "base/error.h"
#include "base/time.h"

// What an operator does about an issuer's keys and certificates. malformed: what is asked for cannot be. unavailable:
// it does not fit what there is, or the errors of CaDirectory, KeyVault and SigningKey; a sentence says so.
//
// Each but that of a first start is kept beside what it made (ceremony.h).
namespace acmecore {

// Where an issuer is kept, and how its keys are opened.
struct CaPlace {
  std::filesystem::path directory;
  KeyVault vault;
};

// A CA that is to be, and its key.
struct CaPlan {
  CaSubject subject;
  std::optional<KeyKind> key_kind = {};  // of a new key; nothing: as of the one before, or else P-256
  std::string token_uri = {};            // of one that is in a token already; empty: a new one is made
  NameConstraints constraints = {};      // not of a root
  std::chrono::seconds lifetime{0};
  std::optional<bool> client_auth = {};  // here and below as IssuingCa has it; not of a root
  std::string crl_url = {};
  std::string ca_issuers_url = {};
};

// What becomes of somebody who is in the role already.
enum class Incumbent { stays, goes };

// A root of its own, and an issuing CA below it that signs at once. unavailable: there is something at the directory.
base::Result<void> init_ca(const CaPlace& place, const CaPlan& root, const CaPlan& issuing, base::Time now);

// The same as make_development_ca makes it, for the first start of a server.
base::Result<void> init_development_ca(const CaPlace& place, base::Time now, bool client_auth = false);

// A key and its certification request in PEM, for somebody else's root. It makes the directory where there is none.
// unavailable: there is a request already, and it stays.
base::Result<std::string> request_ca(const CaPlace& place, const CaPlan& plan, base::Time now,
                                     Incumbent requested);

// Takes a certificate and those above it, with the root, for the key that was requested, or another one for the key
// that signs now. Returns its role: current where there was none, else next. unavailable: it is for neither key, or
// leaves below it would not verify at `now`, or it breaks a rule (lint_new_ca), or there is a next one already, and it
// stays.
base::Result<GenerationRole> install_ca(const CaPlace& place, std::string_view chain_pem, base::Time now,
                                        Incumbent next);

// How an issuing CA is to be certified anew by its issuer's own root.
struct CaRenewal {
  bool same_key = false;      // with the key that signs now, and the subject that it has
  CaPlan plan = {};           // else, as renewed_subject(); all but its subject and key counts in both cases
  std::string root_key = {};  // as KeyVault has it; empty: that in the directory
};

// A next certificate by the root of its own, with renewed_extensions(). unavailable: the root's key is not there or
// belongs to another root, another CA stands between, an extension cannot be taken over, or as above.
base::Result<void> renew_ca(const CaPlace& place, const CaRenewal& renewal, base::Time now, Incumbent next);

// The next one signs from now on, and the current one retires, in the files alone: no server is running. unavailable:
// there is no next one, or it could not sign leaves at `now`, or is not fit for its duties.
base::Result<void> rotate_ca(const CaPlace& place, const IssuerDuties& duties, base::Time now);

}  // namespace acmecore
