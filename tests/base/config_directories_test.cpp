// [[acme.directory]]: ACME directories beside each other.
#include <gmock/gmock.h>

#include "base/config.h"
#include "tests/base/config_mistakes.h"

namespace base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTwo = R"(
[acme]
terms_of_service = "https://corp.example/terms"
website = "https://corp.example"
caa_identities = ["corp.example"]
external_account = "optional"
[[acme.directory]]
name = "default"
[[acme.directory]]
name = "team-1"
external_account = "required"
terms_of_service = "https://team.example/terms"
website = ""
caa_identities = ["team.example"]
)";

TEST(ConfigDirectories, WithoutAnyThereIsTheDefaultOne) {
  const auto acme = parse_config("acme.external_account = 'required'", "t")->acme;
  EXPECT_THAT(acme.directories, IsEmpty());
  EXPECT_EQ(acme.preset.name, "default");
  EXPECT_EQ(acme.preset.external_account, ExternalAccountMode::required);
  EXPECT_EQ(Config().acme.preset.external_account, ExternalAccountMode::off);
}

TEST(ConfigDirectories, EachIsAsTheSectionSaysUnlessItSaysOtherwise) {
  const auto directories = parse_config(kTwo, "t")->acme.directories;
  ASSERT_EQ(directories.size(), 2u);
  EXPECT_EQ(directories[0].name, "default");
  EXPECT_EQ(directories[0].external_account, ExternalAccountMode::optional);
  EXPECT_EQ(directories[0].terms_of_service, "https://corp.example/terms");
  EXPECT_EQ(directories[0].website, "https://corp.example");
  EXPECT_THAT(directories[0].caa_identities, ElementsAre("corp.example"));
  EXPECT_EQ(directories[1].name, "team-1");
  EXPECT_EQ(directories[1].external_account, ExternalAccountMode::required);
  EXPECT_EQ(directories[1].terms_of_service, "https://team.example/terms");
  EXPECT_EQ(directories[1].website, "");
  EXPECT_THAT(directories[1].caa_identities, ElementsAre("team.example"));
}

TEST(ConfigDirectories, LetAuthorizationsCountForSubdomainsAsTheSectionSaysUnlessTheySayOtherwise) {
  EXPECT_FALSE(Config().acme.preset.subdomain_authorization);
  const auto acme = parse_config(
      "[acme]\nsubdomain_authorization = true\n[[acme.directory]]\nname = 'one'\n"
      "[[acme.directory]]\nname = 'two'\nsubdomain_authorization = false\n",
      "t");
  ASSERT_TRUE(acme);
  EXPECT_TRUE(acme->acme.directories[0].subdomain_authorization);
  EXPECT_FALSE(acme->acme.directories[1].subdomain_authorization);
}

TEST(ConfigDirectories, AskToAgreeAgainAsTheSectionSaysUnlessTheySayOtherwise) {
  const std::string section =
      "[acme]\nmust_agree_again = true\nterms_of_service = 'https://corp.example/1'\n";
  const auto acme = parse_config(section +
                                     "[[acme.directory]]\nname='a'\n[[acme.directory]]\nname='b'\n"
                                     "must_agree_again = false\n",
                                 "t")
                        ->acme;
  EXPECT_TRUE(acme.directories[0].must_agree_again);
  EXPECT_FALSE(acme.directories[1].must_agree_again);
  EXPECT_THAT(mistakes("[[acme.directory]]\nname='a'\nmust_agree_again=true\n"),
              HasSubstr("t:3:18: there are no terms_of_service to agree to"));
  EXPECT_THAT(mistakes(section + "[[acme.directory]]\nname='a'\nterms_of_service=''\n"),
              HasSubstr("there are no terms_of_service to agree to"));
}

TEST(ConfigDirectories, HaveNamesThatUrlsCanHave) {
  const auto with = [](const std::string& name) {
    return parse_config("[[acme.directory]]\nname = '" + name + "'\n", "t");
  };
  for (const auto& name :
       {"a", "default", "team-1", "0", "new-order", "authz", "01234567890123456789012345678901"})
    EXPECT_TRUE(with(name)) << name;
  for (const auto& name : {"", "Team", "te am", "team/x", "team_1", "te%61m", "t\xC3\xA9", "..", "account",
                           "authorization", "certificate", "challenge", "issuer", "order", "renewal-info",
                           "terms", "012345678901234567890123456789012"}) {
    EXPECT_FALSE(with(name)) << name;
  }
}

TEST(ConfigDirectories, TellTheirMistakes) {
  EXPECT_THAT(mistakes("[[acme.directory]]\nname='a'\n[[acme.directory]]\nname='a'\n"),
              HasSubstr("t:4:6: another directory has this name"));
  EXPECT_THAT(mistakes("[[acme.directory]]\nwebsite=''\n"), HasSubstr("the directory has no name"));
  EXPECT_THAT(mistakes("[acme]\nexternal_account='maybe'\n"),
              HasSubstr("acme.external_account must be one of \"off\", \"optional\", \"required\""));
  EXPECT_THAT(mistakes("[[acme.directory]]\nname='a'\nlisten=['127.0.0.1:1']\n"),
              HasSubstr("there is no key acme.directory[].listen"));
}

TEST(ConfigDirectories, AreAtMostTwenty) {
  const auto many = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += "[[acme.directory]]\nname='d" + std::to_string(i) + "'\n";
    return text;
  };
  EXPECT_EQ(mistakes(many(20)), "");
  EXPECT_THAT(mistakes(many(21)), HasSubstr("more than 20 directories"));
}

}  // namespace
}  // namespace base
