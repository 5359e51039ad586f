// What a page of the inventory costs, and what its indexes take on the disk.
//
//   inventory_bench [--certificates N] [--calls N] [--page-size N]
//
// Fills two stores below TMPDIR, one with the records of certificates alone and one with their indexes, through
// acmecore's own functions in large commits, and prints octets a certificate of each. Then asks for pages by each
// selector, in the process, and prints p50 and p99 of a call in microseconds and how many certificates a page had.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "acmecore/inventory.h"
#include "acmecore/record_codec.h"
#include "base/log.h"
#include "base/openssl.h"
#include "storage/lmdb/lmdb_store.h"
#include "storage/tables.h"
#include "tests/bench/inventory/issued_history.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace bench {
namespace {

using acmecore::CertificateStatus;
using acmecore::Changes;
using acmecore::InventoryFilter;
using acmecore::IssuedCertificate;
using std::chrono::days;

constexpr uint64_t kPerCommit = 1000;

struct Options {
  uint64_t certificates = 1'000'000;
  int calls = 1000;
  size_t page_size = 100;
};

template <class T>
T value_of(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return *std::move(result);
}

// Of a directory's files, as the disk has them.
uint64_t octets_in(const std::filesystem::path& directory) {
  uint64_t octets = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    if (file.path().filename() == "data.mdb") octets += file.file_size();
  }
  return octets;
}

std::unique_ptr<storage::LmdbStore> open(const std::filesystem::path& directory) {
  return value_of(storage::LmdbStore::open({.directory = directory, .size_max = uint64_t{64} << 30}));
}

void fill_records(const IssuedHistory& history, storage::Store& store) {
  for (uint64_t i = 0; i < history.count();) {
    storage::Batch batch;
    for (const uint64_t end = std::min(i + kPerCommit, history.count()); i < end; ++i) {
      const IssuedCertificate one = history.certificate(i);
      batch.puts.push_back({base::Bytes(1, storage::table::kCertificate) + one.serial.octets,
                            acmecore::encode(one), acmecore::removal_time(one)});
    }
    value_of(support::run_task(store.commit(std::move(batch))));
  }
}

void fill_inventory(const IssuedHistory& history, acmecore::Records& records) {
  for (uint64_t i = 0; i < history.count();) {
    Changes changes;
    for (const uint64_t end = std::min(i + kPerCommit, history.count()); i < end; ++i) {
      const IssuedCertificate one = history.certificate(i);
      changes.create(one);
      changes.note_subject(one, {history.name(i)}, history.spki(i));
      if (one.revocation) changes.put_into_crl(*one.crl, {one.serial, *one.revocation, one.not_after});
    }
    value_of(support::run_task(records.commit(std::move(changes))));
  }
}

struct Selector {
  const char* what;
  std::function<InventoryFilter(uint64_t random)> filter;
};

std::vector<Selector> selectors(const IssuedHistory& history, base::Time now) {
  using Status = CertificateStatus;
  return {
      {"nothing", [](uint64_t) { return InventoryFilter(); }},
      {"name", [&](uint64_t random) { return InventoryFilter{.name = history.name(random)}; }},
      {"domain, a thousandth",
       [](uint64_t random) { return InventoryFilter{.domain = IssuedHistory::domain(random)}; }},
      {"domain, all", [](uint64_t) { return InventoryFilter{.domain = "corp.test"}; }},
      {"account, a 2000th",
       [](uint64_t random) { return InventoryFilter{.account = IssuedHistory::account(1 + random % 999)}; }},
      {"account, half of all",
       [](uint64_t) { return InventoryFilter{.account = IssuedHistory::account(0)}; }},
      {"the same, valid",
       [](uint64_t) {
         return InventoryFilter{.account = IssuedHistory::account(0), .status = Status::valid};
       }},
      {"issuer", [&](uint64_t) { return InventoryFilter{.ca = history.ca()}; }},
      {"key",
       [&](uint64_t random) {
         return InventoryFilter{.spki_digest = base::sha256(history.spki(random % history.count()))};
       }},
      {"ends within a day",
       [now](uint64_t random) {
         const base::Time day = now + days(random % 89);
         return InventoryFilter{.ends_from = day, .ends_before = day + days(1)};
       }},
      {"valid", [](uint64_t) { return InventoryFilter{.status = Status::valid}; }},
      {"expired", [](uint64_t) { return InventoryFilter{.status = Status::expired}; }},
      {"revoked", [](uint64_t) { return InventoryFilter{.status = Status::revoked}; }},
      {"profile, a tenth", [](uint64_t) { return InventoryFilter{.profile = "mail"}; }},
      {"profile, a thousandth", [](uint64_t) { return InventoryFilter{.profile = "rare"}; }},
  };
}

// Goes from page to page, and at the end of a list to another one of its kind.
void measure(const Selector& selector, acmecore::Inventory& inventory, const Options& options) {
  std::mt19937_64 random(20261127);
  std::vector<double> took;
  size_t found = 0;
  std::string after;
  InventoryFilter filter = selector.filter(random());
  for (int i = 0; i < options.calls; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto page = value_of(support::run_task(inventory.certificates(filter, after, options.page_size)));
    took.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    found += page.found.size();
    after = page.next;
    if (after.empty()) filter = selector.filter(random());
  }
  std::ranges::sort(took);
  std::printf("%-24s %10.0f %10.0f %12.1f\n", selector.what, took[took.size() / 2],
              took[took.size() * 99 / 100], double(found) / options.calls);
}

void run(const Options& options) {
  base::log::configure(base::log::Level::error, base::log::Format::text);
  const base::ManualClock clock(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  const IssuedHistory history(options.certificates, clock.now());
  const support::TempDirectory directory;
  const auto octets_each = [&](const std::filesystem::path& path) {
    return double(octets_in(path)) / double(history.count());
  };
  {
    const auto plain = directory.path() / "plain";
    fill_records(history, *open(plain));
    std::printf("octets a certificate: %.0f\n", octets_each(plain));
    std::filesystem::remove_all(plain);
  }
  const auto path = directory.path() / "indexed";
  const auto store = open(path);
  acmecore::Records records(*store);
  fill_inventory(history, records);
  std::printf("with its indexes:     %.0f\n\n", octets_each(path));
  const auto ca_of = [](const IssuedCertificate& certificate) { return certificate.crl->ca; };
  acmecore::Inventory inventory(records, clock, ca_of);
  std::printf("%-24s %10s %10s %12s\n", "a page by", "p50 us", "p99 us", "found");
  for (const Selector& selector : selectors(history, clock.now()))
    measure(selector, inventory, options);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("What a page of the inventory costs");
  app.add_option("--certificates", options.certificates, "How many there are, a multiple of 4000")
      ->capture_default_str();
  app.add_option("--calls", options.calls, "Pages of each kind")->capture_default_str();
  app.add_option("--page-size", options.page_size, "Certificates of a page")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    bench::run(options);
  } catch (const std::exception& failed) {
    std::cerr << "inventory_bench: " << failed.what() << "\n";
    return 1;
  }
}
