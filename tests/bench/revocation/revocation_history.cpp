// What a CA has revoked in the past. Used by tests/bench/revocation/run.py.
//
//   revocation_history DIRECTORY --ca ID [--revoked N] [--shards K] [--good M]
//
// DIRECTORY is the store of a server that does not run, ID the ca_id of its CA. Writes N entries into the CRLs of its
// shards, in turn, as a revocation does; and M certificates that are not revoked, whose serial numbers it prints, one a
// line. Their octets are of a CA of another name: revocation looks at what the record says.
#include <CLI/CLI.hpp>
#include <iostream>
#include <stdexcept>

#include "acmecore/development_ca.h"
#include "acmecore/issuer.h"
#include "acmecore/records.h"
#include "acmecore/software_key.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/support/run_task.h"

namespace bench {
namespace {

using acmecore::Changes;
using acmecore::CrlShard;
using acmecore::RevocationReason;
using acmecore::RevokedRecord;
using std::chrono::days;

struct Options {
  std::string directory;
  std::string ca;
  uint64_t revoked = 1'000'000;
  uint32_t shards = 1;
  uint64_t good = 100;
};

constexpr uint64_t kEntriesPerCommit = 10'000;
constexpr days kLifetime{90};

template <class T>
T value_of(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return *std::move(result);
}

base::Time now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

void add_revoked(const Options& options, acmecore::Records& records) {
  for (uint64_t done = 0; done < options.revoked;) {
    Changes changes;
    for (const uint64_t end = std::min(done + kEntriesPerCommit, options.revoked); done < end; ++done) {
      const RevokedRecord revoked{
          acmecore::new_serial(), {now(), RevocationReason::superseded}, now() + kLifetime};
      changes.put_into_crl(CrlShard{options.ca, uint32_t(done % options.shards)}, revoked);
    }
    value_of(support::run_task(records.commit(std::move(changes))));
  }
}

void add_good(const Options& options, acmecore::Records& records) {
  const auto issuer = value_of(acmecore::Issuer::open(value_of(acmecore::make_development_ca(now())), now()));
  acmecore::LeafRequest request;
  request.dns_names = {"bench.test"};
  request.spki_der = acmecore::SoftwareKey::generate().spki_der();
  request.validity = {now(), now() + kLifetime};
  request.issued = now();
  Changes changes;
  for (uint64_t i = 0; i < options.good; ++i) {
    request.serial = acmecore::new_serial();
    acmecore::IssuedCertificate certificate{
        request.serial, "account",         "order",     value_of(issuer.sign_leaf(request)),
        now(),          now() + kLifetime, std::nullopt};
    certificate.issuer = options.ca;
    changes.create(certificate);
    std::cout << acmecore::text_of(request.serial) << '\n';
  }
  value_of(support::run_task(records.commit(std::move(changes))));
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("What a CA has revoked in the past");
  app.add_option("directory", options.directory)->required();
  app.add_option("--ca", options.ca, "The CA, as the URLs of its CRLs name it")->required();
  app.add_option("--revoked", options.revoked, "Entries of CRLs")->capture_default_str();
  app.add_option("--shards", options.shards, "CRLs, as the server's configuration has it")
      ->capture_default_str();
  app.add_option("--good", options.good, "Certificates that are not revoked")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    const auto store = bench::value_of(storage::LmdbStore::open({.directory = options.directory}));
    acmecore::Records records(*store);
    bench::add_revoked(options, records);
    bench::add_good(options, records);
  } catch (const std::exception& failed) {
    std::cerr << "revocation_history: " << failed.what() << "\n";
    return 1;
  }
}
