#include "dnsserver/keys.h"

#include <gtest/gtest.h>

#include "base/openssl.h"

#include "dnsserver/node_key.h"

namespace dnsserver {
namespace {

using namespace std::string_literals;

Name name(std::string_view text) { return Name::parse(text).value(); }

const Name kApex = name("corp.Test");

TEST(Keys, AreLaidOutAsTheHeaderSays) {
  EXPECT_EQ(zone_key(kApex), "z\4test\4corp"s);
  EXPECT_EQ(static_rrset_key(kApex, name("WWW.corp.test"), 0x0110), "r\4test\4corp\0\3www\0\x01\x10"s);
  EXPECT_EQ(node_key(kApex, name("a.WWW.corp.test")), "n\4test\4corp\0\3www\1a"s);
  EXPECT_EQ(node_key(Name(), name("test")), "n\0\4test"s);
  // printf 'alice\0value' | sha256sum
  EXPECT_EQ(challenge_key(kApex, kApex, "alice", "value"),
            "c\4test\4corp\0\0\xd8\x2f\xf7\xe4\x2d\x62\x2d\x0f\xe2\x96\x1a\xb5\xea\x82\xf2\xc5"s);
}

TEST(Keys, OfCredentialsAreLaidOutAsTheHeaderSays) {
  EXPECT_EQ(credential_key("c1"), "dc1");
  EXPECT_EQ(login_key("alice"), "g" + base::sha256("alice"));
  EXPECT_EQ(tsig_key_key(name("Key.corp.test")), "t\4test\4corp\3key");
  EXPECT_EQ(handed_out_key(name("WWW.corp.test")), "h\4test\4corp\3www");
  EXPECT_EQ(held_name_key(name("WWW.corp.test")), "e\4test\4corp\3www");
  EXPECT_EQ(kept_account_key("c1", name("Corp.test")), "mc1\0\4test\4corp"s);
}

// printf 'order 1' | sha256sum -b | xxd -r -p; then 'alice\0value' behind it.
TEST(Keys, TellTheTagsOfValuesApart) {
  EXPECT_EQ(challenge_key(kApex, kApex, "alice", "value", "order 1"),
            "c\4test\4corp\0\0"s + "\xc9\xf1\xdb\xa5\xbd\x6e\x74\x80\xfe\xc9\xf7\xdb\xef\x49\x1a\xed"s);
  EXPECT_EQ(challenge_key(kApex, kApex, "alice", "value", ""), challenge_key(kApex, kApex, "alice", "value"));
}

TEST(Keys, OfTheApexArePrefixesOfItsZone) {
  EXPECT_EQ(node_key(kApex, kApex), nodes_prefix(kApex));
  EXPECT_TRUE(node_key(kApex, name("www.corp.test")).starts_with(nodes_prefix(kApex)));
  EXPECT_TRUE(static_rrset_key(kApex, name("www.corp.test"), 1).starts_with(static_rrsets_prefix(kApex)));
  EXPECT_TRUE(challenge_key(kApex, name("www.corp.test"), "a", "b").starts_with(challenges_prefix(kApex)));
}

TEST(Keys, OfOneZoneAreNoPrefixesOfAnother) {
  EXPECT_FALSE(node_key(name("sub.corp.test"), name("sub.corp.test")).starts_with(nodes_prefix(kApex)));
  EXPECT_FALSE(node_key(name("corpx.test"), name("corpx.test")).starts_with(nodes_prefix(kApex)));
}

TEST(Keys, OfAChildOwnerDoNotStandAmongItsParentsRRsets) {
  const Bytes parent = static_rrsets_prefix(kApex, name("www.corp.test"));
  EXPECT_TRUE(static_rrset_key(kApex, name("www.corp.test"), 0).starts_with(parent));
  EXPECT_FALSE(static_rrset_key(kApex, name("a.www.corp.test"), 0).starts_with(parent));
  EXPECT_FALSE(static_rrset_key(kApex, name("www2.corp.test"), 0).starts_with(parent));
}

TEST(Keys, TellTheValuesOfCredentialsApart) {
  EXPECT_NE(challenge_key(kApex, kApex, "ab", "c"), challenge_key(kApex, kApex, "a", "bc"));
  EXPECT_EQ(challenge_key(kApex, kApex, "ab", "c").size(), challenges_prefix(kApex, kApex).size() + 16);
}

TEST(NodeKey, IsThatOfTheWriters) {
  const std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                              "." + std::string(51, 'd') + ".corp.test";
  Name deepest;
  while (auto deeper = deepest.prepend("x"))
    deepest = *deeper;
  for (const auto& [apex, owner] : std::vector<std::pair<Name, Name>>{{kApex, kApex},
                                                                      {kApex, name("www.CORP.test")},
                                                                      {kApex, name("a.b.c.d.corp.test")},
                                                                      {kApex, name(longest)},
                                                                      {Name(), deepest},
                                                                      {Name(), Name()}}) {
    const ZoneTable zones({{.apex = apex, .name_servers = {}, .contact = {}}});
    const NodeKey key(*zones.find(owner), LoweredName(owner));
    EXPECT_EQ(key.ancestor(key.depth()), node_key(apex, owner)) << owner.text();
    LoweredName read;
    EXPECT_EQ(read_node_key(node_key(apex, owner), read), apex.label_count());
    EXPECT_EQ(read.wire(), owner.lowered());
    Name ancestor = owner;
    for (size_t depth = key.depth(); depth > 0; --depth, ancestor = ancestor.parent()) {
      EXPECT_EQ(key.ancestor(depth), node_key(apex, ancestor));
    }
    EXPECT_EQ(key.ancestor(0), nodes_prefix(apex));
  }
}

TEST(NodeKey, FindsTheWildcardBelowAnAncestor) {
  const ZoneTable zones({{.apex = kApex, .name_servers = {}, .contact = {}}});
  const Name owner = name("a.b.corp.test");
  NodeKey key(*zones.find(owner), LoweredName(owner));
  EXPECT_EQ(key.wildcard_below(1), node_key(kApex, name("*.b.corp.test")));
  EXPECT_EQ(key.wildcard_below(0), node_key(kApex, name("*.corp.test")));
}

TEST(NodeKey, IsReadOnlyWhereItIsOne) {
  LoweredName owner;
  const Bytes whole = node_key(kApex, name("www.corp.test"));
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto apex_labels = read_node_key(whole.substr(0, size), owner);
    // Cut behind a label, it is the key of another name.
    const bool is_apex = size == nodes_prefix(kApex).size();
    EXPECT_EQ(apex_labels.has_value(), is_apex) << size;
  }
  EXPECT_FALSE(read_node_key(whole + '\0', owner)) << "ends its apex twice";
  EXPECT_FALSE(read_node_key(whole + "\1X", owner)) << "is not lower-case";
  EXPECT_FALSE(read_node_key(whole + '\x40' + Bytes(64, 'a'), owner)) << "has a label of 64 octets";
  EXPECT_FALSE(read_node_key(zone_key(kApex), owner)) << "is of another table";
  Bytes longest = nodes_prefix(Name());
  for (int i = 0; i < 127; ++i)
    longest += "\1a";
  EXPECT_TRUE(read_node_key(longest, owner));
  EXPECT_FALSE(read_node_key(longest + "\1a", owner)) << "is longer than 255 octets";
}

}  // namespace
}  // namespace dnsserver
