#include "tests/acmecore/authority_fixture.h"

namespace acmecore {
namespace {

using base::ErrorKind;

class AuthorityTermsTest : public AuthorityTest {
 protected:
  AuthorityTermsTest() {
    serve("https://corp.test/1", true);
    account_ = new_account();
    serve("https://corp.test/2", true);
  }

  void serve(const std::string& terms, bool must_agree_again) {
    directory_.terms_of_service = terms;
    directory_.must_agree_again = must_agree_again;
  }
  ErrorKind terms_error() {
    const auto checked = Authority::check_terms(directory_, stored());
    return checked ? kNone : checked.error().kind;
  }
  Account stored() { return run(records_.account(account_.id))->value; }
  std::string token() { return run(authority_->agreement_token(directory_, stored())).value(); }

  Account account_;
};

TEST_F(AuthorityTermsTest, WhoAgreedToOthersOrdersNothing) {
  EXPECT_EQ(account_.terms_of_service, "https://corp.test/1");
  EXPECT_EQ(terms_error(), ErrorKind::user_action_required);
  serve("https://corp.test/1", true);
  EXPECT_EQ(terms_error(), kNone);
}

TEST_F(AuthorityTermsTest, WithoutTheRuleAChangeIsNoMatter) {
  serve("https://corp.test/2", false);
  EXPECT_EQ(terms_error(), kNone);
  serve("", true);
  EXPECT_EQ(terms_error(), kNone);
}

TEST_F(AuthorityTermsTest, AnOperatorsCredentialIsNotAsked) {
  account_ = run(authority_->account_for("automation")).value();
  EXPECT_EQ(terms_error(), kNone);
}

TEST_F(AuthorityTermsTest, TheTokenAgreesOnceAndForThisAccountAndTheseTerms) {
  const std::string id = account_.id;
  EXPECT_EQ(error_of(authority_->agree(directory_, id, "")), ErrorKind::not_found);
  const std::string made = token();
  EXPECT_EQ(token(), made);
  EXPECT_EQ(run(authority_->terms_to_agree_to(directory_, id, made)), "https://corp.test/2");
  EXPECT_EQ(error_of(authority_->agree(directory_, id, made + "0")), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->agree(directory_, new_account().id, made)), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->agree(directory_, "absent", made)), ErrorKind::not_found);
  serve("https://corp.test/3", true);
  EXPECT_EQ(error_of(authority_->agree(directory_, id, made)), ErrorKind::not_found);
  EXPECT_NE(token(), made);
  EXPECT_EQ(terms_error(), ErrorKind::user_action_required);
  const std::string second = token();
  EXPECT_TRUE(run(authority_->agree(directory_, id, second)));
  EXPECT_EQ(terms_error(), kNone);
  EXPECT_EQ(stored().terms_of_service, "https://corp.test/3");
  EXPECT_EQ(error_of(authority_->agree(directory_, id, second)), ErrorKind::not_found);
}

TEST_F(AuthorityTermsTest, AnotherDirectoryKnowsNoTokenOfThisOne) {
  const std::string made = token();
  Directory other = directory_;
  other.name = "team";
  EXPECT_EQ(error_of(authority_->terms_to_agree_to(other, account_.id, made)), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->agree(other, account_.id, made)), ErrorKind::not_found);
  EXPECT_TRUE(run(authority_->agree(directory_, account_.id, made)));
}

TEST_F(AuthorityTermsTest, ADeactivatedAccountAgreesToNothing) {
  const std::string made = token();
  run(authority_->deactivate_account(stored())).value();
  EXPECT_EQ(error_of(authority_->agree(directory_, account_.id, made)), ErrorKind::account_not_valid);
}

}  // namespace
}  // namespace acmecore
