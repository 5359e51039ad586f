#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "acmecore/authority.h"
#include "acmecore/crl_files.h"
#include "acmecore/crl_publisher.h"
#include "acmecore/published_crls.h"
#include "acmecore/revocations.h"
#include "base/async/executor_background.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/acmecore/jws_fixtures.h"
#include "tests/acmecore/killing.h"
#include "tests/support/run_task.h"

namespace acmecore {

// A CA on a directory, with one client that has it issue and revoke, as one process has them. What the client is told
// it notes in the journal: "account ID", "order ID", "has ORDER SERIAL", "revoked SERIAL".
class KilledAuthority {
 public:
  static constexpr uint32_t kShards = 2;

  // Both outlive it. `time` is what the clock shows, and begins with; no process on the directory had a later one.
  KilledAuthority(const std::filesystem::path& directory, const ClientKey& client, base::Time time,
                  Journal& journal);
  ~KilledAuthority();

  // What app/ does at the start: publishes what earlier processes had, and takes up what they left behind.
  void start();

  // Until it is killed: an order after the other, each to its certificate, and those of earlier ones are revoked.
  [[noreturn]] void work();

  // Brings to its end what was begun, and publishes what was revoked.
  void finish();

  // For whoever looks at what became of it all.
  template <class T>
  T wait(base::Task<T> task) {
    T result = support::run_task(io_, std::move(task));
    drain();
    return result;
  }
  // The same of what cannot fail; where it does, the process ends.
  template <class T>
  T must(base::Task<base::Result<T>> task) {
    base::Result<T> result = wait(std::move(task));
    if (!result) give_up(result.error().detail);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }
  std::vector<OrderView> orders();
  Records& records() { return records_; }
  storage::Store& store() { return stepping_; }
  const CrlFiles& files() const { return files_; }
  const StatusUrls& urls() const { return options_.status; }

 private:
  class Willing;

  [[noreturn]] static void give_up(const std::string& why);
  void drain();
  void publish();
  void go_on_with_orders();
  void go_on_with(const std::string& order);
  void acknowledge(const OrderView& order);
  void revoke_one();
  void ask_for_revocation(const IssuedCertificate& certificate);
  std::vector<std::string> order_ids();

  Journal& journal_;
  const ClientKey& client_;
  boost::asio::io_context io_;
  SteppingClock clock_;
  std::unique_ptr<storage::LmdbStore> store_;
  SteppingStore stepping_;
  Records records_;
  const CrlFiles files_;
  PublishedCrls published_;
  AuthorityOptions options_;
  Policy policy_;
  std::unique_ptr<Validation> validation_;
  base::ExecutorBackground background_;
  Directory directory_;
  Authority authority_;
  CrlPublisher publisher_;
  Revocations revocations_;
  Account account_;
  std::set<std::string> acknowledged_;  // orders that have their certificate
};

}  // namespace acmecore
