#include "acmecore/renewal.h"

#include <gtest/gtest.h>

#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Time;

Time at(const std::string& text) { return base::parse_rfc3339(text).value(); }

// RFC 9773 §4.1.
TEST(CertificateId, IsTheExampleOfItsRfc) {
  const std::string text = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE";
  const CertificateId id = parse_certificate_id(text).value();
  EXPECT_EQ(id.key_identifier,
            base::Bytes("\x69\x88\x5b\x6b\x87\x46\x40\x41\xe1\xb3\x7b\x84\x7b\xa0\xae\x2c\xde\x01\xc8\xd4"));
  EXPECT_EQ(text_of(id.serial), "0087654321");
  EXPECT_EQ(text_of(id), text);
}

TEST(CertificateId, HasOneSpelling) {
  for (const std::string text :
       {"", ".", "aYhba4dGQEHhs3uEe6CuLN4ByNQ", "aYhba4dGQEHhs3uEe6CuLN4ByNQ.", ".AIdlQyE",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ=.AIdlQyE", "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE=",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyF", "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE.AIdlQyE",
        "aYhba4dGQEHhs3uEe6CuLN4ByN+.AIdlQyE", "aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ", "x.AA", " a.AIdlQyE",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ%2eAIdlQyE"}) {
    EXPECT_FALSE(parse_certificate_id(text)) << text;
  }
  const std::string longest(kCertificateIdSizeMax - 8, 'A');
  EXPECT_TRUE(parse_certificate_id(longest + ".AIdlQyE"));
  EXPECT_FALSE(parse_certificate_id(longest + "AAAA.AIdlQyE"));
}

TEST(CertificateId, IsReadFromACertificate) {
  const Certificate& issuer = test_issuer().certificate();
  const CertificateId own = certificate_id(issuer).value();  // what the root signed
  EXPECT_EQ(own.serial, issuer.serial);
  EXPECT_EQ(parse_certificate_id(text_of(own)), own);
  Certificate without = issuer;
  without.extensions.clear();
  EXPECT_EQ(certificate_id(without).error().kind, base::ErrorKind::not_found);
}

TEST(RenewalInfo, SuggestsTheTimeAfterTwoThirdsOfALife) {
  const Validity validity{at("2026-01-01T00:00:00Z"), at("2026-03-31T23:59:59Z")};
  const RenewalInfo info = renewal_info(validity, std::nullopt);
  EXPECT_EQ(base::rfc3339(info.start), "2026-03-02T00:00:00Z");
  EXPECT_EQ(base::rfc3339(info.end), "2026-03-03T19:12:00Z");
  EXPECT_EQ(info.ask_again, 6h);
}

TEST(RenewalInfo, SuggestsTheSecondHalfOfAShortLife) {
  const Time begin = at("2026-01-01T00:00:00Z");
  EXPECT_EQ(renewal_info({begin, begin + 160h - 1s}, std::nullopt).start, begin + 80h);
  EXPECT_EQ(renewal_info({begin, begin + kShortLived - 2s}, std::nullopt).start,
            begin + (kShortLived - 1s) / 2);
  EXPECT_EQ(renewal_info({begin, begin + kShortLived - 1s}, std::nullopt).start, begin + 160h);
  const RenewalInfo shortest = renewal_info({begin, begin + kLeafLifetimeMin - 1s}, std::nullopt);
  EXPECT_EQ(shortest.ask_again, 144s);
  EXPECT_EQ(shortest.end, begin + 1h + 144s);
}

TEST(RenewalInfo, IsAWindowInThePastOnceRevoked) {
  const Validity validity{at("2026-01-01T00:00:00Z"), at("2026-03-31T23:59:59Z")};
  const Revocation revocation{at("2026-01-02T00:00:00.5Z"), RevocationReason::key_compromise};
  const RenewalInfo info = renewal_info(validity, revocation);
  EXPECT_LE(info.end, revocation.time);
  EXPECT_LT(info.start, info.end);
}

TEST(RenewalInfo, IsNeverAskedForMoreThanOnceAMinute) {
  const Time begin = at("2026-01-01T00:00:00Z");
  const RenewalInfo info = renewal_info({begin, begin}, std::nullopt);
  EXPECT_EQ(info.ask_again, kAskAgainMin);
  EXPECT_LT(info.start, info.end);
}

}  // namespace
}  // namespace acmecore
