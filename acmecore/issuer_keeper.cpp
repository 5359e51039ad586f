#include "acmecore/issuer_keeper.h"

#include <algorithm>
#include <utility>

#include "acmecore/ca_chain.h"
#include "acmecore/dns_name_syntax.h"
#include "base/log.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

// Of what an issuer's files hold.
tl::unexpected<base::Error> refuse(const IssuerPlace& place, const std::string& why) {
  return fail(ErrorKind::unavailable, "the issuer " + in_quotes(place.name) + ": " + why);
}

// Each file is for one generation, and has to be for one of them.
Result<std::vector<std::vector<ChainFile>>> assign(const std::vector<ChainFile>& files,
                                                   const std::vector<CaChain>& chains, base::Time now) {
  std::vector<std::vector<ChainFile>> assigned(chains.size());
  for (const ChainFile& file : files) {
    bool fits = false;
    base::Error error;
    for (size_t i = 0; i < chains.size(); ++i) {
      const auto read = read_alternate_chain(file, chains[i].issuing(), now);
      if (read) assigned[i].push_back(file);
      if (!read) error = read.error();
      fits = fits || read;
    }
    if (!fits) return tl::unexpected(std::move(error));
  }
  return assigned;
}

Result<CaChain> read_chain(const IssuerPlace& place, const CaGeneration& generation) {
  auto chain = read_ca_chain(generation.chain_pem);
  if (!chain) return refuse(place, generation.name + ".pem: " + chain.error().detail);
  return chain;
}

Result<void> check_duties(const IssuerPlace& place, const CaChain& chain) {
  const auto fit = check_duties(place.duties, "the issuing certificate", chain);
  return fit ? Result<void>() : refuse(place, fit.error().detail);
}

}  // namespace

Result<void> check_issuer(const IssuerPlace& place) {
  TRY(const bool is_absent, CaDirectory::is_absent(place.ca.directory));
  if (is_absent) return {};
  TRY(const CaDirectory directory, CaDirectory::read(place.ca.directory));
  const CaGeneration* current = directory.find(GenerationRole::current);
  if (current == nullptr) return {};
  TRY(const CaChain chain, read_chain(place, *current));
  return check_duties(place, chain);
}

Result<IssuerSet> IssuerKeeper::load() {
  const std::lock_guard lock(mutex_);
  return open_all(nullptr, {});
}

Result<void> IssuerKeeper::reload(Issuers& issuers) {
  const std::lock_guard lock(mutex_);
  TRY(IssuerSet set, open_all(nullptr, {}));
  issuers.replace(std::move(set));
  return {};
}

Result<void> IssuerKeeper::rotate(Issuers& issuers, std::string_view name) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock) return fail(ErrorKind::conflict, "another rotation or a reload is under way; try again");
  const auto wanted = std::ranges::find(places_, name, &IssuerPlace::name);
  if (wanted == places_.end()) return fail(ErrorKind::not_found, "there is no issuer " + in_quotes(name));
  TRY(CaDirectory directory, CaDirectory::read_to_change(wanted->ca.directory, CaDirectory::IfTaken::refuse));
  if (directory.find(GenerationRole::next) == nullptr)
    return refuse(*wanted, "there is no next certificate to rotate to");
  TRY(IssuerSet set, open_all(&directory, name));
  CHECK(set.current(name).check_key());
  CHECK(directory.rotate());
  issuers.replace(std::move(set));
  base::log::info("ca.rotated",
                  {{"issuer", std::string(name)}, {"current", issuers.now()->current(name).id()}});
  return {};
}

Result<IssuerSet> IssuerKeeper::open_all(const CaDirectory* rotated, std::string_view name) {
  std::vector<NamedIssuer> issuers;
  Keys keys;
  for (const IssuerPlace& place : places_) {
    std::vector<CaGeneration> generations;
    if (rotated != nullptr && place.name == name) {
      generations = rotated->rotated();
    } else {
      TRY(const CaDirectory directory, CaDirectory::read(place.ca.directory));
      generations = directory.generations();
    }
    TRY(NamedIssuer issuer, open(place, generations, keys));
    issuers.push_back(std::move(issuer));
  }
  keys_ = std::move(keys);
  return IssuerSet(std::move(issuers));
}

// Null: it is gone, or cannot be opened and is not needed to sign leaves.
Result<std::shared_ptr<const SigningKey>> IssuerKeeper::open_key(const KeyVault& vault,
                                                                 const CaGeneration& generation,
                                                                 const CaChain& chain, Keys& keys) const {
  if (generation.key.empty()) return nullptr;
  const Keys::key_type name{generation.key, chain.issuing().spki_der};
  if (const auto opened = keys_.find(name); opened != keys_.end()) return keys.insert(*opened).first->second;
  auto key = vault.open(generation.key, chain.issuing().spki_der);
  if (key) return keys.emplace(name, *std::move(key)).first->second;
  if (generation.role != GenerationRole::retired) return tl::unexpected(key.error());
  base::log::warning("ca.retired_key.not_opened",
                     {{"generation", generation.name}, {"detail", key.error().detail}});
  return nullptr;
}

Result<NamedIssuer> IssuerKeeper::open(const IssuerPlace& place, const std::vector<CaGeneration>& generations,
                                       Keys& keys) const {
  const base::Time now = clock_.now();
  std::vector<CaChain> chains;
  std::vector<const CaGeneration*> certified;
  for (const CaGeneration& generation : generations) {
    if (generation.role == GenerationRole::requested) continue;
    TRY(CaChain chain, read_chain(place, generation));
    chains.push_back(std::move(chain));
    certified.push_back(&generation);
  }
  if (std::ranges::none_of(certified, [](const auto* one) { return one->role == GenerationRole::current; })) {
    return refuse(place, "none of its keys is certified yet");
  }
  TRY(const auto files, place.alternates());
  TRY(const auto alternates, assign(files, chains, now));
  NamedIssuer named{place.name, {}};
  for (size_t i = 0; i < certified.size(); ++i) {
    const CaGeneration& from = *certified[i];
    auto key = open_key(place.ca.vault, from, chains[i], keys);
    if (!key) return refuse(place, from.name + ".key: " + key.error().detail);
    const bool is_current = from.role == GenerationRole::current;
    auto issuer = is_current ? Issuer::open(*std::move(key), from.chain_pem, now, alternates[i])
                             : Issuer::open_idle(*std::move(key), from.chain_pem, now, alternates[i]);
    if (!issuer) return refuse(place, issuer.error().detail);
    if (is_current) CHECK(check_duties(place, chains[i]));
    named.generations.push_back(
        {from.role, from.name, place_of_key(from.key), *std::move(issuer), from.ceremonies});
  }
  return named;
}

}  // namespace acmecore
