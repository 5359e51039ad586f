#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsserver/node_feed.h"
#include "dnsserver/publishing.h"
#include "storage/store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace dnsserver {

// Publishing over a store, in one thread, at a time that stands still; and what a query sees of it.
class PublishingFixture {
 public:
  enum class StoreKind { memory, lmdb };

  explicit PublishingFixture(StoreKind kind);
  ~PublishingFixture();

  // Whole, as after SIGKILL: what is not in the store is gone. Of LMDB, with this limit.
  void restart(uint64_t size_max = kSizeMax);

  template <class T>
  T run(Task<T> task) {
    return support::run_task(io_, std::move(task));
  }

  // "corp.test" with one name server, ns1.ns.test.
  void create_zone(std::string_view apex = "corp.test");
  // "www.corp.test", "A", "192.0.2.1": the TTL is 60.
  Result<uint32_t> put(std::string_view owner, std::string_view type, const std::vector<std::string>& rdata,
                       uint32_t ttl = 60);
  Result<uint32_t> remove_rrset(std::string_view owner, std::string_view type);
  // For an hour.
  Result<Presented> present(std::string credential, std::string_view owner, Bytes value,
                            std::chrono::milliseconds lifetime = std::chrono::hours(1));
  Result<size_t> remove(std::string credential, std::string_view owner,
                        std::optional<Bytes> value = std::nullopt);
  Result<size_t> clean_up() { return run(publishing_->clean_up()); }

  // The RCODE and the records of the answer section behind it, sorted: "NOERROR" and
  // "www.corp.test. 60 IN A 192.0.2.1". The store and the index must answer alike.
  std::vector<std::string> ask(std::string_view name, std::string_view type);
  // The serial in the SOA that is served.
  uint32_t serial(std::string_view apex = "corp.test");

  // Keys in the store that start with one of these octets.
  size_t key_count(std::string_view tables = "zrcn");
  // How many commits the store has seen so far, this one too.
  storage::Revision revision();

  boost::asio::io_context& io() { return io_; }
  storage::Store& store() { return *store_; }
  base::ManualClock& clock() { return clock_; }
  ZoneTableHolder& served() { return *served_; }
  Publishing& publishing() { return *publishing_; }

 private:
  static constexpr uint64_t kSizeMax = 256 << 20;

  void open(uint64_t size_max);
  Bytes respond_from(NodeSource& nodes, BytesView query) const;

  support::TempDirectory directory_;
  StoreKind kind_;
  boost::asio::io_context io_;
  base::ManualClock clock_{Time(std::chrono::seconds(1'790'000'000))};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<NodeFeed> nodes_;
  std::unique_ptr<ZoneTableHolder> served_;
  std::unique_ptr<Publishing> publishing_;
};

// The same over each kind of store.
class PublishingTest : public testing::TestWithParam<PublishingFixture::StoreKind> {
 protected:
  static Name name(std::string_view text) { return Name::parse(text).value(); }
  static base::ErrorKind kind(const auto& result) { return result.error().kind; }

  PublishingFixture dns_{GetParam()};
};

using Lines = std::vector<std::string>;

inline constexpr PublishingFixture::StoreKind kStoreKinds[] = {PublishingFixture::StoreKind::memory,
                                                               PublishingFixture::StoreKind::lmdb};

inline std::string store_kind_name(const testing::TestParamInfo<PublishingFixture::StoreKind>& info) {
  return info.param == PublishingFixture::StoreKind::memory ? "Memory" : "Lmdb";
}

}  // namespace dnsserver
