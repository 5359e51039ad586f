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
    options_.terms_of_service = terms;
    options_.must_agree_again = must_agree_again;
    restart();
  }
  ErrorKind order_error() {
    NewOrderRequest request;
    request.identifiers = {{"dns", "corp.test"}};
    return error_of(authority_->new_order(stored(), std::move(request)));
  }
  Account stored() { return run(records_.account(account_.id))->value; }
  std::string token() { return run(authority_->agreement_token(stored())).value(); }

  Account account_;
};

TEST_F(AuthorityTermsTest, WhoAgreedToOthersOrdersNothing) {
  EXPECT_EQ(account_.terms_of_service, "https://corp.test/1");
  EXPECT_EQ(order_error(), ErrorKind::user_action_required);
  EXPECT_EQ(error_of(authority_->new_authorization(stored(), {"dns", "corp.test"})),
            ErrorKind::user_action_required);
  serve("https://corp.test/1", true);
  EXPECT_EQ(order_error(), kNone);
}

TEST_F(AuthorityTermsTest, WithoutTheRuleAChangeIsNoMatter) {
  serve("https://corp.test/2", false);
  EXPECT_EQ(order_error(), kNone);
  serve("", true);
  EXPECT_EQ(order_error(), kNone);
}

TEST_F(AuthorityTermsTest, AnOperatorsCredentialIsNotAsked) {
  account_ = run(authority_->account_for("automation")).value();
  EXPECT_EQ(order_error(), kNone);
}

TEST_F(AuthorityTermsTest, TheTokenAgreesOnceAndForThisAccountAndTheseTerms) {
  const std::string id = account_.id;
  EXPECT_EQ(error_of(authority_->agree(id, "")), ErrorKind::not_found);
  const std::string made = token();
  EXPECT_EQ(token(), made);
  EXPECT_EQ(run(authority_->terms_to_agree_to(id, made)), "https://corp.test/2");
  EXPECT_EQ(error_of(authority_->agree(id, made + "0")), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->agree(new_account().id, made)), ErrorKind::not_found);
  EXPECT_EQ(error_of(authority_->agree("absent", made)), ErrorKind::not_found);
  serve("https://corp.test/3", true);
  EXPECT_EQ(error_of(authority_->agree(id, made)), ErrorKind::not_found);
  EXPECT_NE(token(), made);
  EXPECT_EQ(order_error(), ErrorKind::user_action_required);
  const std::string second = token();
  EXPECT_TRUE(run(authority_->agree(id, second)));
  EXPECT_EQ(order_error(), kNone);
  EXPECT_EQ(stored().terms_of_service, "https://corp.test/3");
  EXPECT_EQ(error_of(authority_->agree(id, second)), ErrorKind::not_found);
}

TEST_F(AuthorityTermsTest, ADeactivatedAccountAgreesToNothing) {
  const std::string made = token();
  run(authority_->deactivate_account(stored())).value();
  EXPECT_EQ(error_of(authority_->agree(account_.id, made)), ErrorKind::account_not_valid);
}

}  // namespace
}  // namespace acmecore
