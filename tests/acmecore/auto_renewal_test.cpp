#include "acmecore/auto_renewal.h"

#include <gmock/gmock.h>

#include <functional>
#include <vector>

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::ErrorKind;
using base::Time;
using std::chrono::days;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

Time at(const char* text) { return base::parse_rfc3339(text).value(); }

const Time kNow = at("2016-01-10T00:00:00Z");
const AutoRenewalRule kRule{.max_duration = days(365), .min_lifetime = 2h, .allow_certificate_get = true};
const ValidityRule kValidity{.lifetime = days(90), .lifetime_max = seconds(0), .ahead_max = days(1)};

const Validity kIssuer{at("2010-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z")};

constexpr int64_t kDay = 86400;

RequestedAutoRenewal for_ten_days() {
  return {.start_date = std::nullopt, .end_date = kNow + days(10), .lifetime = 4 * kDay};
}

std::optional<std::string> refusal(const RequestedAutoRenewal& requested, AutoRenewalRule rule = kRule,
                                   ValidityRule validity = kValidity) {
  const auto accepted = accept_auto_renewal(requested, rule, validity, kNow);
  if (accepted) return std::nullopt;
  EXPECT_EQ(accepted.error().kind, ErrorKind::malformed);
  return accepted.error().detail;
}

AutoRenewal begun(const RequestedAutoRenewal& requested, Time now = kNow) {
  auto renewal = accept_auto_renewal(requested, kRule, kValidity, now).value();
  EXPECT_TRUE(begin(renewal, now + days(1000), now));
  return renewal;
}

// When each certificate is there, and how long it lasts, by a server that is never late.
std::vector<std::string> timeline(AutoRenewal renewal, Time now) {
  std::vector<std::string> lines;
  for (;;) {
    const Validity validity = validity_of(renewal, now, kIssuer);
    lines.push_back(base::rfc3339(now) + ": " + base::rfc3339(validity.not_before) + " " +
                    base::rfc3339(validity.not_after));
    const auto next = next_due(renewal);
    if (!next) return lines;
    EXPECT_EQ(due_period(renewal, *next - 1ms), std::nullopt);
    now = *next;
    const auto period = due_period(renewal, now);
    EXPECT_EQ(period, renewal.period + 1);
    renewal.period = *period;
  }
}

// The example of RFC 8739 §3.5.
TEST(AutoRenewalRfc8739, RenewsAsItsExampleDoes) {
  RequestedAutoRenewal requested = for_ten_days();
  requested.start_date = at("2016-01-10T00:00:00Z");
  requested.end_date = at("2016-01-20T00:00:00Z");
  requested.lifetime = 345600;
  requested.lifetime_adjust = 259200;
  EXPECT_THAT(timeline(begun(requested), kNow),
              ElementsAre("2016-01-10T00:00:00Z: 2016-01-10T00:00:00Z 2016-01-14T00:00:00Z",
                          "2016-01-11T00:00:00Z: 2016-01-11T00:00:00Z 2016-01-18T00:00:00Z",
                          "2016-01-15T00:00:00Z: 2016-01-15T00:00:00Z 2016-01-20T00:00:00Z"));
}

TEST(AutoRenewalRfc8739, WithoutAStartTheFirstBeginsBeforeItIsIssuedToo) {
  EXPECT_THAT(timeline(begun(for_ten_days()), kNow),
              ElementsAre("2016-01-10T00:00:00Z: 2016-01-08T00:00:00Z 2016-01-14T00:00:00Z",  // kBackdateMax
                          "2016-01-11T14:24:00Z: 2016-01-11T14:24:00Z 2016-01-18T00:00:00Z",
                          "2016-01-15T14:24:00Z: 2016-01-15T14:24:00Z 2016-01-20T00:00:00Z"));
}

TEST(AutoRenewal, NoneBeginsBeforeItsIssuer) {
  const Validity issuer{kNow - 1h, kNow + days(1000)};
  EXPECT_EQ(validity_of(begun(for_ten_days()), kNow, issuer).not_before, kNow - 1h);
}

TEST(AutoRenewalRfc8739, AStartThatComesIsWaitedFor) {
  RequestedAutoRenewal requested = for_ten_days();
  requested.start_date = kNow + 12h;
  requested.end_date = kNow + 12h + days(4);
  EXPECT_THAT(timeline(begun(requested), kNow),
              ElementsAre("2016-01-10T00:00:00Z: 2016-01-10T12:00:00Z 2016-01-14T12:00:00Z"));
}

// §3.3: the next is there, and valid, when half of the one before has passed.
TEST(AutoRenewal, TheNextIsThereBeforeHalfOfTheOneBeforeHasPassed) {
  for (const int64_t lifetime : {int64_t{7200}, int64_t{7201}, kDay, 4 * kDay}) {
    for (const int64_t adjust : {int64_t{0}, lifetime / 2, lifetime, 10 * lifetime}) {
      RequestedAutoRenewal requested = for_ten_days();
      requested.lifetime = lifetime;
      requested.lifetime_adjust = adjust;
      AutoRenewal renewal = begun(requested);
      EXPECT_LE(renewal.lifetime_adjust, renewal.lifetime);
      for (int i = 0; i < 2; ++i) {
        const Time due = next_due(renewal).value();
        EXPECT_LE(due + 10min, renewal.first + renewal.lifetime * i + renewal.lifetime / 2);
        ++renewal.period;
        EXPECT_EQ(validity_of(renewal, due, kIssuer).not_before, due);
      }
    }
  }
}

TEST(AutoRenewal, WhatWasMissedIsNotMadeUpFor) {
  const AutoRenewal renewal = begun(for_ten_days());
  EXPECT_EQ(due_period(renewal, kNow), std::nullopt);
  EXPECT_EQ(due_period(renewal, kNow + days(2)), 1u);
  EXPECT_EQ(due_period(renewal, kNow + days(9)), 2u);
  EXPECT_EQ(due_period(renewal, kNow + days(10) - 1ms), 2u);
  EXPECT_EQ(due_period(renewal, kNow + days(10)), std::nullopt);
  AutoRenewal last = renewal;
  last.period = 2;
  EXPECT_EQ(due_period(last, kNow + days(9)), std::nullopt);
  EXPECT_EQ(next_due(last), std::nullopt);
  // One that is issued late begins no earlier than BR 7.1.2.7 lets it.
  AutoRenewal late = renewal;
  late.period = 1;
  EXPECT_EQ(validity_of(late, kNow + days(5), kIssuer).not_before, kNow + days(3));
}

TEST(AutoRenewal, AnEndOnANominalDateIsNoRenewal) {
  RequestedAutoRenewal requested = for_ten_days();
  requested.end_date = kNow + days(8);
  AutoRenewal renewal = begun(requested);
  renewal.period = 1;
  EXPECT_EQ(next_due(renewal), std::nullopt);
  requested.end_date += 1s;
  renewal = begun(requested);
  renewal.period = 1;
  EXPECT_NE(next_due(renewal), std::nullopt);
}

TEST(AutoRenewal, NothingIsIssuedBeyondWhatProvesTheNames) {
  auto renewal = accept_auto_renewal(for_ten_days(), kRule, kValidity, kNow).value();
  ASSERT_TRUE(begin(renewal, kNow + 2h + 500ms, kNow + 500ms));
  EXPECT_EQ(renewal.first, kNow);
  EXPECT_EQ(renewal.end_date, kNow + 2h);
  EXPECT_EQ(validity_of(renewal, kNow, kIssuer).not_after, kNow + 2h);
  EXPECT_EQ(next_due(renewal), std::nullopt);
  renewal = accept_auto_renewal(for_ten_days(), kRule, kValidity, kNow).value();
  const auto late = begin(renewal, kNow + 2h - 1s, kNow);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::malformed);
  renewal = accept_auto_renewal(for_ten_days(), kRule, kValidity, kNow).value();
  EXPECT_FALSE(begin(renewal, kNow + days(1000), kNow + days(10)));
}

TEST(AutoRenewal, IsAsTheDirectoryOffersIt) {
  EXPECT_EQ(refusal(for_ten_days()), std::nullopt);
  EXPECT_THAT(*refusal(for_ten_days(), AutoRenewalRule()), HasSubstr("this directory has no"));
  AutoRenewalRule rule = kRule;
  rule.max_duration = days(10);
  EXPECT_EQ(refusal(for_ten_days(), rule), std::nullopt);
  rule.max_duration -= 1s;
  EXPECT_THAT(*refusal(for_ten_days(), rule), HasSubstr("\"end-date\" is 2016-01-20T00:00:00Z"));
  rule = kRule;
  rule.min_lifetime = days(4);
  EXPECT_EQ(refusal(for_ten_days(), rule), std::nullopt);
  rule.min_lifetime += 1s;
  EXPECT_THAT(*refusal(for_ten_days(), rule), HasSubstr("at least 345601"));
  RequestedAutoRenewal open = for_ten_days();
  open.allow_certificate_get = true;
  EXPECT_TRUE(accept_auto_renewal(open, kRule, kValidity, kNow)->allow_certificate_get);
  EXPECT_FALSE(accept_auto_renewal(for_ten_days(), kRule, kValidity, kNow)->allow_certificate_get);
  rule = kRule;
  rule.allow_certificate_get = false;
  EXPECT_FALSE(accept_auto_renewal(open, rule, kValidity, kNow)->allow_certificate_get);
}

TEST(AutoRenewal, EachCertificateIsNoLongerThanOthersAre) {
  RequestedAutoRenewal requested = for_ten_days();  // 4 days, and 2.4 before them
  ValidityRule validity = kValidity;
  validity.lifetime = days(6) + 9h + 36min + 1s;
  EXPECT_EQ(refusal(requested, kRule, validity), std::nullopt);
  validity.lifetime -= 1s;
  EXPECT_THAT(*refusal(requested, kRule, validity), HasSubstr("\"lifetime\""));
  validity.lifetime_max = days(8) + 1s;  // of what a client asks for
  requested.lifetime_adjust = 4 * kDay;
  EXPECT_EQ(refusal(requested, kRule, validity), std::nullopt);
  validity.lifetime_max -= 1s;
  EXPECT_NE(refusal(requested, kRule, validity), std::nullopt);
}

TEST(AutoRenewal, RefusesDatesAndLifetimesThatAreNone) {
  const auto with = [](const std::function<void(RequestedAutoRenewal&)>& change) {
    RequestedAutoRenewal requested = for_ten_days();
    change(requested);
    return refusal(requested);
  };
  EXPECT_EQ(with([](auto& r) { r.end_date = kNow + days(4); }), std::nullopt);
  EXPECT_NE(with([](auto& r) { r.end_date = kNow + days(4) - 1s; }), std::nullopt);
  EXPECT_NE(with([](auto& r) { r.end_date = kNow - 1s; }), std::nullopt);
  EXPECT_NE(with([](auto& r) { r.end_date += 1ms; }), std::nullopt);
  EXPECT_EQ(with([](auto& r) { r.start_date = kNow + days(1); }), std::nullopt);
  EXPECT_NE(with([](auto& r) { r.start_date = kNow + days(1) + 1s; }), std::nullopt);
  EXPECT_NE(with([](auto& r) { r.start_date = kNow + 1ms; }), std::nullopt);
  EXPECT_EQ(with([](auto& r) { r.start_date = kNow - days(355); }), std::nullopt);
  EXPECT_NE(with([](auto& r) { r.start_date = kNow - days(356); }), std::nullopt);
  EXPECT_EQ(with([](auto& r) { r.lifetime = 7200; }), std::nullopt);
  for (const int64_t lifetime : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{7199}, INT64_MAX})
    EXPECT_NE(with([&](auto& r) { r.lifetime = lifetime; }), std::nullopt) << lifetime;
  EXPECT_EQ(with([](auto& r) { r.lifetime_adjust = INT64_MAX; }), std::nullopt);  // no more than the lifetime
  EXPECT_NE(with([](auto& r) { r.lifetime_adjust = -1; }), std::nullopt);
  EXPECT_NE(with([](auto& r) { r.lifetime_adjust = INT64_MIN; }), std::nullopt);
}

}  // namespace
}  // namespace acmecore
