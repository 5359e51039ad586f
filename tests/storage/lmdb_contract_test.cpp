#include "storage/lmdb/lmdb_store.h"
#include "tests/storage/store_contract.h"
#include "tests/support/temp_directory.h"

namespace storage {
namespace {

// A store in a directory that goes when the test ends.
class TemporaryLmdbStore final : public Store {
 public:
  Task<Result<std::optional<Entry>>> get(Bytes key) override { return store_->get(std::move(key)); }
  Task<Result<std::vector<Entry>>> list(Range range) override { return store_->list(std::move(range)); }
  Task<Result<Revision>> commit(Batch batch) override { return store_->commit(std::move(batch)); }
  std::unique_ptr<Watch> watch(Bytes prefix) override { return store_->watch(std::move(prefix)); }
  void follow(Follower& follower) override { store_->follow(follower); }
  void unfollow(Follower& follower) override { store_->unfollow(follower); }
  Task<Result<std::vector<Expectation>>> expired(Bytes prefix, Time now, size_t limit) override {
    return store_->expired(std::move(prefix), now, limit);
  }
  std::unique_ptr<Reader> reader() override { return store_->reader(); }

 private:
  support::TempDirectory directory_;
  std::unique_ptr<LmdbStore> store_ = LmdbStore::open({.directory = directory_.path()}).value();
};

INSTANTIATE_TEST_SUITE_P(Lmdb, StoreContract,
                         testing::Values(StoreKind{"Store",
                                                   [] { return std::make_unique<TemporaryLmdbStore>(); }}),
                         kind_name);

}  // namespace
}  // namespace storage
