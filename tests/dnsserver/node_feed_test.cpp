#include "dnsserver/node_feed.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>
#include <thread>

#include "dnsserver/keys.h"
#include "dnsserver/respond.h"
#include "dnsserver/wire.h"
#include "storage/lmdb/lmdb_store.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

namespace dnsserver {
namespace {

using Kind = NodeSource::Kind;
using base::Result;
using base::Task;

Name name(std::string_view text) { return Name::parse(text).value(); }

Bytes key(std::string_view owner) { return node_key(name("corp.test"), name(owner)); }

// A reader that does what a test says before each look-up, and fails as that fails.
class HookedReader final : public storage::Reader {
 public:
  using Hook = std::function<Result<void>()>;

  HookedReader(std::unique_ptr<storage::Reader> reader, const Hook& hook)
      : reader_(std::move(reader)), hook_(hook) {}
  Result<bool> refresh() override { return reader_->refresh(); }
  void park() override { reader_->park(); }
  Result<std::optional<BytesView>> get(BytesView key) override { return reader_->get(key); }
  Result<std::optional<storage::EntryView>> lower_bound(BytesView key) override {
    const auto found = reader_->lower_bound(key);  // of the snapshot before the hook
    CHECK(hook_());
    return found;
  }

 private:
  std::unique_ptr<storage::Reader> reader_;
  const Hook& hook_;
};

class HookedStore final : public support::ForwardingStore {
 public:
  HookedStore() : ForwardingStore(store) {}

  std::unique_ptr<storage::Reader> reader() override {
    return std::make_unique<HookedReader>(store.reader(), before_read);
  }

  storage::MemoryStore store;
  HookedReader::Hook before_read = [] { return Result<void>(); };
};

void commit(storage::Store& store, storage::Batch batch) {
  EXPECT_TRUE(support::run_task(store.commit(std::move(batch))));
}

// What an index says of a name in corp.test, whoever else reads it.
NodeSource::Found find(NodeFeed& feed, std::string_view owner) {
  static const ZoneTable zones({{.apex = name("corp.test"), .name_servers = {}, .contact = {}}});
  const LoweredName lowered(name(owner));
  IndexedNodes nodes(feed.index());
  nodes.pass();
  return nodes.find(*zones.find(lowered), lowered, lowered.label_count());
}

TEST(NodeFeed, LoadsTheNodesThatAreThereAndNothingElse) {
  storage::MemoryStore store;
  commit(store,
         {.puts = {{key("corp.test"), "apex"}, {key("a.b.corp.test"), "deep"}, {"m", "m"}, {"o", "o"}}});
  NodeFeed feed(store);
  EXPECT_EQ(feed.index().size(), 3u);
  EXPECT_EQ(find(feed, "a.b.corp.test").blob, "deep");
  EXPECT_EQ(find(feed, "b.corp.test").kind, Kind::empty_non_terminal);
  EXPECT_EQ(find(feed, "corp.test").blob, "apex");
}

std::optional<bool> is_held(NodeFeed& feed, std::string_view held) {
  IndexedNodes nodes(feed.index());
  nodes.pass();
  return nodes.is_held(LoweredName(name(held)));
}

TEST(NodeFeed, LoadsAndFollowsHeldNames) {
  HookedStore store;
  commit(store, {.puts = {{held_name_key(name("a.corp.test")), "1"},
                          {held_name_key(name("b.corp.test")), "1"},
                          {key("corp.test"), "apex"}}});
  int reads = 0;
  store.before_read = [&] {
    // It has read the node and goes on to read both of what was held.
    if (++reads == 2) {
      commit(store,
             {.puts = {{held_name_key(name("a.corp.test")), "2"}, {held_name_key(name("c.corp.test")), "1"}},
              .deletes = {held_name_key(name("b.corp.test"))}});
    }
    return Result<void>();
  };
  NodeFeed feed(store);
  EXPECT_EQ(is_held(feed, "a.corp.test"), true);
  EXPECT_EQ(is_held(feed, "b.corp.test"), false);
  EXPECT_EQ(is_held(feed, "c.corp.test"), true);
  commit(store, {.deletes = {held_name_key(name("a.corp.test")), held_name_key(name("c.corp.test")),
                             key("corp.test")}});
  EXPECT_EQ(is_held(feed, "corp.test"), false);
  EXPECT_EQ(feed.index().size(), 0u);
}

TEST(NodeFeed, DeniesNothingOnceTheStoreHeldAHeldNameWithoutAName) {
  storage::MemoryStore store;
  commit(store, {.puts = {{Bytes("e\4test\0\1a", 8), "1"}}});
  NodeFeed feed(store);
  EXPECT_EQ(is_held(feed, "corp.test"), std::nullopt);
}

TEST(NodeFeed, ShowsACommitByTheTimeItIsAnswered) {
  const support::TempDirectory directory;
  const auto store = storage::LmdbStore::open({.directory = directory.path(), .size_max = 64 << 20}).value();
  NodeFeed feed(*store);
  for (int i = 0; i < 100; ++i) {
    commit(*store, {.puts = {{key("www.corp.test"), std::to_string(i)}}});
    ASSERT_EQ(find(feed, "www.corp.test").blob, std::to_string(i));
  }
  commit(*store, {.deletes = {key("www.corp.test"), key("never.corp.test")}});
  EXPECT_EQ(find(feed, "www.corp.test").kind, Kind::absent);
}

TEST(NodeFeed, KeepsUpWithManyWhoCommitAtOnce) {
  const support::TempDirectory directory;
  const auto store = storage::LmdbStore::open({.directory = directory.path(), .size_max = 64 << 20}).value();
  NodeFeed feed(*store);
  std::vector<std::thread> writers;
  for (unsigned writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      std::mt19937 random(writer);
      for (int i = 0; i < 200; ++i) {
        const Bytes owner = key("n" + std::to_string(random() % 20) + ".corp.test");
        if (random() % 3 == 0) {
          commit(*store, {.deletes = {owner}});
        } else {
          commit(*store, {.puts = {{owner, std::to_string(random())}}});
        }
      }
    });
  }
  for (std::thread& writer : writers)
    writer.join();
  for (int i = 0; i < 20; ++i) {
    const std::string owner = "n" + std::to_string(i) + ".corp.test";
    const auto stored = support::run_task(store->get(key(owner))).value();
    EXPECT_EQ(find(feed, owner).kind == Kind::node, stored.has_value());
    EXPECT_EQ(find(feed, owner).blob, stored ? stored->value : "");
  }
}

TEST(NodeFeed, TakesWhatIsCommittedWhileItLoads) {
  HookedStore store;
  commit(store,
         {.puts = {{key("a.corp.test"), "old"}, {key("b.corp.test"), "old"}, {key("c.corp.test"), "old"}}});
  int reads = 0;
  store.before_read = [&] {
    // It has read "a" and goes on to read what was "b" and "c".
    if (++reads == 2) {
      commit(store,
             {.puts = {{key("a.corp.test"), "new"}, {key("c.corp.test"), "new"}, {key("d.corp.test"), "new"}},
              .deletes = {key("b.corp.test")}});
    }
    return Result<void>();
  };
  NodeFeed feed(store);
  EXPECT_EQ(find(feed, "a.corp.test").blob, "new");
  EXPECT_EQ(find(feed, "b.corp.test").kind, Kind::absent);
  EXPECT_EQ(find(feed, "c.corp.test").blob, "new");
  EXPECT_EQ(find(feed, "d.corp.test").blob, "new");
}

// RFC 8914 §4.15: INFO-CODE 14, Not Ready.
const Bytes kNotReady("\0\x0f\0\2\0\x0e", 6);

TEST(NodeFeed, AnswersServfailWithItsReasonForWhatCouldNotBeRead) {
  HookedStore store;
  const Zone zone{.apex = name("corp.test"), .name_servers = {name("ns1.test")}, .contact = name("x.test")};
  const RRset apex[] = {soa_rrset(zone), ns_rrset(zone)};
  const RRset txt{name("a.corp.test"), kTypeTxt, 60, {Bytes("\1v")}};
  commit(store, {.puts = {{key("corp.test"), render_node(apex).value()},
                          {key("a.corp.test"), render_node({&txt, 1}).value()},
                          {key("b.corp.test"), render_node({&txt, 1}).value()}}});
  int reads = 0;
  store.before_read = [&]() -> Result<void> {
    if (++reads <= 2) return {};
    return base::fail(base::ErrorKind::internal, "told to fail");
  };
  NodeFeed feed(store);
  IndexedNodes nodes(feed.index());
  nodes.pass();
  const ZoneTable zones({zone});
  const EdnsPolicy policy;
  const QueryContext context{.transport = Transport::udp, .client = {}, .now = {}, .policy = policy};
  const auto ask = [&](std::string_view owner, uint16_t type) {
    Bytes response(kUdpSizeMax, '\0');
    response.resize(respond(with_edns(make_query(owner, type)), response, context, zones, nodes).size);
    return response;
  };
  EXPECT_EQ(rcode_of(ask("a.corp.test", kTypeTxt)), uint8_t(Rcode::noerror)) << "it was read";
  for (std::string_view owner : {"b.corp.test", "never.corp.test", "x.a.corp.test"}) {
    const Bytes response = ask(owner, kTypeTxt);
    EXPECT_EQ(rcode_of(response), uint8_t(Rcode::servfail)) << owner;
    EXPECT_TRUE(response.ends_with(kNotReady)) << owner;
  }
}

TEST(NodeFeed, DeniesNothingOnceTheStoreHeldANodeWithoutAnOwner) {
  storage::MemoryStore store;
  commit(store, {.puts = {{"n-what-is-this", "node"}, {key("www.corp.test"), "node"}}});
  NodeFeed feed(store);
  EXPECT_EQ(find(feed, "www.corp.test").kind, Kind::node);
  EXPECT_EQ(find(feed, "never.corp.test").kind, Kind::broken);
}

}  // namespace
}  // namespace dnsserver
