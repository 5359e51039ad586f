#include "validator/net/unbound_options.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "tests/support/dns_message.h"
#include "validator/net/unbound_resolver.h"

namespace validator {
namespace {

using base::ErrorKind;
using support::name;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

constexpr const char* kCorpAnchor =
    "corp.test. DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000";
constexpr const char* kRootAnchor =
    ". DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000";

class UnboundOptionsTest : public testing::Test {
 protected:
  std::filesystem::path file(std::string_view content) {
    const auto path =
        std::filesystem::path(testing::TempDir()) /
        (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".anchors");
    std::ofstream(path) << content;
    return path;
  }

  base::Result<void> opened(const UnboundOptions& options) {
    boost::asio::io_context io;
    auto resolver = UnboundResolver::open(io.get_executor(), options);
    if (!resolver) return tl::unexpected(resolver.error());
    resolver->reset();
    io.run();
    return {};
  }
};

TEST_F(UnboundOptionsTest, DefaultsAreAccepted) {
  EXPECT_TRUE(opened({}));
  EXPECT_TRUE(opened({.allow_private_addresses = false}));
  EXPECT_THAT(unbound_settings({})->trust_anchors, SizeIs(2)) << "IANA's";
}

TEST_F(UnboundOptionsTest, StubZonesHaveAddressesAndPorts) {
  UnboundOptions options;
  options.stub_zones = {{name("corp.test"), {{"192.0.2.1", 53}, {"2001:db8::1", 5353}}}};
  EXPECT_THAT(unbound_settings(options)->stubs,
              ElementsAre(Pair("corp.test.", "192.0.2.1@53"), Pair("corp.test.", "2001:db8::1@5353")));
  EXPECT_TRUE(opened(options));
}

TEST_F(UnboundOptionsTest, TheRootsTrustAnchorDoesNotReachIntoStubZones) {
  UnboundOptions options;
  options.stub_zones = {{name("sub.corp.test"), {{"192.0.2.1", 53}}}};
  const auto insecure = Contains(Pair("domain-insecure:", "sub.corp.test."));
  EXPECT_THAT(unbound_settings(options)->options, insecure);
  options.trust_anchors = file(kRootAnchor);
  EXPECT_THAT(unbound_settings(options)->options, insecure);
  options.trust_anchors = file(std::string(kRootAnchor) + "\n" + kCorpAnchor + "\n");
  EXPECT_THAT(unbound_settings(options)->options, Not(insecure));
}

TEST_F(UnboundOptionsTest, TrustAnchorsAreReadFromAFile) {
  UnboundOptions options;
  options.trust_anchors = file(std::string("; of the corporate zone\n\n  ") + kCorpAnchor + "\n");
  EXPECT_THAT(unbound_settings(options)->trust_anchors, ElementsAre(kCorpAnchor));
  EXPECT_TRUE(opened(options));
}

TEST_F(UnboundOptionsTest, WrongTrustAnchorsAreRefusedByName) {
  UnboundOptions options;
  options.trust_anchors = "/nonexistent/anchors";
  EXPECT_EQ(opened(options).error().kind, ErrorKind::not_found);
  options.trust_anchors = file("; nothing\n");
  EXPECT_THAT(opened(options).error().detail, HasSubstr("no trust anchors in"));
  options.trust_anchors = file("\na..b. DS 1 13 2 00\n");
  EXPECT_THAT(opened(options).error().detail, HasSubstr(".anchors:2: "));
  options.trust_anchors = file("corp.test. DS one two three\n");
  const auto refused = opened(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::malformed);
  EXPECT_THAT(refused.error().detail, HasSubstr("trust anchor"));
}

TEST_F(UnboundOptionsTest, MissingRootHintsAreRefused) {
  UnboundOptions options;
  options.root_hints = "/nonexistent/hints";
  EXPECT_EQ(opened(options).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace validator
