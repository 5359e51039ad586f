#include "acmecore/oids.h"
#include "tests/acmecore/authority_fixture.h"

// Profiles at work: at an order, at finalize, and in the certificate.
namespace acmecore {
namespace {

using base::ErrorKind;
using std::chrono::days;
using std::chrono::hours;

class AuthorityProfilesTest : public AuthorityTest {
 protected:
  AuthorityProfilesTest() { offer({usual(), weekly()}); }

  static Profile usual() {
    Profile profile;
    profile.name = "usual";
    return profile;
  }
  // In everything but its name another one.
  static Profile weekly() {
    Profile profile;
    profile.name = "weekly";
    profile.validity.lifetime = days(7);
    profile.validity.lifetime_max = days(14);
    profile.key_types = {KeyType::p256};
    profile.wildcards = false;
    profile.common_name = true;
    return profile;
  }

  // One that keeps the Baseline Requirements.
  static Profile web() {
    Profile profile;
    profile.name = "web";
    profile.content.rules = ProfileRules::public_trust;
    profile.content.policies = {base::Bytes(oids::kDomainValidated)};
    profile.content.ocsp_url = "http://ocsp.corp.test";
    return profile;
  }

  // From now on, the first one where an order names none.
  void offer(std::vector<Profile> profiles) {
    Profiles::Offer offer;
    for (const Profile& profile : profiles)
      offer.names.push_back(profile.name);
    offer.preset = offer.names.front();
    options_.profiles = Profiles(std::move(profiles), {}, std::move(offer));
    restart();
  }

  base::Result<OrderView> order_by(const Account& account, const std::string& profile,
                                   const std::vector<std::string>& names = {"a.corp.test"},
                                   RequestedValidity validity = {}) {
    NewOrderRequest request;
    for (const std::string& name : names)
      request.identifiers.push_back({"dns", name});
    request.profile = profile;
    request.validity = validity;
    return run(authority_->new_order(account, std::move(request)));
  }
  OrderView ready_by(const Account& account, const std::string& profile,
                     const std::string& name = "a.corp.test") {
    const OrderView made = order_by(account, profile, {name}).value();
    prove(account, made.order.authorizations[0]);
    return order(account, made.order.id);
  }
  Certificate issued_by(const Account& account, const std::string& profile) {
    const OrderView valid =
        run(finalize(account, ready_by(account, profile), csr_for({"a.corp.test"}))).value();
    return parse_certificate(run(records_.certificate(*valid.order.certificate))->value.der).value();
  }
};

TEST_F(AuthorityProfilesTest, AnOrderHasTheProfileThatItNamesOrThePreset) {
  const Account account = new_account();
  EXPECT_EQ(order_by(account, "weekly")->order.profile, "weekly");
  EXPECT_EQ(order_by(account, "")->order.profile, "usual");
  const auto refused = order_by(account, "monthly");
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_profile);
  EXPECT_EQ(run(authority_->orders(account, ""))->found.size(), 2u);
}

TEST_F(AuthorityProfilesTest, ACertificateIsAsItsProfileSays) {
  const Account account = new_account();
  const Certificate weekly = issued_by(account, "weekly");
  EXPECT_EQ(weekly.validity.not_after - weekly.validity.not_before, days(7) - std::chrono::seconds(1));
  EXPECT_NE(weekly.subject_der.find("a.corp.test"), base::Bytes::npos);
  const Certificate usual = issued_by(account, "");
  EXPECT_EQ(usual.validity.not_after - usual.validity.not_before,
            kLeafLifetimeDefault - std::chrono::seconds(1));
  EXPECT_EQ(usual.subject_der.find("a.corp.test"), base::Bytes::npos);
}

TEST_F(AuthorityProfilesTest, AnOrderAsksForWhatItsProfileHas) {
  const Account account = new_account();
  EXPECT_EQ(order_by(account, "weekly", {"a.corp.test", "*.corp.test"}).error().kind,
            ErrorKind::invalid_profile);
  EXPECT_TRUE(order_by(account, "usual", {"a.corp.test", "*.corp.test"}));

  const base::Time now = std::chrono::floor<std::chrono::seconds>(clock_.now());
  const RequestedValidity two_weeks{now, now + days(14) - std::chrono::seconds(1)};
  const RequestedValidity more{now, now + days(14)};
  EXPECT_TRUE(order_by(account, "weekly", {"a.corp.test"}, two_weeks));
  EXPECT_EQ(order_by(account, "weekly", {"a.corp.test"}, more).error().kind, ErrorKind::malformed);
  EXPECT_TRUE(order_by(account, "usual", {"a.corp.test"}, more));
}

TEST_F(AuthorityProfilesTest, AKeyOfATypeThatTheProfileHasNotIsABadCsr) {
  const Account account = new_account();
  const base::PkeyHandle key = make_ec("P-384");
  const OrderView ready = ready_by(account, "weekly");
  EXPECT_EQ(error_of(finalize(account, ready, csr_for({"a.corp.test"}, key.get()))), ErrorKind::bad_csr);
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::ready);
  EXPECT_TRUE(run(finalize(account, ready_by(account, "usual"), csr_for({"a.corp.test"}, key.get()))));
}

TEST_F(AuthorityProfilesTest, ACertificateHoldsWhatItsProfileSays) {
  Profile full = usual();
  full.content.ocsp_url = "http://ocsp.corp.test";
  full.content.organization = "Corp";
  full.content.must_staple = true;
  offer({full, weekly()});
  const Account account = new_account();
  const Certificate leaf = issued_by(account, "usual");
  EXPECT_NE(leaf.subject_der.find("Corp"), base::Bytes::npos);
  EXPECT_NE(find_extension(leaf.extensions, oids::kAuthorityInfoAccess), nullptr);
  EXPECT_NE(find_extension(leaf.extensions, oids::kTlsFeature), nullptr);
  const Certificate plain = issued_by(account, "weekly");
  EXPECT_EQ(find_extension(plain.extensions, oids::kAuthorityInfoAccess), nullptr);
}

TEST_F(AuthorityProfilesTest, ACsrThatAsksForMustStapleIsForAProfileThatHasIt) {
  Profile stapled = usual();
  stapled.content.ocsp_url = "http://ocsp.corp.test";
  stapled.content.must_staple = true;
  offer({stapled, weekly()});
  const Account account = new_account();
  const base::Bytes csr =
      make_csr({.san = "DNS:a.corp.test", .extensions = {{"tlsfeature", "status_request"}}});
  const OrderView refused = ready_by(account, "weekly");
  EXPECT_EQ(error_of(finalize(account, refused, csr)), ErrorKind::bad_csr);
  EXPECT_EQ(order(account, refused.order.id).status, OrderStatus::ready);
  EXPECT_EQ(run(finalize(account, ready_by(account, "usual"), csr))->status, OrderStatus::valid);
}

TEST_F(AuthorityProfilesTest, PublicCertificatesGetShorterByThemselvesWhenALimitFalls) {
  Profile long_lived = web();
  long_lived.validity.lifetime = days(150);
  offer({long_lived});
  const auto life = [&] {
    const Account account = new_account();
    const OrderView made = order_by(account, "", {"a.assay.dev"}).value();
    prove(account, made.order.authorizations[0]);
    const OrderView valid =
        run(finalize(account, order(account, made.order.id), csr_for({"a.assay.dev"}))).value();
    const Certificate leaf =
        parse_certificate(run(records_.certificate(*valid.order.certificate))->value.der).value();
    return leaf.validity.not_after - leaf.validity.not_before + std::chrono::seconds(1);
  };
  EXPECT_EQ(life(), days(150));
  clock_.advance(base::parse_rfc3339("2027-03-15T00:00:00Z").value() - clock_.now());
  EXPECT_EQ(life(), days(100));
}

// BR 4.2.1: from 2027-03-15 on it is 100 days at the most.
TEST_F(AuthorityProfilesTest, APublicCertificateRestsOnNoProofThatIsTooOld) {
  options_.order_lifetime = options_.authorization_lifetime = days(390);
  offer({web(), weekly()});
  const Account account = new_account();
  const OrderView first = ready_by(account, "web", "a.assay.dev");
  const OrderView second = ready_by(account, "web", "b.assay.dev");
  const OrderView of_our_own = ready_by(account, "weekly", "c.assay.dev");
  clock_.advance(base::parse_rfc3339("2027-03-14T23:59:59Z").value() - clock_.now());
  EXPECT_EQ(run(finalize(account, first, csr_for({"a.assay.dev"})))->status, OrderStatus::valid);

  clock_.advance(std::chrono::seconds(1));
  const OrderView refused = run(finalize(account, second, csr_for({"b.assay.dev"}))).value();
  EXPECT_EQ(refused.status, OrderStatus::invalid);
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->kind, ErrorKind::unauthorized);
  EXPECT_NE(refused.error->detail.find("the proof of b.assay.dev is older than 100d"), std::string::npos);
  EXPECT_EQ(run(finalize(account, of_our_own, csr_for({"c.assay.dev"})))->status, OrderStatus::valid);
}

TEST_F(AuthorityProfilesTest, AnOrderForAPublicCertificateReliesOnNoProofThatIsTooOld) {
  options_.authorization_lifetime = options_.authorization_reuse = days(390);
  offer({web(), weekly()});
  const Account account = new_account();
  const std::string proof = ready_by(account, "web", "a.assay.dev").order.authorizations[0];
  clock_.advance(base::parse_rfc3339("2027-03-14T23:59:59Z").value() - clock_.now());
  EXPECT_EQ(order_by(account, "web", {"a.assay.dev"})->order.authorizations[0], proof);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_NE(order_by(account, "web", {"a.assay.dev"})->order.authorizations[0], proof);
  EXPECT_EQ(order_by(account, "weekly", {"a.assay.dev"})->order.authorizations[0], proof);
}

TEST_F(AuthorityProfilesTest, WhatALintRefusesIsOurOwnTroubleAndMakesTheOrderInvalid) {
  offer({web()});
  const Account account = new_account();
  const OrderView ready =
      ready_by(account, "");  // a.corp.test is a special-use name, which the policy lets pass
  const auto finalized = run(finalize(account, ready, csr_for({"a.corp.test"})));
  ASSERT_TRUE(finalized);
  EXPECT_EQ(finalized->status, OrderStatus::invalid);
  EXPECT_EQ(finalized->order.error->kind, ErrorKind::internal);
  EXPECT_EQ(finalized->order.error->detail, "the certificate could not be made");
}

TEST_F(AuthorityProfilesTest, AnOrderWhoseProfileIsGoneIsNotFinalized) {
  const Account account = new_account();
  const OrderView ready = ready_by(account, "weekly");
  offer({usual()});
  const auto refused = run(finalize(account, ready, csr_for({"a.corp.test"})));
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid_profile);
  EXPECT_NE(refused.error().detail.find("\"weekly\""), std::string::npos);
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::ready);
  offer({usual(), weekly()});
  EXPECT_EQ(run(finalize(account, ready, csr_for({"a.corp.test"})))->status, OrderStatus::valid);
}

TEST_F(AuthorityProfilesTest, AProfileThatGoesBeforeTheSignatureMakesTheOrderInvalid) {
  const Account account = new_account();
  const OrderView ready = ready_by(account, "weekly");
  Stored<Order> processing = run(records_.order(ready.order.id)).value();
  const base::PkeyHandle key = make_p256();
  processing->intent = Intent{new_serial(), "digest", spki_of(key.get()), clock_.now()};
  Changes changes;
  changes.update(processing);
  ASSERT_TRUE(run(records_.commit(std::move(changes))));
  offer({usual()});
  ASSERT_TRUE(run(authority_->sweep()));
  run_background();
  const OrderView invalid = order(account, ready.order.id);
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  ASSERT_TRUE(invalid.error);
  EXPECT_EQ(invalid.error->kind, ErrorKind::invalid_profile);
}

TEST_F(AuthorityProfilesTest, AnOrderFromBeforeThereWereProfilesHasThePreset) {
  options_.profiles = Profiles();
  restart();
  const Account account = new_account();
  const OrderView ready = ready_by(account, "");
  EXPECT_EQ(ready.order.profile, "");
  EXPECT_EQ(order_by(account, "usual").error().kind, ErrorKind::invalid_profile);
  offer({weekly(), usual()});
  const OrderView valid = run(finalize(account, ready, csr_for({"a.corp.test"}))).value();
  const auto record = run(records_.certificate(*valid.order.certificate)).value();
  EXPECT_LT(record->not_after, clock_.now() + days(7));
}

}  // namespace
}  // namespace acmecore
