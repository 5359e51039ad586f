#include "storage/lmdb/lmdb_store.h"
#include "tests/storage/store_contract.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/temp_directory.h"

namespace storage {
namespace {

struct LmdbInDirectory {
  support::TempDirectory directory;
  std::unique_ptr<LmdbStore> lmdb = LmdbStore::open({.directory = directory.path()}).value();
};

// A store in a directory that goes when the test ends.
class TemporaryLmdbStore final : private LmdbInDirectory, public support::ForwardingStore {
 public:
  TemporaryLmdbStore() : ForwardingStore(*lmdb) {}
};

INSTANTIATE_TEST_SUITE_P(Lmdb, StoreContract,
                         testing::Values(StoreKind{"Store",
                                                   [] { return std::make_unique<TemporaryLmdbStore>(); }}),
                         kind_name);

}  // namespace
}  // namespace storage
