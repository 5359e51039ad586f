#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "dnsserver/credentials.h"
#include "dnsserver/publishing.h"
#include "dnsserver/rdata.h"
#include "dnsserver/zone_file.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/dnsserver/act_collector.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// What administrators can still do where the store takes nothing but what may use its reserve, each with its entry in
// the log.
namespace dnsserver {
namespace {

using base::ErrorKind;

class FullStoreTest : public testing::Test {
 protected:
  FullStoreTest() { open(64 << 20); }

  void open(uint64_t size_max) {
    credentials_.reset();
    publishing_.reset();
    store_.reset();
    store_ = storage::LmdbStore::open({.directory = directory_.path(), .size_max = size_max}).value();
    served_ = std::make_unique<ZoneTableHolder>();
    publishing_ = run(Publishing::open(*store_, clock_, *served_, io_.get_executor(), &log_)).value();
    credentials_ = run(Credentials::open(*store_, clock_, io_.get_executor(), &log_)).value();
  }
  // From now on there is no room but the reserve.
  void fill() {
    ASSERT_TRUE(run(store_->commit({.puts = {{"\xff", Bytes(2 << 20, 'v')}}})));
    open(1 << 20);
    log_.take();
  }

  template <class T>
  T run(Task<T> task) {
    return support::run_task(io_, std::move(task));
  }
  static Name name(std::string_view text) { return Name::parse(text).value(); }
  // internal: there was no error.
  static ErrorKind kind(const auto& result) { return result ? ErrorKind::internal : result.error().kind; }
  static constexpr ErrorKind kNone = ErrorKind::internal;

  ErrorKind import(const std::string& rest) {
    const std::string text =
        "$ORIGIN corp.test.\n$TTL 60\n@ SOA ns1 host 7 100 200 300 5\n@ NS ns1.ns.test.\n";
    ZoneFile file = read_zone_file(text + rest, std::nullopt);
    return kind(run(publishing_->import_zone(std::move(file.zone), std::move(file.rrsets), false, anna_)));
  }
  ErrorKind put(std::string_view owner, const std::vector<std::string>& addresses) {
    RRset rrset{name(owner), kTypeA, 60, {}};
    for (const std::string& address : addresses)
      rrset.rdata.push_back(parse_rdata(kTypeA, address).value());
    return kind(run(publishing_->put_rrset(std::move(rrset), anna_)));
  }
  ErrorKind update(const std::string& id, const std::function<void(Credential&)>& change) {
    const Credentials::Edit edit = [&change](Credential& credential) -> Result<void> {
      change(credential);
      return {};
    };
    return kind(run(credentials_->update(id, edit, anna_)));
  }

  const Administrator anna_{"anna", "192.0.2.1"};
  support::TempDirectory directory_;
  boost::asio::io_context io_;
  base::ManualClock clock_{Time(std::chrono::seconds(1'790'000'000))};
  ActCollector log_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ZoneTableHolder> served_;
  std::unique_ptr<Publishing> publishing_;
  std::unique_ptr<Credentials> credentials_;
};

TEST_F(FullStoreTest, CredentialsLoseWhatTheyMayAndGetNothing) {
  const TsigKey kept = make_tsig_key(name("kept.corp.test"), TsigAlgorithm::hmac_sha256);
  const TsigKey leaked = make_tsig_key(name("leaked.corp.test"), TsigAlgorithm::hmac_sha256);
  const Scope www{.name = name("www.corp.test")};
  const Scope below{.name = name("b.corp.test"), .reach = Scope::Reach::subtree};
  const Scope never{.name = name("x.b.corp.test"), .excluded = true};
  Credential wanted;
  wanted.scopes = {www, below};
  wanted.tsig_keys = {kept, leaked};
  wanted.login = Login{"farm", hash_of_password("secret")};
  const std::string id = run(credentials_->create(wanted, anna_)).value()->id;
  fill();
  EXPECT_EQ(update(id, [&](Credential& c) { c.tsig_keys = {kept}; }), kNone);
  EXPECT_EQ(update(id, [&](Credential& c) { c.login->password = hash_of_password("another"); }), kNone);
  EXPECT_EQ(update(id, [&](Credential& c) { c.scopes = {www, below, never}; }), kNone);
  EXPECT_EQ(log_.take().size(), 3u);
  EXPECT_EQ(update(id, [&](Credential& c) { c.scopes = {www, below}; }), ErrorKind::unavailable);
  EXPECT_EQ(update(id, [&](Credential& c) { c.scopes = {below, never}; }), kNone);
  EXPECT_EQ(update(id, [&](Credential& c) { c.scopes.push_back(www); }), ErrorKind::unavailable);
  EXPECT_EQ(update(id, [&](Credential& c) { c.tsig_keys.push_back(leaked); }), ErrorKind::unavailable);
  EXPECT_EQ(update(id, [](Credential& c) { c.login.reset(); }), kNone);
  EXPECT_EQ(update(id,
                   [](Credential& c) {
                     c.login = Login{"farm", hash_of_password("secret")};
                   }),
            ErrorKind::unavailable);
  EXPECT_EQ(update(id, [](Credential& c) { c.disabled = true; }), kNone);
  EXPECT_EQ(update(id, [](Credential& c) { c.disabled = false; }), ErrorKind::unavailable);
  Credential another;
  another.scopes = {www};
  EXPECT_EQ(kind(run(credentials_->create(another, anna_))), ErrorKind::unavailable);
  EXPECT_EQ(kind(run(credentials_->remove(id, anna_))), kNone);
}

TEST_F(FullStoreTest, AnRRsetIsReplacedByOneOfItsSizeAndByNoLarger) {
  ASSERT_EQ(import("www A 192.0.2.1\n"), kNone);
  fill();
  EXPECT_EQ(put("www.corp.test", {"192.0.2.2"}), kNone);
  EXPECT_EQ(log_.take().size(), 1u);
  std::vector<std::string> many;
  for (int i = 0; i < 20; ++i)
    many.push_back("192.0.2." + std::to_string(i));
  EXPECT_EQ(put("www.corp.test", many), ErrorKind::unavailable);
  EXPECT_EQ(put("new.corp.test", {"192.0.2.1"}), ErrorKind::unavailable);
  EXPECT_EQ(kind(run(publishing_->delete_rrset(name("www.corp.test"), kTypeA, anna_))), kNone);
}

TEST_F(FullStoreTest, AnImportMakesAZoneSmallerAndNoLarger) {
  ASSERT_EQ(import("www A 192.0.2.1\napi A 192.0.2.2\nold A 192.0.2.3\n"), kNone);
  fill();
  EXPECT_EQ(import("www A 192.0.2.9\napi A 192.0.2.2\n"), kNone);
  EXPECT_EQ(log_.take().size(), 1u);
  EXPECT_EQ(import("www A 192.0.2.9\napi A 192.0.2.2\nnew A 192.0.2.4\n"), ErrorKind::unavailable);
}

}  // namespace
}  // namespace dnsserver
