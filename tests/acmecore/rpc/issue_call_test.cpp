#include <gmock/gmock.h>

#include "acmecore/certificate.h"
#include "acmecore/pem.h"
#include "tests/acmecore/rpc/issue_fixture.h"

namespace acmecore::rpc {
namespace {

using assay::v1::IssueResponse;
using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class IssueCallTest : public IssueTest {};

TEST_F(IssueCallTest, IssuesForANameInAZoneHereAndTellsEachStep) {
  ASSERT_TRUE(issue({"www.acme.test"}));
  EXPECT_THAT(told(), ElementsAre("delegation www.acme.test", "order", "txt _acme-challenge.www.acme.test.",
                                  "valid www.acme.test", "certificate"));
  EXPECT_EQ(caller_.events()[0].delegation_found().zone(), "acme.test.");
  EXPECT_THAT(caller_.events()[3].validated().evidence(),
              ElementsAre(HasSubstr("asked for _acme-challenge.www.acme.test. TXT, got NOERROR \"")));
}

TEST_F(IssueCallTest, GivesTheChainOfTheKeyInTheCsr) {
  const auto request = request_for({"www.acme.test"});
  ASSERT_TRUE(issue(request));
  const auto& issued = caller_.events().back().certificate_issued();
  const auto leaf = parse_certificate(
      parse_pem(kPemCertificate, issued.pem_chain().substr(0, issued.pem_chain().find("-----BEGIN", 1)))
          .value());
  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->spki_der, parse_csr(request.csr_der()).value().spki_der);
  EXPECT_EQ(issued.serial(), text_of(leaf->serial));
  EXPECT_LT(issued.not_before().seconds(), issued.not_after().seconds());
}

TEST_F(IssueCallTest, ProvesBaseAndWildcardByTwoValuesAtOneOwner) {
  dns_.add_cname("_acme-challenge.corp.test", "7f3k.acme.test");
  ASSERT_TRUE(issue({"corp.test", "*.corp.test"}));
  EXPECT_THAT(told(),
              ElementsAre("delegation corp.test", "order", "txt 7f3k.acme.test.", "txt 7f3k.acme.test.",
                          "valid corp.test", "valid *.corp.test", "certificate"));
  EXPECT_THAT(caller_.events()[0].delegation_found().path(),
              ElementsAre("_acme-challenge.corp.test.", "7f3k.acme.test."));
  EXPECT_NE(caller_.events()[2].txt_published().value(), caller_.events()[3].txt_published().value());
}

TEST_F(IssueCallTest, LooksForNoDelegationOfANameThatThePolicyRefuses) {
  const auto outcome = issue({"www.acme.test", "a.denied.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::rejected_identifier);
  ASSERT_EQ(outcome.error().suberrors.size(), 1u);
  EXPECT_EQ(outcome.error().suberrors[0].identifier, "a.denied.test");
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(IssueCallTest, RemovesWhatItPublished) {
  ASSERT_TRUE(issue({"www.acme.test", "*.www.acme.test"}));
  EXPECT_EQ(dns_.presented(), 2u);
  EXPECT_THAT(dns_.published(), IsEmpty());
}

TEST_F(IssueCallTest, NamesEveryNameThatIsNotDelegatedHereWithTheRecordToAdd) {
  const auto outcome = issue({"www.acme.test", "corp.test", "other.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::compound);
  ASSERT_EQ(outcome.error().suberrors.size(), 2u);
  EXPECT_EQ(outcome.error().suberrors[0].identifier, "corp.test");
  EXPECT_THAT(outcome.error().suberrors[0].detail,
              HasSubstr("\"_acme-challenge.corp.test. CNAME corp.test.acme.test.\""));
  EXPECT_EQ(outcome.error().suberrors[1].identifier, "other.test");
  EXPECT_EQ(dns_.presented(), 0u);
  EXPECT_THAT(told(), ElementsAre("delegation www.acme.test"));
  storage::Range orders;
  orders.prefix = "o";
  EXPECT_TRUE(support::run_task(io_, store_.list(orders))->empty());
}

TEST_F(IssueCallTest, SaysWhatTheResolverSawOfANameThatHasNoAnswer) {
  dns_.break_name("www.acme.test");
  const auto outcome = issue({"www.acme.test"});
  ASSERT_FALSE(outcome);
  ASSERT_EQ(outcome.error().suberrors.size(), 1u);
  EXPECT_EQ(outcome.error().suberrors[0].kind, ErrorKind::dns);
  EXPECT_EQ(outcome.error().suberrors[0].detail, "asked for it, got SERVFAIL");
}

TEST_F(IssueCallTest, OurOwnTroubleIsSaidOfNoName) {
  for (const ErrorKind kind : {ErrorKind::unavailable, ErrorKind::internal}) {
    dns_.fail_paths({kind, "MDB_PANIC", {}});
    const auto outcome = issue({"www.acme.test", "api.acme.test"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, kind);
    EXPECT_TRUE(outcome.error().suberrors.empty());
  }
  EXPECT_EQ(dns_.paths_asked(), 2u);
}

TEST_F(IssueCallTest, ACallerThatGoesWhileNothingIsFoundEndsTheLookUps) {
  dns_.fail_paths({ErrorKind::dns, "got no answer", {}});
  caller_.at_each_wait([this] {
    if (dns_.paths_asked() == 2) caller_.go();
  });
  const auto outcome = issue({"a.acme.test", "b.acme.test", "c.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(dns_.paths_asked(), 2u);
}

TEST_F(IssueCallTest, GivesUpOnLookUpsThatTakeTooLong) {
  dns_.fail_paths({ErrorKind::dns, "got no answer", {}});
  caller_.at_each_wait([this] { clock_.advance(std::chrono::seconds(kIssueWaitMax) / 2); });
  const auto outcome = issue({"a.acme.test", "b.acme.test", "c.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(dns_.paths_asked(), 1u);
}

TEST_F(IssueCallTest, WaitsForItsTurnWhereItsCredentialHasAllItsValidationsUnderWay) {
  const Account account = support::run_task(io_, authority_.account_for("admin")).value();
  NewOrderRequest request;
  for (size_t i = 0; i < kValidationsMax; ++i)
    request.identifiers.push_back({"dns", "n" + std::to_string(i) + ".acme.test"});
  const OrderView order = support::run_task(io_, authority_.new_order(account, request)).value();
  dns_.be_slow();
  for (const std::string& id : order.order.authorizations) {
    auto respond = authority_.respond(account, id, "dns-01", std::chrono::milliseconds(0));
    ASSERT_TRUE(support::run_task(io_, std::move(respond)));
  }
  size_t waits = 0;
  caller_.at_each_wait([&] {
    if (++waits == 3) dns_.hurry();  // the second pause before a response
  });
  const auto outcome = issue({"www.acme.test"});
  EXPECT_TRUE(outcome) << outcome.error().detail;
  EXPECT_GE(waits, 3u);
}

TEST_F(IssueCallTest, AFailedValidationSaysWhatWasSeenAndLeavesNothingPublished) {
  dns_.hide_values();
  const auto outcome = issue({"www.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::compound);
  ASSERT_EQ(outcome.error().suberrors.size(), 1u);
  EXPECT_EQ(outcome.error().suberrors[0].kind, ErrorKind::unauthorized);
  EXPECT_THAT(outcome.error().suberrors[0].detail, HasSubstr("asked for _acme-challenge.www.acme.test. TXT"));
  EXPECT_EQ(dns_.presented(), 1u);
  EXPECT_THAT(dns_.published(), IsEmpty());
}

TEST_F(IssueCallTest, RefusesACsrForOtherNamesBeforeItPublishes) {
  auto request = request_for({"www.acme.test"});
  request.add_names("api.acme.test");
  const auto outcome = issue(request);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::bad_csr);
  EXPECT_THAT(told(), IsEmpty());
}

// For www.acme.test.
assay::v1::IssueRequest request_by(CsrDraft draft) {
  draft.san = "DNS:www.acme.test";
  assay::v1::IssueRequest request;
  request.add_names("www.acme.test");
  request.set_csr_der(make_csr(draft));
  return request;
}

TEST_F(IssueCallTest, RefusesAKeyThatThePolicyDoesNotCertifyBeforeItPublishes) {
  const auto key = make_rsa(2048);
  const auto outcome = issue(request_by({.key = key.get()}));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::bad_csr);
  EXPECT_THAT(outcome.error().detail, HasSubstr("the policy certifies no key of type RSA"));
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(IssueCallTest, RefusesAKeyThatItsAccountMayNotHaveBeforeItPublishes) {
  PolicyRules rules = policy_rules();
  PolicyRules::ForSubscribers own;
  own.accounts = {support::run_task(io_, authority_.account_for("admin")).value().id};
  own.key_types = {KeyType::p384};
  rules.for_subscribers.push_back(own);
  const Policy policy(rules, test_suffixes());
  Authority authority(records_, clock_, test_issuers(), policy, dns_, background_, options());
  const auto issue_to = [&](const std::string& principal, const assay::v1::IssueRequest& request) {
    IssueCall call({authority, dns_, dns_, clock_}, principal, caller_);
    return support::run_task(io_, call.run(request));
  };
  const auto p256 = request_by({});
  const auto key = make_ec("P-384");
  const auto p384 = request_by({.key = key.get()});

  const auto outcome = issue_to("admin", p256);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::bad_csr);
  EXPECT_THAT(told(), IsEmpty());
  EXPECT_EQ(dns_.presented(), 0u);
  EXPECT_TRUE(issue_to("admin", p384));
  EXPECT_TRUE(issue_to("alice", p256)) << "of whom the rule does not speak";
}

TEST_F(IssueCallTest, RefusesACsrThatItsProfileDoesNotHaveBeforeItPublishes) {
  const auto key = make_ec("P-384");
  auto other_key = request_by({.key = key.get()});
  EXPECT_TRUE(issue(other_key));
  other_key.set_profile("plain");
  auto plain = request_by({});
  plain.set_profile("plain");
  EXPECT_TRUE(issue(plain));
  const auto staple = request_by({.extensions = {{"tlsfeature", "status_request"}}});
  for (const auto& request : {other_key, staple}) {
    caller_ = RecordingCaller();
    const auto outcome = issue(request);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::bad_csr);
    EXPECT_THAT(told(), IsEmpty());
  }
}

TEST_F(IssueCallTest, RefusesWhatIsNoNameOrNoCsr) {
  auto request = request_for({"www.acme.test"});
  request.set_names(0, "www..acme.test");
  EXPECT_EQ(issue(request).error().kind, ErrorKind::malformed);
  request = request_for({"www.acme.test"});
  request.mutable_csr_der()->pop_back();
  EXPECT_EQ(issue(request).error().kind, ErrorKind::bad_csr);
  EXPECT_EQ(issue(assay::v1::IssueRequest()).error().kind, ErrorKind::malformed);
}

TEST_F(IssueCallTest, AValueThatIsRefusedEndsTheCall) {
  dns_.refuse_values();
  const auto outcome = issue({"www.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::too_large);
}

TEST_F(IssueCallTest, ACallerThatGoesGetsNoCertificateAndLeavesNothingPublished) {
  for (const auto event : {IssueResponse::kDelegationFound, IssueResponse::kOrderCreated,
                           IssueResponse::kTxtPublished, IssueResponse::kValidated}) {
    caller_ = RecordingCaller();
    caller_.goes_after(event);
    const auto outcome = issue({"www.acme.test", "*.www.acme.test"});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
    EXPECT_EQ(caller_.events().back().event_case(), event);
    EXPECT_THAT(dns_.published(), IsEmpty());
  }
}

TEST_F(IssueCallTest, GivesUpOnAValidationThatTakesTooLong) {
  dns_.be_slow();
  caller_.at_each_wait([this] { clock_.advance(kIssueWaitMax / 2); });
  const auto outcome = issue({"www.acme.test"});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
  EXPECT_GE(clock_.now(), kNow + kIssueWaitMax);
  EXPECT_THAT(dns_.published(), IsEmpty());
}

TEST_F(IssueCallTest, PublishesForAsLongAsSomebodyMightLook) {
  ASSERT_TRUE(issue({"www.acme.test"}));
  EXPECT_EQ(dns_.last_expiry(), kNow + kPublishedMax);
}

TEST_F(IssueCallTest, EachCredentialHasAnAccountOfItsOwn) {
  ASSERT_TRUE(issue(request_for({"www.acme.test"}), "alice"));
  ASSERT_TRUE(issue(request_for({"www.acme.test"}), "bob"));
  const auto owner_of = [&](const IssueResponse& event) {
    const auto serial = parse_serial(event.certificate_issued().serial()).value();
    return support::run_task(io_, records_.certificate(serial)).value()->account;
  };
  const auto account_of = [&](const std::string& principal) {
    return support::run_task(io_, authority_.account_for(principal)).value().id;
  };
  EXPECT_EQ(owner_of(caller_.events()[4]), account_of("alice"));
  EXPECT_EQ(owner_of(caller_.events()[9]), account_of("bob"));
  EXPECT_NE(account_of("alice"), account_of("bob"));
}

}  // namespace
}  // namespace acmecore::rpc
