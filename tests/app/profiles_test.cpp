#include "app/profiles.h"

#include <gmock/gmock.h>

namespace app {
namespace {

using acmecore::KeyType;
using acmecore::Profile;
using acmecore::Profiles;
using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> shown(const Profiles& profiles, std::string_view directory) {
  std::vector<std::string> names;
  for (const Profile* profile : profiles.shown_by(directory))
    names.push_back(profile->name);
  return names;
}

TEST(ProfilesOf, AConfigurationWithoutAnyIsTheOneOfTheIssuance) {
  base::Config config;
  config.issuance.certificate_lifetime = days(7);
  config.issuance.requested_lifetime_max = days(8);
  config.issuance.not_before_ahead_max = days(9);
  const Profiles profiles = profiles_of(config);
  EXPECT_THAT(shown(profiles, "default"), IsEmpty());
  const Profile only = *profiles.choose("").value();
  EXPECT_EQ(only.name, "");
  EXPECT_EQ(only.validity.lifetime, days(7));
  EXPECT_EQ(only.validity.lifetime_max, days(8));
  EXPECT_EQ(only.validity.ahead_max, days(9));
  const Profile own;
  EXPECT_EQ(only.key_types, own.key_types);
  EXPECT_EQ(only.wildcards, own.wildcards);
  EXPECT_EQ(only.common_name, own.common_name);
  EXPECT_EQ(only.names_max, own.names_max);
}

TEST(ProfilesOf, AreTheConfigurations) {
  base::Config config;
  base::CertificateProfile weekly;
  weekly.name = "weekly";
  weekly.description = "for a week";
  weekly.certificate_lifetime = days(7);
  weekly.requested_lifetime_max = days(8);
  weekly.not_before_ahead_max = days(9);
  weekly.key_types = {base::CertifiedKey::p384};
  weekly.wildcards = false;
  weekly.common_name = true;
  weekly.names_max = 25;
  config.issuance.profiles = {weekly};
  const Profiles profiles = profiles_of(config);
  const Profile made = *profiles.choose("weekly").value();
  EXPECT_EQ(made.description, "for a week");
  EXPECT_EQ(made.validity.lifetime, days(7));
  EXPECT_EQ(made.validity.lifetime_max, days(8));
  EXPECT_EQ(made.validity.ahead_max, days(9));
  EXPECT_THAT(made.key_types, ElementsAre(KeyType::p384));
  EXPECT_FALSE(made.wildcards);
  EXPECT_TRUE(made.common_name);
  EXPECT_EQ(made.names_max, 25u);
}

TEST(ProfilesOf, AreOfferedAsTheDirectoriesSay) {
  base::Config config;
  for (const char* name : {"a", "b", "c"}) {
    base::CertificateProfile profile;
    profile.name = name;
    config.issuance.profiles.push_back(profile);
  }
  config.acme.preset.default_profile = "b";
  base::AcmeDirectory team;
  team.name = "team";
  team.profiles = {"c", "a"};
  config.acme.directories = {team};
  const Profiles profiles = profiles_of(config);
  EXPECT_THAT(shown(profiles, "team"), ElementsAre("c", "a"));
  EXPECT_THAT(shown(profiles, "default"), ElementsAre("a", "b", "c"));
  EXPECT_EQ((*profiles.choose(""))->name, "b");
  acmecore::Account account;
  account.directory = "team";
  EXPECT_EQ((*profiles.choose(account, ""))->name, "c");
}

}  // namespace
}  // namespace app
