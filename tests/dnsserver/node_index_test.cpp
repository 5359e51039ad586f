#include "dnsserver/node_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>

#include "dnsserver/keys.h"
#include "dnsserver/node_key.h"
#include "tests/dnsserver/map_reader.h"

namespace dnsserver {
namespace {

using Kind = NodeSource::Kind;

Name name(std::string_view text) { return Name::parse(text).value(); }

Zone zone(std::string_view apex) { return {.apex = name(apex), .name_servers = {}, .contact = {}}; }

// An index and what is asked of it; a node is any octets.
class NodeIndexTest : public testing::Test {
 protected:
  NodeIndexTest() { nodes_.pass(); }

  void put(std::string_view apex, std::string_view owner, BytesView node) {
    index_.put(LoweredName(name(owner)), name(apex).label_count(), node);
  }
  void erase(std::string_view apex, std::string_view owner) {
    index_.erase(LoweredName(name(owner)), name(apex).label_count());
  }
  void hold(std::string_view held) { index_.hold(LoweredName(name(held))); }
  void release(std::string_view held) { index_.release(LoweredName(name(held))); }
  std::optional<bool> is_held(std::string_view asked) { return nodes_.is_held(LoweredName(name(asked))); }
  NodeSource::Found find(std::string_view apex, std::string_view owner) {
    const LoweredName lowered(name(owner));
    return nodes_.find(served(apex), lowered, lowered.label_count());
  }
  const ServedZone& served(std::string_view apex) const {
    const ServedZone* found = zones_.find(name(apex));
    EXPECT_EQ(found->apex, name(apex).lowered());
    return *found;
  }

  const ZoneTable zones_{{zone("corp.test"), zone("sub.corp.test"), zone("other.test"), zone(".")}};
  NodeIndex index_;
  IndexedNodes nodes_{index_};
};

TEST_F(NodeIndexTest, FindsWhatWasPutAndNothingElse) {
  put("corp.test", "www.corp.test", "node");
  EXPECT_EQ(find("corp.test", "WWW.corp.test").kind, Kind::node);
  EXPECT_EQ(find("corp.test", "www.corp.test").blob, "node");
  EXPECT_EQ(find("corp.test", "ww.corp.test").kind, Kind::absent);
  EXPECT_EQ(find("corp.test", "a.www.corp.test").kind, Kind::absent);
  put("corp.test", "www.corp.test", "another");
  EXPECT_EQ(find("corp.test", "www.corp.test").blob, "another");
  erase("corp.test", "www.corp.test");
  EXPECT_EQ(find("corp.test", "www.corp.test").kind, Kind::absent);
  erase("corp.test", "www.corp.test");
  EXPECT_EQ(index_.size(), 0u);
}

TEST_F(NodeIndexTest, KnowsEmptyNonTerminalsForAsLongAsSomethingIsBelowThem) {
  put("corp.test", "a.b.c.corp.test", "deep");
  EXPECT_EQ(find("corp.test", "b.c.corp.test").kind, Kind::empty_non_terminal);
  EXPECT_EQ(find("corp.test", "corp.test").kind, Kind::empty_non_terminal);
  put("corp.test", "c.corp.test", "between");
  put("corp.test", "other.c.corp.test", "beside");
  EXPECT_EQ(find("corp.test", "c.corp.test").blob, "between");
  erase("corp.test", "a.b.c.corp.test");
  EXPECT_EQ(find("corp.test", "b.c.corp.test").kind, Kind::absent);
  erase("corp.test", "c.corp.test");
  EXPECT_EQ(find("corp.test", "c.corp.test").kind, Kind::empty_non_terminal);
  erase("corp.test", "b.c.corp.test");
  EXPECT_EQ(find("corp.test", "c.corp.test").kind, Kind::empty_non_terminal) << "no node was there";
  erase("corp.test", "other.c.corp.test");
  EXPECT_EQ(find("corp.test", "corp.test").kind, Kind::absent);
  EXPECT_EQ(index_.size(), 0u);
}

TEST_F(NodeIndexTest, TellsTheSameNameInTwoZonesApart) {
  put("corp.test", "sub.corp.test", "cut");
  put("sub.corp.test", "sub.corp.test", "apex");
  put("sub.corp.test", "www.sub.corp.test", "below");
  put("corp.test", "ns.sub.corp.test", "glue");
  EXPECT_EQ(find("corp.test", "sub.corp.test").blob, "cut");
  EXPECT_EQ(find("sub.corp.test", "sub.corp.test").blob, "apex");
  EXPECT_EQ(find("corp.test", "www.sub.corp.test").kind, Kind::absent);
  erase("sub.corp.test", "www.sub.corp.test");
  erase("sub.corp.test", "sub.corp.test");
  EXPECT_EQ(find("sub.corp.test", "sub.corp.test").kind, Kind::absent);
  EXPECT_EQ(find("corp.test", "ns.sub.corp.test").blob, "glue");
}

TEST_F(NodeIndexTest, KnowsHeldNamesAndThoseAboveThemBesideTheZones) {
  EXPECT_EQ(is_held("."), false);
  hold("a.b.corp.test");
  hold("a.b.corp.test");
  put("corp.test", "www.corp.test", "node");
  for (const char* held : {"a.b.corp.test", "B.corp.test", "test", "."})
    EXPECT_EQ(is_held(held), true) << held;
  for (const char* other : {"x.a.b.corp.test", "www.corp.test", "c.corp.test", "other.test"})
    EXPECT_EQ(is_held(other), false) << other;
  EXPECT_EQ(find("corp.test", "a.b.corp.test").kind, Kind::absent);
  EXPECT_EQ(find(".", "test").kind, Kind::absent);
  release("a.b.corp.test");
  release("a.b.corp.test");
  EXPECT_EQ(is_held("."), false);
  erase("corp.test", "www.corp.test");
  EXPECT_EQ(index_.size(), 0u);
}

TEST_F(NodeIndexTest, SaysBrokenWhereItMayLackSomething) {
  put("corp.test", "a.b.corp.test", "node");
  index_.set_incomplete();
  EXPECT_EQ(find("corp.test", "a.b.corp.test").kind, Kind::node);
  EXPECT_EQ(find("corp.test", "b.corp.test").kind, Kind::broken)
      << "what is below it is there, its own node may not be";
  EXPECT_EQ(find("corp.test", "c.corp.test").kind, Kind::broken);
  EXPECT_EQ(is_held("c.corp.test"), std::nullopt);
}

TEST_F(NodeIndexTest, FindsEachOfManyNamesWhileItGrowsAndShrinks) {
  constexpr int kNames = 20'000;
  const auto owner = [](int i) { return "n" + std::to_string(i) + ".corp.test"; };
  for (int i = 0; i < kNames; ++i) {
    put("corp.test", owner(i), std::to_string(i));
    if (i % 3 == 0) erase("corp.test", owner(i / 2));
  }
  for (int i = 0; i < kNames; ++i) {
    const bool erased = i <= (kNames - 1) / 2 && (2 * i % 3 == 0 || (2 * i + 1) % 3 == 0);
    const auto found = find("corp.test", owner(i));
    ASSERT_EQ(found.kind, erased ? Kind::absent : Kind::node) << i;
    EXPECT_EQ(found.blob, erased ? "" : std::to_string(i));
  }
  for (int i = 0; i < kNames; ++i)
    erase("corp.test", owner(i));
  EXPECT_EQ(index_.size(), 0u);
}

TEST_F(NodeIndexTest, FreesNothingUntilTheReadersHavePassed) {
  put("corp.test", "www.corp.test", "old");
  const BytesView old = find("corp.test", "www.corp.test").blob;
  put("corp.test", "www.corp.test", "new");
  index_.reclaim();
  EXPECT_GT(index_.unreclaimed(), 0u);
  EXPECT_EQ(old, "old");
  nodes_.pass();
  index_.reclaim();
  EXPECT_EQ(index_.unreclaimed(), 0u);
}

TEST_F(NodeIndexTest, DoesNotGrowWhenNamesComeAndGo) {
  for (int i = 0; i < 100'000; ++i) {
    const std::string owner = "n" + std::to_string(i) + ".corp.test";
    put("corp.test", owner, "node");
    erase("corp.test", owner);
    nodes_.pass();
    index_.reclaim();
    ASSERT_LT(index_.unreclaimed(), 100'000u);
  }
  nodes_.pass();
  index_.reclaim();
  EXPECT_EQ(index_.unreclaimed(), 0u);
}

// Random changes to overlapping zones; after each, the index finds what the store finds, at every name and at the
// wildcard below it.
TEST_F(NodeIndexTest, IsWhatTheStoreIs) {
  std::mt19937 random(2026);
  const auto below = [&](std::string owner) {
    for (auto labels = random() % 4; labels > 0; --labels)
      owner = std::string(1, "abc*"[random() % 4]) + (owner == "." ? "" : ".") + owner;
    return owner;
  };
  const std::string apexes[] = {"corp.test", "sub.corp.test", "other.test", "."};
  MapReader store;
  StoredNodes stored(store);
  for (int change = 0; change < 20'000; ++change) {
    const std::string& apex = apexes[random() % 4];
    const std::string owner = below(random() % 8 == 0 && apex == "corp.test" ? "sub.corp.test" : apex);
    const Bytes key = node_key(name(apex), name(owner));
    if (random() % 2000 == 0) {
      const Bytes prefix = nodes_prefix(name(apex));  // the zone is deleted
      for (auto at = store.entries.lower_bound(prefix);
           at != store.entries.end() && at->first.starts_with(prefix);) {
        LoweredName gone;
        index_.erase(gone, read_node_key(at->first, gone).value());
        at = store.entries.erase(at);
      }
    } else if (random() % 2 == 0) {
      store.entries[key] = std::to_string(change);
      put(apex, owner, std::to_string(change));
    } else {
      store.entries.erase(key);
      erase(apex, owner);
    }
    const std::string held = below(below(apexes[random() % 4]));
    if (random() % 2 == 0) {
      store.entries[held_name_key(name(held))] = "count";
      hold(held);
    } else {
      store.entries.erase(held_name_key(name(held)));
      release(held);
    }
    const std::string& asked_apex = apexes[random() % 4];
    const LoweredName asked(name(below(below(asked_apex))));
    ASSERT_EQ(nodes_.is_held(asked), stored.is_held(asked)) << change;
    const ServedZone& zone = served(asked_apex);
    for (size_t labels = zone.label_count; labels <= asked.label_count(); ++labels) {
      const auto expected = stored.find(zone, asked, labels);
      const auto found = nodes_.find(zone, asked, labels);
      ASSERT_EQ(found.kind, expected.kind) << change;
      ASSERT_EQ(found.blob, expected.blob) << change;
      if (labels == asked.label_count()) break;
      ASSERT_EQ(nodes_.find_wildcard(zone, asked, labels).kind,
                stored.find_wildcard(zone, asked, labels).kind);
      ASSERT_EQ(nodes_.find_wildcard(zone, asked, labels).blob,
                stored.find_wildcard(zone, asked, labels).blob);
    }
    nodes_.pass();
    index_.reclaim();
  }
  for (const auto& [key, node] : store.entries) {
    LoweredName gone;
    if (read_held_name_key(key, gone)) {
      index_.release(gone);
    } else {
      const size_t apex_labels = read_node_key(key, gone).value();
      index_.erase(gone, apex_labels);
    }
  }
  EXPECT_EQ(index_.size(), 0u) << "no empty non-terminal is left over";
}

// Names that stay are found at any time, with one of their values, whatever happens to the others.
TEST_F(NodeIndexTest, IsReadWhileItIsWritten) {
  constexpr int kStay = 50;
  const auto stays = [](int i) { return "stays" + std::to_string(i) + ".a.corp.test"; };
  for (int i = 0; i < kStay; ++i)
    put("corp.test", stays(i), "0");
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      IndexedNodes nodes(index_);
      const ServedZone& zone = served("corp.test");
      for (int turn = 0; !done; ++turn) {
        nodes.pass();
        for (int at = 0; at < kStay; ++at) {
          const LoweredName asked(name(stays(at)));
          const auto found = nodes.find(zone, asked, asked.label_count());
          wrong += found.kind != Kind::node || found.blob.empty() || found.blob.front() != '0';
          wrong += nodes.find(zone, asked, asked.label_count() - 1).kind != Kind::empty_non_terminal;
        }
        if (turn % 7 == 0) nodes.rest();
      }
    });
  }
  nodes_.rest();
  for (int i = 0; i < 3000; ++i) {
    put("corp.test", stays(i % kStay), Bytes(size_t(i % 100) + 1, '0'));
    put("corp.test", "n" + std::to_string(i) + ".b.corp.test", "comes");
    if (i >= 500) erase("corp.test", "n" + std::to_string(i - 500) + ".b.corp.test");
    index_.reclaim();
  }
  done = true;
  for (std::thread& reader : readers)
    reader.join();
  EXPECT_EQ(wrong, 0);
  index_.reclaim();
  EXPECT_EQ(index_.unreclaimed(), 0u);
}

}  // namespace
}  // namespace dnsserver
