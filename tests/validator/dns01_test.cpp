#include "validator/dns01.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/support/dns_message.h"
#include "tests/support/run_task.h"
#include "tests/validator/scripted_resolver.h"

namespace validator {
namespace {

using base::ErrorKind;
using support::name;
using support::run_task;
using support::txt;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr const char* kDigest = "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ";
constexpr const char* kChallenge = "_acme-challenge.corp.test";

class Dns01Test : public testing::Test {
 protected:
  Verdict validate() {
    Dns01 dns01(resolver_, clock_);
    return run_task(dns01.validate(name("corp.test"), kDigest));
  }

  base::Result<std::vector<base::Name>> challenge_path() {
    Dns01 dns01(resolver_, clock_);
    return run_task(dns01.challenge_path(name("corp.test")));
  }

  // What the challenge's error shows after one look at `lookup`: kind and detail.
  base::Error refused(Lookup lookup) {
    resolver_.script(kChallenge, {std::move(lookup)});
    const auto verdict = validate();
    EXPECT_FALSE(verdict.outcome);
    EXPECT_THAT(verdict.evidence, SizeIs(1));
    return verdict.outcome ? base::Error{} : verdict.outcome.error();
  }

  bool proved(Lookup lookup) {
    resolver_.script(kChallenge, {std::move(lookup)});
    return validate().outcome.has_value();
  }

  const base::Time start_ = base::parse_rfc3339("2026-11-23T04:30:00Z").value();
  base::ManualClock clock_{start_};
  ScriptedResolver resolver_;
};

TEST_F(Dns01Test, AsksForTheChallengeLabelInFrontOfTheIdentifier) {
  validate();
  EXPECT_THAT(resolver_.asked(), ElementsAre(name(kChallenge)));
}

// RFC 8555 §8.4: any one of the records.
TEST_F(Dns01Test, IsProvedByAnyValueOfTheRrset) {
  EXPECT_TRUE(proved(txt_rrset({kDigest})));
  EXPECT_TRUE(proved(txt_rrset({"other", kDigest})));
  EXPECT_TRUE(proved(secure(txt_rrset({kDigest, "v=spf1 -all"}))));
  EXPECT_TRUE(proved(by_cname({"7f3k.acme.test"}, txt_rrset({kDigest}))));
}

TEST_F(Dns01Test, JoinsTheStringsOfAValue) {
  const std::string digest = kDigest;
  Lookup split = txt_rrset({});
  split.rdata = {txt({digest.substr(0, 20), "", digest.substr(20)})};
  EXPECT_TRUE(proved(split));
}

TEST_F(Dns01Test, IsNotProvedByAValueThatIsAlmostIt) {
  const std::string digest = kDigest;
  std::string other_case = digest;
  other_case[0] = 'l';
  for (const std::string& value : {other_case, digest + " ", " " + digest, digest + "=", "\"" + digest + "\"",
                                   digest + std::string(1, '\0'), digest.substr(1), std::string()}) {
    EXPECT_EQ(refused(txt_rrset({value})).kind, ErrorKind::unauthorized) << value;
  }
  Lookup two_records = txt_rrset({digest.substr(0, 20), digest.substr(20)});
  EXPECT_EQ(refused(two_records).kind, ErrorKind::unauthorized) << "strings of two records are not joined";
  Lookup broken = txt_rrset({});
  broken.rdata = {txt(digest) + "\1"};
  EXPECT_EQ(refused(broken).kind, ErrorKind::unauthorized) << "a record whose strings do not fill it";
}

TEST_F(Dns01Test, ShowsTheFirstValuesOfAMismatchAndCountsTheOthers) {
  const auto error = refused(txt_rrset({"one", "\x1b[2J", std::string(200, 'x'), "four", "five"}));
  EXPECT_EQ(error.kind, ErrorKind::unauthorized);
  EXPECT_EQ(error.detail, "asked for _acme-challenge.corp.test. TXT, got \"one\", \"\\027[2J\", \"" +
                              std::string(100, 'x') +
                              "…\" (200 octets), and 2 more (insecure): not the key authorization's digest");
}

TEST_F(Dns01Test, DoesBoundedWorkWithAThousandValues) {
  Lookup many = txt_rrset({});
  for (int i = 0; i < 1000; ++i)
    many.rdata.push_back(txt(std::string(43, 'x')));
  EXPECT_LT(refused(many).detail.size(), 1000u);
  many.rdata.push_back(txt(kDigest));
  EXPECT_TRUE(proved(many));
}

TEST_F(Dns01Test, IsUnauthorizedWhereAServerSaysThatNothingIsThere) {
  EXPECT_EQ(refused(failed(Outcome::nodata)),
            (base::Error{ErrorKind::unauthorized,
                         "asked for _acme-challenge.corp.test. TXT, got NODATA (insecure)"}));
  EXPECT_EQ(refused(secure(failed(Outcome::nxdomain))),
            (base::Error{ErrorKind::unauthorized,
                         "asked for _acme-challenge.corp.test. TXT, got NXDOMAIN (secure)"}));
}

TEST_F(Dns01Test, NamesTheServerWhoseResponseItWas) {
  Lookup denied = failed(Outcome::nxdomain);
  denied.server = "192.0.2.1#53 (corp.test.)";
  EXPECT_EQ(refused(denied).detail,
            "asked 192.0.2.1#53 (corp.test.) for _acme-challenge.corp.test. TXT, got NXDOMAIN (insecure)");
}

TEST_F(Dns01Test, SaysWhichPathLedToNothing) {
  EXPECT_EQ(refused(by_cname({"a.acme.test", "b.acme.test"}, failed(Outcome::nxdomain))).detail,
            "asked for _acme-challenge.corp.test. TXT, led by CNAME to a.acme.test., then b.acme.test., "
            "got NXDOMAIN (insecure)");
}

TEST_F(Dns01Test, IsADnsErrorWhereThereIsNoAnswerToGoBy) {
  EXPECT_EQ(
      refused(failed(Outcome::servfail, "from 192.0.2.1 got REFUSED")),
      (base::Error{ErrorKind::dns,
                   "asked for _acme-challenge.corp.test. TXT, got SERVFAIL (from 192.0.2.1 got REFUSED)"}));
  EXPECT_EQ(refused(failed(Outcome::servfail)).detail,
            "asked for _acme-challenge.corp.test. TXT, got SERVFAIL");
  EXPECT_EQ(
      refused(failed(Outcome::timeout, "no answer within 10000 ms")),
      (base::Error{ErrorKind::dns,
                   "asked for _acme-challenge.corp.test. TXT, got timeout (no answer within 10000 ms)"}));
}

TEST_F(Dns01Test, IsADnsErrorWhereTheRightValueIsBogus) {
  EXPECT_EQ(refused(bogus(txt_rrset({kDigest}), "signature expired")),
            (base::Error{ErrorKind::dns,
                         "asked for _acme-challenge.corp.test. TXT, got bogus (signature expired)"}));
  EXPECT_EQ(refused(bogus(failed(Outcome::nxdomain), "no NSEC")).kind, ErrorKind::dns);
}

TEST_F(Dns01Test, FollowsCnamesUpToItsLimit) {
  Lookup longest = txt_rrset({kDigest});
  for (size_t i = 0; i < kCnameHopsMax; ++i)
    longest.path.push_back(name("c" + std::to_string(i) + ".test"));
  EXPECT_TRUE(proved(longest));
  longest.path.push_back(name("end.test"));
  const auto error = refused(longest);
  EXPECT_EQ(error.kind, ErrorKind::dns);
  EXPECT_THAT(error.detail, HasSubstr("more than 8 CNAMEs"));
}

TEST_F(Dns01Test, LooksOnceAndKeepsWhatItSaw) {
  resolver_.script(kChallenge, {txt_rrset({"old"}), txt_rrset({kDigest})});
  const auto verdict = validate();
  EXPECT_FALSE(verdict.outcome);
  ASSERT_THAT(verdict.evidence, SizeIs(1));
  EXPECT_EQ(verdict.evidence[0].asked, start_);
  EXPECT_THAT(verdict.evidence[0].lookup.rdata, ElementsAre(txt("old")));
}

TEST_F(Dns01Test, DecidesNothingWhenItCannotAsk) {
  resolver_.script(kChallenge, {base::fail(ErrorKind::unavailable, "shutting down")});
  const auto verdict = validate();
  ASSERT_FALSE(verdict.outcome);
  EXPECT_EQ(verdict.outcome.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(verdict.evidence, IsEmpty());
}

TEST_F(Dns01Test, RefusesAnIdentifierWithNoRoomForTheChallengeLabel) {
  const std::string label(63, 'a');
  const auto longest = name(label + "." + label + "." + label + "." + std::string(45, 'b'));
  EXPECT_EQ(challenge_name(longest)->wire().size(), base::kNameSizeMax);
  const auto longer = name(label + "." + label + "." + label + "." + std::string(46, 'b'));
  Dns01 dns01(resolver_, clock_);
  const auto verdict = run_task(dns01.validate(longer, kDigest));
  ASSERT_FALSE(verdict.outcome);
  EXPECT_EQ(verdict.outcome.error().kind, ErrorKind::malformed);
  EXPECT_THAT(resolver_.asked(), IsEmpty());
}

TEST_F(Dns01Test, ChallengePathEndsWhereTheTxtHasToStand) {
  for (const auto& end : {failed(Outcome::nxdomain), failed(Outcome::nodata), txt_rrset({"x"})}) {
    resolver_.script(kChallenge, {by_cname({"7f3k.acme.test"}, end)});
    EXPECT_THAT(challenge_path().value(), ElementsAre(name(kChallenge), name("7f3k.acme.test")));
  }
  resolver_.script(kChallenge, {failed(Outcome::nxdomain)});
  EXPECT_THAT(challenge_path().value(), ElementsAre(name(kChallenge)));
}

TEST_F(Dns01Test, ChallengePathIsADnsErrorWithoutAnAnswerToGoBy) {
  for (const auto& end : {failed(Outcome::servfail), failed(Outcome::timeout),
                          bogus(by_cname({"evil.test"}, failed(Outcome::nxdomain)), "no NSEC")}) {
    resolver_.script(kChallenge, {end});
    const auto path = challenge_path();
    ASSERT_FALSE(path);
    EXPECT_EQ(path.error().kind, ErrorKind::dns);
  }
}

}  // namespace
}  // namespace validator
