#include "dnsserver/lowered_name.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace dnsserver {
namespace {

Name name(std::string_view text) { return Name::parse(text).value(); }

TEST(LoweredName, IsWhatNameSays) {
  for (const std::string text :
       {".", "test", "WWW.Corp.TEST", "a.b.c.d.e.f.g.h", "1b671a64-40D5-491e-99B0-da01ff1f3341.acme.test",
        "@[`{.\\000\\255\\192\\218\\223.x"}) {
    const Name plain = name(text);
    // Whatever stands in front of the name and behind it, and however little does.
    for (const size_t before : {0, 1, 12}) {
      for (size_t behind = 0; behind < 20; ++behind) {
        const Bytes octets = Bytes(before, 'B') + Bytes(plain.wire()) + Bytes(behind, 'A');
        LoweredName lowered;
        ASSERT_EQ(lowered.read(octets, before), before + plain.wire().size()) << text;
        EXPECT_EQ(lowered.wire(), plain.lowered()) << text;
        EXPECT_EQ(lowered.label_count(), plain.label_count()) << text;
      }
    }
  }
}

TEST(LoweredName, LowersLettersAndNothingElse) {
  for (int octet = 0; octet < 256; ++octet) {
    const Bytes label(9, char(octet));
    LoweredName lowered;
    const Bytes wire = char(label.size()) + label + '\0';
    ASSERT_EQ(lowered.read(wire, 0), wire.size());
    EXPECT_EQ(lowered.wire().substr(1, 9), Bytes(9, base::lower(char(octet)))) << octet;
  }
}

TEST(LoweredName, IsNotReadWhereThereIsNone) {
  LoweredName lowered;
  const Bytes whole(name("www.corp.test").wire());
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(lowered.read(BytesView(whole).substr(0, size), 0), 0u) << size;
  EXPECT_EQ(lowered.read(whole, whole.size()), 0u);
  EXPECT_EQ(lowered.read(whole, whole.size() + 1), 0u);
  EXPECT_EQ(lowered.read(Bytes("\xc0\x0c", 2), 0), 0u) << "a pointer";
  EXPECT_EQ(lowered.read("\x40" + Bytes(64, 'a') + Bytes(1, '\0'), 0), 0u) << "a label of 64 octets";
}

TEST(LoweredName, HashesEachSuffixAsTheNameThatItIs) {
  const LoweredName long_name(name("a.long-label-of-more-than-eight-octets.B.Corp.test"));
  Name suffix = name("A.LONG-label-of-more-than-eight-octets.b.corp.test");
  for (size_t labels = 5;; --labels, suffix = suffix.parent()) {
    EXPECT_EQ(long_name.suffix(labels), suffix.lowered());
    EXPECT_EQ(long_name.hash(labels), LoweredName(suffix).hash(labels)) << suffix.text();
    EXPECT_EQ(long_name.wildcard_hash(labels), LoweredName(suffix.prepend("*").value()).hash(labels + 1));
    if (labels == 0) break;
  }
}

TEST(LoweredName, HashesDifferentNamesDifferently) {
  std::set<uint64_t> hashes;
  size_t names = 0;
  for (const std::string label : {"a", "b", "ab", "aaaaaaa", "aaaaaaaa", "aaaaaaaab", "1a", "-"}) {
    for (const std::string parent : {"", ".a", ".b", ".a.b", ".b.a", ".ab", ".1", ".aaaaaaaa"}) {
      const LoweredName lowered(name(label + parent));
      hashes.insert(lowered.hash(lowered.label_count()));
      ++names;
    }
  }
  EXPECT_EQ(hashes.size(), names);
}

// A hash that only begins with a secret: the highest bit of one word, taken back by the next one, gave two names
// the same hash in every process.
TEST(LoweredName, HashesNamesThatWereChosenToCollideDifferently) {
  for (const Bytes& parent : {Bytes(1, '\0'), Bytes(name("corp.test").wire())}) {
    const Bytes one = Bytes(1, '\x0f') + Bytes(15, 'a') + parent;
    for (const std::vector<size_t>& flipped : {std::vector<size_t>{7, 15, 11}, {7, 15}, {7, 11}}) {
      Bytes other = one;
      for (const size_t at : flipped)
        other[at] ^= '\x80';
      LoweredName first;
      LoweredName second;
      ASSERT_NE(first.read(one, 0), 0u);
      ASSERT_NE(second.read(other, 0), 0u);
      EXPECT_NE(first.hash(first.label_count()), second.hash(second.label_count()));
    }
  }
}

}  // namespace
}  // namespace dnsserver
