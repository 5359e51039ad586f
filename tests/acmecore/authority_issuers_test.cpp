#include <gmock/gmock.h>

#include "acmecore/ca_profile.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/authority_fixture.h"
#include "tests/acmecore/issuer_fixture.h"

// Which issuer signs for whom, and what becomes of certificates when it is rotated.
namespace acmecore {
namespace {

using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;

class AuthorityIssuersTest : public AuthorityTest {
 protected:
  AuthorityIssuersTest() { use({"default", "team"}); }

  // A CA for each name, the one that there was for it retired.
  void use(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      NamedIssuer& named = issuer(name);
      for (IssuerGeneration& generation : named.generations)
        generation.role = GenerationRole::retired;
      named.generations.push_back(new_generation());
    }
    replace();
  }

  IssuerGeneration new_generation(const NameConstraints& constraints = {}) {
    const SoftwareKey root_key = SoftwareKey::generate();
    const base::Bytes root_der =
        sign_root(name_of(CaSubject{"Root CA"}).value(), root_key, kNow, kRootLifetime).value();
    SoftwareKey key = SoftwareKey::generate();
    IssuingCa issuing{name_of(CaSubject{"Issuing CA"}).value(), key.spki_der(), constraints};
    const base::Bytes der =
        sign_issuing(issuing, parse_certificate(root_der).value(), root_key, kNow).value();
    const std::string chain_pem = pem_block(kPemCertificate, der) + pem_block(kPemCertificate, root_der);
    auto absent = std::make_unique<const AbsentKey>(std::move(key), is_away_);
    return {GenerationRole::current, "issuing", "", Issuer::open(std::move(absent), chain_pem, kNow).value()};
  }

  NamedIssuer& issuer(const std::string& name) {
    for (NamedIssuer& named : named_) {
      if (named.name == name) return named;
    }
    named_.push_back({name, {}});
    return named_.back();
  }

  // The authority with the issuers as they are in named_, which are then its own.
  void replace() {
    authority_.reset();
    issuers_ = std::make_unique<Issuers>(IssuerSet(std::move(named_)));
    named_.clear();
    authority_ = std::make_unique<Authority>(records_, clock_, *issuers_, *policy_, *validation_,
                                             *background_, options_);
  }

  // Who signed it.
  std::string signer(const IssuedCertificate& certificate) const {
    const auto issuers = issuers_->now();
    for (const NamedIssuer& named : issuers->all()) {
      for (const IssuerGeneration& generation : named.generations) {
        const Certificate leaf = parse_certificate(certificate.der).value();
        if (is_issued_by(leaf, generation.issuer.certificate()) &&
            generation.issuer.ca() == certificate.issuer) {
          return named.name;
        }
      }
    }
    return "nobody";
  }

  Account account_of(const std::string& directory) {
    directory_.name = directory;
    return new_account();
  }

  bool is_away_ = false;
  std::vector<NamedIssuer> named_;
  std::unique_ptr<Issuers> issuers_;
};

TEST_F(AuthorityIssuersTest, EachDirectoryHasTheIssuerThatItNames) {
  Directory team;
  team.name = "team";
  team.issuer = "team";
  options_.directories = {Directory(), team};
  use({"default", "team"});
  EXPECT_EQ(signer(issue(account_of("default"), {"a.corp.test"})), "default");
  EXPECT_EQ(signer(issue(account_of("team"), {"b.corp.test"})), "team");
  options_.preset.issuer = "team";  // of a directory that is not there any more, and of gRPC callers
  use({"default", "team"});
  EXPECT_EQ(signer(issue(account_of("gone"), {"c.corp.test"})), "team");
  const Account caller = run(authority_->account_for("automation")).value();
  EXPECT_EQ(signer(issue(caller, {"d.corp.test"})), "team");
}

TEST_F(AuthorityIssuersTest, AProfileMayHaveAnIssuerOfItsOwn) {
  Profile usual;
  usual.name = "usual";
  Profile other;
  other.name = "other";
  other.issuer = "team";
  options_.profiles = {{usual, other}, {}, {{"usual", "other"}, "usual"}};
  use({"default", "team"});
  const Account account = new_account();
  EXPECT_EQ(signer(issue(account, {"a.corp.test"})), "default");
  NewOrderRequest request;
  request.identifiers = {{"dns", "b.corp.test"}};
  request.profile = "other";
  const OrderView ordered = run(authority_->new_order(account, request)).value();
  prove(account, ordered.order.authorizations[0]);
  const OrderView valid = run(finalize(account, ordered, csr_for({"b.corp.test"}))).value();
  EXPECT_EQ(signer(run(records_.certificate(*valid.order.certificate))->value), "team");
}

TEST_F(AuthorityIssuersTest, ADirectoryOffersItsChallengesInNewAuthorizations) {
  Directory team;
  team.name = "team";
  team.challenges = {"dns-01", "dns-other-01"};
  options_.directories = {team};
  use({"default", "team"});
  const auto types = [this](const std::string& directory) {
    const OrderView view = new_order(account_of(directory), {"corp.test"});
    std::vector<std::string> all;
    for (const Challenge& challenge : authorization(view.order.authorizations[0]).challenges)
      all.push_back(challenge.type);
    return all;
  };
  EXPECT_THAT(types("team"), ElementsAre("dns-01", "dns-other-01"));
  EXPECT_THAT(types("default"), ElementsAre("dns-01"));
}

TEST_F(AuthorityIssuersTest, ACertificateHasTheChainOfWhoSignedItAlsoAfterARotation) {
  const Account account = new_account();
  const IssuedCertificate before = issue(account, {"a.corp.test"});
  const std::string first = issuers_->now()->current("default").id();
  const std::string chain = run(authority_->certificate(account, before.serial))->pem;
  NamedIssuer named{"default", {}};
  {
    // The same CA as before cannot be moved out of the set, so both are made anew, and the record is of the first.
    named.generations.push_back(new_generation());
    named.generations.push_back(new_generation());
    named.generations[0].role = GenerationRole::retired;
  }
  named_.push_back(std::move(named));
  replace();
  const auto unknown = run(authority_->certificate(account, before.serial));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(unknown.error().detail, HasSubstr("is not configured any more"));
  EXPECT_EQ(error_of(authority_->certificate(account, before.serial, 7)), ErrorKind::unavailable);

  const IssuedCertificate after = issue(account, {"b.corp.test"});
  const auto set = issuers_->now();
  EXPECT_EQ(after.issuer, set->current("default").ca());
  const CertificateChain told = run(authority_->certificate(account, after.serial)).value();
  EXPECT_EQ(told.pem, set->current("default").chain_pem(after.der));
  EXPECT_EQ(told.issuer_id, set->current("default").id());
  EXPECT_EQ(told.chains, 1u);
  EXPECT_EQ(error_of(authority_->certificate(account, after.serial, 1)), ErrorKind::not_found);
  EXPECT_NE(chain, told.pem);
  for (const IssuerGeneration& generation : set->all()[0].generations)
    EXPECT_EQ(*authority_->issuer_certificate(generation.issuer.id()), generation.issuer.certificate().der);
  EXPECT_FALSE(authority_->issuer_certificate(first));
}

TEST_F(AuthorityIssuersTest, ARecordOfBeforeThereWereSeveralIsOfWhoSignedIt) {
  const Account account = new_account();
  const IssuedCertificate issued = issue(account, {"a.corp.test"});
  auto stored = run(records_.certificate(issued.serial)).value();
  stored->issuer = "";
  Changes changes;
  changes.update(stored);
  ASSERT_TRUE(run(records_.commit(std::move(changes))));
  const CertificateChain told = run(authority_->certificate(account, issued.serial)).value();
  EXPECT_EQ(told.issuer_id, issuers_->now()->current("default").id());
}

TEST_F(AuthorityIssuersTest, AnOrderForNamesThatTheIssuerIsNotHeldToIsRefusedAtOnceAndWhenItWouldBeSigned) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"www.other.test"});
  NameConstraints corp;
  ASSERT_TRUE(add_subtree(corp.permitted, "corp.test"));
  NamedIssuer named{"default", {}};
  named.generations.push_back(new_generation(corp));
  named_.push_back(std::move(named));
  replace();

  NewOrderRequest request;
  request.identifiers = {{"dns", "www.corp.test"}, {"dns", "www.other.test"}};
  const auto refused = run(authority_->new_order(account, request));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(refused.error().suberrors.size(), 1u);
  EXPECT_EQ(refused.error().suberrors[0].identifier, "www.other.test");
  EXPECT_THAT(refused.error().suberrors[0].detail, HasSubstr("held to \"corp.test\""));

  // It was made when another CA would have signed it.
  const OrderView invalid = run(finalize(account, ready, csr_for({"www.other.test"}))).value();
  EXPECT_EQ(invalid.status, OrderStatus::invalid);
  ASSERT_TRUE(invalid.error);
  EXPECT_EQ(invalid.error->kind, ErrorKind::rejected_identifier);
  EXPECT_EQ(issue(account, {"www.corp.test"}).order.empty(), false);
}

// As when a token is taken away and comes back.
TEST_F(AuthorityIssuersTest, AnOrderWhoseSignerIsAwayStaysProcessingAndASweepIssuesIt) {
  const Account account = new_account();
  const OrderView ready = ready_order(account, {"corp.test"});
  is_away_ = true;
  const OrderView waits = run(finalize(account, ready, csr_for({"corp.test"}))).value();
  EXPECT_EQ(waits.status, OrderStatus::processing);
  ASSERT_TRUE(run(authority_->sweep()));
  run_background();
  EXPECT_EQ(order(account, ready.order.id).status, OrderStatus::processing);
  is_away_ = false;
  ASSERT_TRUE(run(authority_->sweep()));
  run_background();
  const OrderView valid = order(account, ready.order.id);
  EXPECT_EQ(valid.status, OrderStatus::valid);
  EXPECT_NE(*valid.order.certificate, waits.order.intent->serial);
  EXPECT_EQ(valid.order.abandoned.size(), 2u);
}

}  // namespace
}  // namespace acmecore
