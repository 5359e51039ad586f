#include "dnsserver/node.h"

#include <gtest/gtest.h>

#include "dnsserver/wire.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {
namespace {

using namespace std::string_literals;

const Name kOwner = Name::parse("www.corp.test").value();

TEST(Node, IsReadBackAsItWasRendered) {
  const auto blob = render_node(parse_rrsets(R"(www.corp.test. 60 TXT "b"
                                                www.corp.test. 60 TXT "a"
                                                www.corp.test. 30 A   192.0.2.1)",
                                             Name()));
  ASSERT_TRUE(blob);
  const auto node = NodeView::parse(*blob);
  ASSERT_TRUE(node);
  ASSERT_EQ(node->size(), 2u);
  EXPECT_EQ(node->at(0).type, kTypeA);
  EXPECT_EQ(node->at(1).type, kTypeTxt);
  const auto txt = node->find(kTypeTxt);
  ASSERT_TRUE(txt);
  EXPECT_EQ(txt->count, 2);
  EXPECT_EQ(txt->records,
            "\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\2\1b"
            "\xc0\x0c\0\x10\0\1\0\0\0\x3c\0\2\1a"s);
  EXPECT_EQ(node->find(kTypeA)->records, "\xc0\x0c\0\1\0\1\0\0\0\x1e\0\4\xc0\0\2\1"s);
  EXPECT_FALSE(node->find(kTypeAaaa));
}

TEST(Node, HoldsAnyTypeAndRdata) {
  const RRset empty{kOwner, 65535, 0, {""}};
  const auto blob = render_node({&empty, 1});
  EXPECT_EQ(NodeView::parse(*blob)->find(65535)->records, "\xc0\x0c\xff\xff\0\1\0\0\0\0\0\0"s);
}

TEST(Node, HoldsTheLimits) {
  RRset large{kOwner, kTypeTxt, 60, {Bytes(kRRsetSizeMax - kRecordHeaderSize, 'x')}};
  ASSERT_TRUE(render_node({&large, 1}));
  EXPECT_EQ(NodeView::parse(*render_node({&large, 1}))->find(kTypeTxt)->records.size(), kRRsetSizeMax);
  large.rdata[0] += 'x';
  EXPECT_EQ(render_node({&large, 1}).error().kind, base::ErrorKind::too_large);

  std::vector<RRset> many;
  for (uint16_t type = 1; type <= kRRsetsPerNodeMax; ++type)
    many.push_back({kOwner, type, 60, {"x"}});
  EXPECT_EQ(NodeView::parse(*render_node(many))->find(kRRsetsPerNodeMax)->count, 1);
  many.push_back({kOwner, kRRsetsPerNodeMax + 1, 60, {"x"}});
  EXPECT_EQ(render_node(many).error().kind, base::ErrorKind::too_large);
}

TEST(Node, ThatContradictsItselfIsReported) {
  const RRset txt{kOwner, kTypeTxt, 60, {"\1a"}};
  const Bytes blob = render_node({&txt, 1}).value();
  ASSERT_TRUE(NodeView::parse(blob));
  for (size_t size = 0; size < blob.size(); ++size)
    EXPECT_FALSE(NodeView::parse(blob.substr(0, size))) << size;
  EXPECT_FALSE(NodeView::parse(blob + 'x'));
  for (size_t at : {0u, 1u, 6u, 7u}) {  // version, count, size of the RRset
    Bytes wrong = blob;
    wrong[at] = char(wrong[at] + 1);
    EXPECT_FALSE(NodeView::parse(wrong)) << at;
  }
  EXPECT_FALSE(NodeView::parse("\1\0"s));  // a node without RRsets is not stored
}

}  // namespace
}  // namespace dnsserver
