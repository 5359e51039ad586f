#include "storage/ledger.h"

#include <gtest/gtest.h>

#include "base/openssl.h"

namespace storage {
namespace {

using base::ErrorKind;

LedgerEntry entry_of(const Put& put) { return parse_ledger_entry("~", put.key, put.value).value(); }

TEST(Ledger, LinksAnEntryToTheOneBeforeAsItsFormatSays) {
  const Put first = next_entry({"~", "first"}, {});
  EXPECT_EQ(first.key, Bytes("~\0\0\0\0\0\0\0\1", 9));
  const Bytes link = base::sha256(Bytes(32, '\0') + Bytes("\0\0\0\0\0\0\0\1", 8) + "first");
  EXPECT_EQ(first.value, link + "first");
  const Put second = next_entry({"~", "second"}, {1, link});
  EXPECT_EQ(second.value.substr(0, 32), base::sha256(link + Bytes("\0\0\0\0\0\0\0\2", 8) + "second"));
}

TEST(Ledger, ReadsWhatItWrote) {
  const Put put = next_entry({"~", "payload"}, {0x0102030405060707, Bytes(32, 'l')});
  const LedgerEntry entry = entry_of(put);
  EXPECT_EQ(entry.head.sequence, 0x0102030405060708u);
  EXPECT_EQ(entry.head.link, put.value.substr(0, 32));
  EXPECT_EQ(entry.payload, "payload");
}

TEST(Ledger, RefusesWhatIsNoEntryOfIts) {
  const Put put = next_entry({"~", "payload"}, {});
  for (const auto& [key, value] : {std::pair{put.key.substr(1), put.value},
                                   {put.key + "x", put.value},
                                   {put.key.substr(0, 8), put.value},
                                   {put.key, put.value.substr(0, 31)}}) {
    EXPECT_EQ(parse_ledger_entry("~", key, value).error().kind, ErrorKind::internal);
  }
}

TEST(Ledger, AnEntryFollowsOnlyTheOneThatItWasAppendedTo) {
  const LedgerHead head{7, base::sha256("seven")};
  const LedgerEntry entry = entry_of(next_entry({"~", "payload"}, head));
  EXPECT_TRUE(follows(entry, head));
  EXPECT_FALSE(follows(entry, {6, head.link}));
  EXPECT_FALSE(follows(entry, {7, base::sha256("other")}));
  LedgerEntry changed = entry;
  changed.payload[0] ^= 1;
  EXPECT_FALSE(follows(changed, head));
  changed = entry;
  changed.head.link[31] ^= 1;
  EXPECT_FALSE(follows(changed, head));
  changed = entry;
  ++changed.head.sequence;
  EXPECT_FALSE(follows(changed, head));
}

TEST(Ledger, WhatWasCutDownFollowsNothing) {
  const LedgerHead head{7, base::sha256("seven")};
  EXPECT_FALSE(follows({with_one_more(head, ""), ""}, head));
}

TEST(Ledger, EndsWhereItsLastEntrySays) {
  const Put last = next_entry({"~", "payload"}, {7, base::sha256("seven")});
  EXPECT_EQ(ledger_head_at("~", last.key, last.value), entry_of(last).head);
  EXPECT_EQ(ledger_head_at("~", "zone", "value"), LedgerHead{});
  EXPECT_EQ(ledger_head_at("~", last.key, "short").error().kind, ErrorKind::internal);
}

}  // namespace
}  // namespace storage
