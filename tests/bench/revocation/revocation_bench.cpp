#include <benchmark/benchmark.h>

#include <cstdlib>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>

#include "acmecore/crl_publisher.h"
#include "acmecore/der.h"
#include "acmecore/http/status_edge.h"
#include "acmecore/oids.h"
#include "acmecore/software_key.h"
#include "base/log.h"
#include "base/openssl.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// What it costs to tell what is revoked. TMPDIR says on which disk.
namespace acmecore {
namespace {

using base::Bytes;
using base::Task;
using std::chrono::days;
using std::chrono::hours;

constexpr int kPutsPerCommit = 10'000;

// A CA whose one shard holds so many entries, and one certificate that is good.
class Ca {
 public:
  explicit Ca(int64_t entries) {
    base::log::configure(base::log::Level::error, base::log::Format::text);
    for (int64_t done = 0; done < entries;) {
      Changes changes;
      for (int i = 0; i < kPutsPerCommit && done < entries; ++i, ++done) {
        const RevokedRecord revoked{
            new_serial(), {clock_.now(), RevocationReason::superseded}, clock_.now() + days(90)};
        changes.put_into_crl(shard(), revoked);
      }
      support::run_task(records_.commit(std::move(changes))).value();
    }
    issue();
    if (!support::run_task(publisher_.open())) std::abort();
  }

  CrlShard shard() const { return {ca_, 0}; }

  // Builds the CRL, as after a revocation, and returns its size.
  size_t publish() {
    storage::Batch revoked;
    revoked.puts.push_back({"R" + shard_key(shard()) + "serial", ""});
    publisher_.follow(revoked);
    boost::asio::io_context io;
    const CrlPublisher::Yield yield = []() -> Task<bool> { co_return true; };
    boost::asio::co_spawn(io, publisher_.publish_due(yield), boost::asio::detached);
    io.run();
    clock_.advance(hours(1));  // past its rest
    return crls_.find(shard())->der.size();
  }

  base::http::Response ask(base::http::Request request) {
    boost::asio::io_context io;
    return support::run_task(io, edge_.handle(std::move(request)));
  }

  // A request about the certificate, by SHA-256.
  Bytes ocsp_request(bool with_nonce) const {
    const auto issuers = issuers_.now();
    const Certificate& issuing = issuers->current(kDefaultIssuer).certificate();
    const auto content = der::only(der::kSequence, issuing.spki_der);
    der::Reader spki(*content);
    const auto algorithm = spki.next();
    const auto key = spki.bit_string();
    benchmark::DoNotOptimize(algorithm);
    const Bytes id = der::sequence(
        {der::sequence({der::oid(oids::kSha256)}), der::octet_string(base::sha256(issuing.subject_der)),
         der::octet_string(base::sha256(*key)), der::element(der::kInteger, serial_.octets)});
    const Bytes list = der::sequence({der::sequence({id})});
    if (!with_nonce) return der::sequence({der::sequence({list})});
    const Bytes nonce =
        der::sequence({der::oid(oids::kOcspNonce), der::octet_string(der::octet_string(Bytes(32, 'n')))});
    return der::sequence(
        {der::sequence({list, der::element(der::context_constructed(2), der::sequence({nonce}))})});
  }

 private:
  void issue() {
    LeafRequest request;
    request.dns_names = {"bench.test"};
    request.spki_der = SoftwareKey::generate().spki_der();
    request.serial = serial_;
    request.validity = {clock_.now(), clock_.now() + days(90)};
    Changes changes;
    const auto issuers = issuers_.now();
    IssuedCertificate certificate{serial_,      "account",
                                  "order",      issuers->current(kDefaultIssuer).sign_leaf(request).value(),
                                  clock_.now(), clock_.now() + days(90),
                                  std::nullopt};
    certificate.issuer = ca_;
    changes.create(certificate);
    support::run_task(records_.commit(std::move(changes))).value();
  }

  base::ManualClock clock_{std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  support::TempDirectory directory_;
  std::unique_ptr<storage::LmdbStore> store_ =
      storage::LmdbStore::open({.directory = directory_.path() / "store"}).value();
  Records records_{*store_};
  const Issuers issuers_{new_issuer(clock_.now())};
  const Serial serial_ = new_serial();
  const std::string ca_ = issuers_.now()->current(kDefaultIssuer).ca();
  const StatusUrls urls_{1, "http://bench.test", true};
  const CrlFiles files_{directory_.path() / "crl"};
  PublishedCrls crls_;
  CrlPublisher publisher_{records_, issuers_, files_, clock_, urls_, days(7), crls_};
  OcspResponder responder_{records_, issuers_, clock_, days(1)};
  http::StatusEdge edge_{urls_, issuers_, crls_, &responder_, clock_};
};

// From the store to the file that is served.
void crl_is_made(benchmark::State& state) {
  Ca ca(state.range(0));
  size_t size = 0;
  for (auto _ : state)
    size = ca.publish();
  state.counters["octets"] = double(size);
}
BENCHMARK(crl_is_made)
    ->Arg(1'000)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void ocsp_answer(benchmark::State& state, bool with_nonce) {
  Ca ca(0);
  const base::http::Request request{"POST",
                                    "/ocsp",
                                    {{"Content-Type", "application/ocsp-request"}},
                                    ca.ocsp_request(with_nonce),
                                    "127.0.0.1"};
  for (auto _ : state) {
    const auto response = ca.ask(request);
    if (response.body.size() < 100) state.SkipWithError("there is no answer");
  }
}
BENCHMARK_CAPTURE(ocsp_answer, kept, false);
BENCHMARK_CAPTURE(ocsp_answer, signed_for_a_nonce, true);

// What a signature alone takes.
void signature(benchmark::State& state) {
  const SoftwareKey key = SoftwareKey::generate();
  const Bytes message(300, 'm');
  for (auto _ : state)
    benchmark::DoNotOptimize(key.sign(message));
}
BENCHMARK(signature);

}  // namespace
}  // namespace acmecore
