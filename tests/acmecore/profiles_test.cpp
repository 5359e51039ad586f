#include "acmecore/profiles.h"

#include <gmock/gmock.h>

namespace acmecore {
namespace {

using base::ErrorKind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Profile profile(const std::string& name) {
  Profile made;
  made.name = name;
  made.description = "about " + name;
  return made;
}

// Three of them. The directory "team" offers two and prefers the second; all others offer all.
Profiles three() {
  std::map<std::string, Profiles::Offer, std::less<>> of_directories;
  of_directories["team"] = {{"b", "c"}, "c"};
  return {{profile("a"), profile("b"), profile("c")}, std::move(of_directories), {{"a", "b", "c"}, "a"}};
}

Account account_in(const std::string& directory, std::vector<std::string> allowed = {}) {
  Account account;
  account.directory = directory;
  if (!allowed.empty()) account.external_account = ExternalAccount{"key-1", "{}", {{}, {}, allowed}};
  return account;
}

// Its name, or of a refusal the detail.
std::string chosen(const Profiles& profiles, const Account& account, std::string_view name = "") {
  const auto profile = profiles.choose(account, name);
  if (profile) return (*profile)->name;
  EXPECT_EQ(profile.error().kind, ErrorKind::invalid_profile);
  return profile.error().detail;
}

std::vector<std::string> shown(const Profiles& profiles, std::string_view directory) {
  std::vector<std::string> lines;
  for (const Profile* one : profiles.shown_by(directory))
    lines.push_back(one->name + ": " + one->description);
  return lines;
}

TEST(Profiles, ASingleOneIsNotShownAndHasNoName) {
  const Profiles profiles;
  EXPECT_THAT(shown(profiles, "default"), IsEmpty());
  EXPECT_EQ(chosen(profiles, account_in("default")), "");
  EXPECT_EQ((*profiles.choose(""))->name, "");
  for (const char* name : {"default", "a"})
    EXPECT_THAT(chosen(profiles, account_in("default"), name), HasSubstr("none to choose from"));
}

TEST(Profiles, AreShownByTheDirectoriesThatOfferThem) {
  EXPECT_THAT(shown(three(), "default"), ElementsAre("a: about a", "b: about b", "c: about c"));
  EXPECT_THAT(shown(three(), "team"), ElementsAre("b: about b", "c: about c"));
}

TEST(Profiles, AreThePresetOfADirectory) {
  EXPECT_EQ(three().preset_of("team").name, "c");
  EXPECT_EQ(three().preset_of("default").name, "a");
  EXPECT_EQ(Profiles().preset_of("team").name, "");
}

TEST(Profiles, AreChosenByName) {
  for (const char* name : {"a", "b", "c"})
    EXPECT_EQ(chosen(three(), account_in("default"), name), name);
  EXPECT_EQ(chosen(three(), account_in("team"), "b"), "b");
  EXPECT_EQ(chosen(three(), account_in("team"), "a"),
            "the profile \"a\" is none that this account can choose; it can choose \"b\", \"c\"");
  for (const char* name : {"d", "A", "a ", "ab"})
    EXPECT_THAT(chosen(three(), account_in("default"), name), HasSubstr("it can choose \"a\", \"b\", \"c\""));
}

TEST(Profiles, AreThoseOfTheDirectoryWhereAnOrderNamesNone) {
  EXPECT_EQ(chosen(three(), account_in("default")), "a");
  EXPECT_EQ(chosen(three(), account_in("team")), "c");
}

TEST(Profiles, AreForAnAccountWhatItsExternalAccountKeyAllows) {
  EXPECT_EQ(chosen(three(), account_in("default", {"c", "b"}), "c"), "c");
  EXPECT_EQ(chosen(three(), account_in("default", {"c", "b"}), "a"),
            "the profile \"a\" is none that this account can choose; it can choose \"b\", \"c\"");
  EXPECT_EQ(chosen(three(), account_in("default", {"c", "b"})), "b");
  EXPECT_EQ(chosen(three(), account_in("default", {"c", "a"})), "a");
  EXPECT_THAT(chosen(three(), account_in("team", {"a", "b"}), "a"), HasSubstr("it can choose \"b\""));
}

TEST(Profiles, ThatAKeyAllowedAndThatAreGoneLeaveNone) {
  for (const char* name : {"", "a", "d"}) {
    EXPECT_THAT(chosen(three(), account_in("default", {"d"}), name),
                HasSubstr("key-1 allows exists any more"));
    EXPECT_THAT(chosen(Profiles(), account_in("default", {"a"}), name), HasSubstr("key-1"));
  }
}

TEST(Profiles, OfAGrpcCallerAreThoseOfNoDirectory) {
  Account caller = account_in("team");
  caller.principal = "automation";
  EXPECT_EQ(chosen(three(), caller), "a");
  EXPECT_EQ(chosen(three(), caller, "b"), "b");
  EXPECT_EQ(three().choose("d").error().kind, ErrorKind::invalid_profile);
}

}  // namespace
}  // namespace acmecore
