#include <gmock/gmock.h>

#include "tests/storage/store_contract.h"

namespace storage {
namespace {

std::optional<Bytes> read(Reader& reader, BytesView key) {
  const auto value = reader.get(key).value();
  return value ? std::optional<Bytes>(*value) : std::nullopt;
}

// "key=value" of the first entry from `key` on; "" if there is none.
Bytes first(Reader& reader, BytesView key) {
  const auto entry = reader.lower_bound(key).value();
  return entry ? Bytes(entry->key) + "=" + Bytes(entry->value) : "";
}

TEST_P(StoreContract, AReaderFindsKeysAndValues) {
  put("a", "1");
  put("b", "");
  const auto reader = store_->reader();
  EXPECT_EQ(read(*reader, "a"), "1");
  EXPECT_EQ(read(*reader, "b"), "");
  EXPECT_EQ(read(*reader, "aa"), std::nullopt);
  EXPECT_EQ(read(*reader, ""), std::nullopt);
  EXPECT_EQ(read(*reader, Bytes(1000, 'a')), std::nullopt);
}

TEST_P(StoreContract, LowerBoundIsTheFirstEntryFromAKeyOn) {
  commit({.puts = {{"b", "1"}, {"bb", "2"}, {"d", "3"}}}).value();
  const auto reader = store_->reader();
  EXPECT_EQ(first(*reader, ""), "b=1");
  EXPECT_EQ(first(*reader, "a"), "b=1");
  EXPECT_EQ(first(*reader, "b"), "b=1");
  EXPECT_EQ(first(*reader, "ba"), "bb=2");
  EXPECT_EQ(first(*reader, Bytes(1000, 'b')), "d=3");
  EXPECT_EQ(first(*reader, "c"), "d=3");
  EXPECT_EQ(first(*reader, "da"), "");
  EXPECT_EQ(first(*reader, "b"), "b=1") << "it can go back";
}

TEST_P(StoreContract, AReaderOfAnEmptyStoreFindsNothing) {
  const auto reader = store_->reader();
  EXPECT_EQ(read(*reader, "a"), std::nullopt);
  EXPECT_EQ(first(*reader, ""), "");
  EXPECT_FALSE(reader->refresh().value());
}

TEST_P(StoreContract, AReaderStaysAtItsRevisionUntilItRefreshes) {
  put("a", "1");
  const auto reader = store_->reader();
  EXPECT_EQ(read(*reader, "a"), "1");
  commit({.puts = {{"a", "2"}, {"b", "2"}}}).value();
  EXPECT_EQ(read(*reader, "a"), "1");
  EXPECT_EQ(first(*reader, "aa"), "");
  EXPECT_TRUE(reader->refresh().value());
  EXPECT_EQ(read(*reader, "a"), "2");
  EXPECT_EQ(first(*reader, "aa"), "b=2");
}

TEST_P(StoreContract, AViewOutlivesTheEntryUntilTheReaderRefreshes) {
  put("a", "1");
  const auto reader = store_->reader();
  const BytesView view = reader->get("a").value().value();
  remove("a");
  for (int i = 0; i < 10; ++i)
    put("b", Bytes(5000, 'b'));
  EXPECT_EQ(view, "1");
  EXPECT_TRUE(reader->refresh().value());
  EXPECT_EQ(read(*reader, "a"), std::nullopt);
}

TEST_P(StoreContract, RefreshSaysWhetherTheRevisionMoved) {
  const auto reader = store_->reader();
  put("a", "1");
  EXPECT_TRUE(reader->refresh().value());
  EXPECT_FALSE(reader->refresh().value());
  EXPECT_FALSE(commit({.expected = {{"a", 9}}}));
  EXPECT_FALSE(reader->refresh().value()) << "a conflict changes nothing";
  put("a", "2");
  put("a", "3");
  EXPECT_TRUE(reader->refresh().value());
  EXPECT_FALSE(reader->refresh().value());
}

TEST_P(StoreContract, AParkedReaderRefreshesByItself) {
  put("a", "1");
  const auto reader = store_->reader();
  EXPECT_EQ(read(*reader, "a"), "1");
  reader->park();
  put("a", "2");
  EXPECT_EQ(read(*reader, "a"), "2");
  reader->park();
  reader->park();
  put("a", "3");
  EXPECT_EQ(first(*reader, ""), "a=3");
  reader->park();
  EXPECT_FALSE(reader->refresh().value()) << "it is where it was last";
}

TEST_P(StoreContract, ReadersAreIndependentOfEachOther) {
  put("a", "1");
  const auto old = store_->reader();
  EXPECT_EQ(read(*old, "a"), "1");
  put("a", "2");
  const auto fresh = store_->reader();
  EXPECT_EQ(read(*fresh, "a"), "2");
  EXPECT_EQ(read(*old, "a"), "1");
}

}  // namespace
}  // namespace storage
