// What a CA has issued in the past, and what it takes on the disk. Used by the run.py beside it and by
// tests/bench/revocation/mass.py.
//
//   acme_history fill DIRECTORY [--orders N] [--accounts N] [--begun-days-ago D] [--over-days D]
//   acme_history size DIRECTORY
//
// DIRECTORY is a server's state directory. `fill` needs its store for itself, `size` does not. `fill` writes finished
// orders with all that the server keeps of each (authorization, evidence, certificate, indexes), through acmecore's own
// records; the certificates are of the server's own CA. `size` prints one line of JSON: records and their octets by
// table, the file's pages that were ever in use, and those free.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>

#include "acmecore/ca_file.h"
#include "acmecore/development_ca.h"
#include "acmecore/issuer.h"
#include "acmecore/records.h"
#include "acmecore/software_key.h"
#include "base/random.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/support/run_task.h"

namespace bench {
namespace {

using acmecore::Authorization;
using acmecore::Changes;
using acmecore::IssuedCertificate;
using acmecore::Order;
using acmecore::Stored;
using std::chrono::days;

struct Options {
  std::filesystem::path directory;
  uint64_t orders = 1'000'000;
  uint64_t accounts = 1000;
  int begun_days_ago = 30;
  int over_days = 25;
};

constexpr uint64_t kOrdersPerCommit = 500;

// As the server's defaults have them.
constexpr days kOrderLifetime{7};
constexpr days kAuthorizationLifetime{30};
constexpr days kCertificateLifetime{90};

template <class T>
T value_of(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return *std::move(result);
}

base::Time now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

// Rises with the time, as acmecore::new_serial() does.
acmecore::Serial serial_at(base::Time time) {
  base::Bytes octets(1, '\x01');
  for (int shift = 40; shift >= 0; shift -= 8)
    octets.push_back(char(time.time_since_epoch().count() >> shift & 0xff));
  return {octets + base::random_bytes(10)};
}

// The CA that a server made when it started first.
acmecore::Issuer open_issuer(const std::filesystem::path& state_directory) {
  using acmecore::CaFileKind;
  const auto read = [&](const char* name, CaFileKind kind) {
    return value_of(acmecore::read_needed_ca_file(state_directory / "ca" / name, kind));
  };
  acmecore::CaMaterial material;
  material.root_pem = read("root.pem", CaFileKind::certificate);
  material.issuing_key_pem = read("issuing.key", CaFileKind::key);
  material.issuing_pem = read("issuing.pem", CaFileKind::certificate);
  return value_of(acmecore::Issuer::open(material, now()));
}

// One real certificate, of which the others differ in the serial number alone.
class Template {
 public:
  explicit Template(const acmecore::Issuer& issuer) : serial_(acmecore::new_serial()), ca_(issuer.ca()) {
    const auto begin = std::chrono::floor<std::chrono::seconds>(now());
    acmecore::LeafRequest request;
    request.dns_names = {"host-0000000.bench.test"};
    request.spki_der = acmecore::SoftwareKey::generate().spki_der();
    request.serial = serial_;
    request.validity = {begin, begin + kCertificateLifetime};
    request.issued = begin;
    spki_ = request.spki_der;
    der_ = value_of(issuer.sign_leaf(request));
  }

  base::Bytes certificate(const acmecore::Serial& serial) const {
    base::Bytes der = der_;
    return der.replace(der.find(serial_.octets), serial.octets.size(), serial.octets);
  }
  const base::Bytes& spki() const { return spki_; }
  const std::string& ca() const { return ca_; }

 private:
  acmecore::Serial serial_;
  std::string ca_;
  base::Bytes der_, spki_;
};

Authorization authorization_of(const Order& order) {
  const std::string thumbprint = base::random_token() + base::random_token().substr(1);
  acmecore::Challenge challenge;
  challenge.type = acmecore::kDns01;
  challenge.token = base::random_token();
  challenge.status = acmecore::ChallengeStatus::valid;
  challenge.thumbprint = thumbprint;
  challenge.responded = challenge.validated = order.created;
  acmecore::Observation observation;
  observation.perspective = "primary";
  observation.name = value_of(base::Name::parse("_acme-challenge." + order.identifiers[0].name));
  observation.type = "TXT";
  observation.asked = order.created;
  observation.took = std::chrono::milliseconds(1);
  observation.server = "127.0.0.1#5353 (bench.test.)";
  observation.path = {observation.name};
  observation.result = "NOERROR";
  observation.values = {'"' + acmecore::dns01_value(challenge.token, thumbprint) + '"'};
  observation.security = "insecure";
  challenge.evidence.push_back(std::move(observation));
  Authorization authorization;
  authorization.id = order.authorizations[0];
  authorization.account = order.account;
  authorization.identifier = order.identifiers[0];
  authorization.created = order.created;
  authorization.expires = order.created + kAuthorizationLifetime;
  authorization.challenges.push_back(std::move(challenge));
  return authorization;
}

void add_order(const Template& leaf, const std::string& account, uint64_t number, base::Time time,
               Changes& changes) {
  char name[64];
  std::snprintf(name, sizeof name, "host-%07llu.bench.test", static_cast<unsigned long long>(number));
  const acmecore::Serial serial = serial_at(time);
  Order order;
  order.id = base::time_ordered_id(time);
  order.account = account;
  order.identifiers = {{name, false}};
  order.authorizations = {base::time_ordered_id(time)};
  order.created = time;
  order.expires = time + kOrderLifetime;
  order.intent = acmecore::Intent{serial, base::random_bytes(32), leaf.spki(), time};
  order.certificate = serial;
  changes.create(order);
  changes.update(Stored<Authorization>{authorization_of(order), storage::kAbsent});
  IssuedCertificate certificate{
      serial, account, order.id, leaf.certificate(serial), time, time + kCertificateLifetime, std::nullopt};
  certificate.issuer = leaf.ca();
  changes.create(certificate);
  changes.note_subject(certificate, {name}, base::random_bytes(leaf.spki().size()));
}

acmecore::Account account_at(base::Time time) {
  acmecore::Account account;
  account.id = base::time_ordered_id(time);
  account.key_spki = base::random_bytes(91);
  account.key_thumbprint = base::random_token() + base::random_token().substr(1);
  account.created = time;
  return account;
}

void fill(const Options& options) {
  const Template leaf(open_issuer(options.directory));
  const auto store = value_of(storage::LmdbStore::open({.directory = options.directory / "store"}));
  acmecore::Records records(*store);
  const base::Time begin = now() - days(options.begun_days_ago);
  const auto commit = [&](Changes changes) {
    value_of(support::run_task(records.commit(std::move(changes))));
  };
  std::vector<std::string> accounts;
  Changes made;
  for (uint64_t i = 0; i < options.accounts; ++i) {
    const auto account = account_at(begin);
    accounts.push_back(account.id);
    made.create(account);
  }
  commit(std::move(made));
  const std::chrono::milliseconds over = days(options.over_days);
  for (uint64_t i = 0; i < options.orders;) {
    Changes changes;
    for (const uint64_t end = std::min(i + kOrdersPerCommit, options.orders); i < end; ++i)
      add_order(leaf, accounts[i % accounts.size()], i, begin + over * i / options.orders, changes);
    commit(std::move(changes));
  }
}

void size(const Options& options) {
  struct Table {
    uint64_t records = 0;
    uint64_t octets = 0;
  };
  const auto environment =
      value_of(storage::lmdb::Environment::open(options.directory / "store", storage::lmdb::Access::read));
  if (const auto opened = environment->open_databases(false); !opened)
    throw std::runtime_error(opened.error().detail);
  storage::lmdb::ReadTxn txn(*environment);
  if (const auto renewed = txn.renew(); !renewed) throw std::runtime_error(renewed.error().detail);
  std::map<char, Table> tables;
  auto entry = value_of(txn.lower_bound(storage::lmdb::Database::entries, {}));
  for (; entry; entry = value_of(txn.next(storage::lmdb::Database::entries))) {
    Table& table = tables[entry->key[0]];
    ++table.records;
    table.octets += entry->key.size() + entry->value.size();
  }
  std::printf("{\"tables\":{");
  for (const auto& [name, table] : tables) {
    std::printf("%s\"%c\":{\"records\":%llu,\"octets\":%llu}", name == tables.begin()->first ? "" : ",", name,
                static_cast<unsigned long long>(table.records),
                static_cast<unsigned long long>(table.octets));
  }
  std::printf("},\"file\":%zu,\"free\":%zu}\n", environment->high_water(), value_of(txn.free_size()));
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("What a CA has issued in the past, and what it takes on the disk");
  app.require_subcommand(1);
  auto* fill = app.add_subcommand("fill", "Write finished orders into a store that nobody has open");
  fill->add_option("directory", options.directory)->required();
  fill->add_option("--orders", options.orders, "How many, with a certificate each")->capture_default_str();
  fill->add_option("--accounts", options.accounts, "Who ordered them, in turn")->capture_default_str();
  fill->add_option("--begun-days-ago", options.begun_days_ago, "When the first was made")
      ->capture_default_str();
  fill->add_option("--over-days", options.over_days, "From the first to the last")->capture_default_str();
  auto* size = app.add_subcommand("size", "Count records and pages of a store");
  size->add_option("directory", options.directory)->required();
  CLI11_PARSE(app, argc, argv);
  try {
    if (fill->parsed()) bench::fill(options);
    if (size->parsed()) bench::size(options);
  } catch (const std::exception& failed) {
    std::cerr << "acme_history: " << failed.what() << "\n";
    return 1;
  }
}
