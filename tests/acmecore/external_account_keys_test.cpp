#include "acmecore/external_account_keys.h"

#include <gtest/gtest.h>

#include "acmecore/validity.h"
#include "storage/memory_store.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/policy_fixture.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using support::run_task;

Directory directory(const std::string& name, ExternalAccountMode mode) {
  Directory made;
  made.name = name;
  made.external_account = mode;
  return made;
}

class ExternalAccountKeysTest : public testing::Test {
 protected:
  base::Result<ExternalAccountKey> create(const NewExternalAccountKey& wanted) {
    return run_task(keys_.create(wanted, kAnna));
  }
  // What a refusal says; "created" where there is none.
  std::string refusal(const NewExternalAccountKey& wanted) {
    const auto result = create(wanted);
    if (result) return "created";
    EXPECT_EQ(result.error().kind, ErrorKind::malformed);
    return result.error().detail;
  }
  template <class T>
  ErrorKind error_of(base::Task<base::Result<T>> task) {
    const auto result = run_task(std::move(task));
    return result ? ErrorKind::internal : result.error().kind;
  }

  base::ManualClock clock_{base::Time(std::chrono::seconds(1'800'000'000))};
  storage::MemoryStore store_;
  Records records_{store_};
  ExternalAccountKeys keys_{records_, clock_, {directory("team", ExternalAccountMode::required)}};
};

TEST_F(ExternalAccountKeysTest, MakesAKeyForOneUse) {
  const ExternalAccountKey key = create({}).value();
  EXPECT_EQ(key.directory, "team");
  EXPECT_EQ(key.mac_key.size(), kMacKeySize);
  EXPECT_EQ(key.created, clock_.now());
  EXPECT_EQ(key.uses_max, 1u);
  EXPECT_EQ(key.uses, 0u);
  EXPECT_FALSE(key.disabled || key.expires || key.last_used);
  EXPECT_EQ(run_task(keys_.get(key.id)).value(), key);
  const ExternalAccountKey other = create({}).value();
  EXPECT_NE(other.id, key.id);
  EXPECT_NE(other.mac_key, key.mac_key);
}

TEST_F(ExternalAccountKeysTest, KeepsWhatItIsTold) {
  NewExternalAccountKey wanted;
  wanted.directory = "team";
  wanted.comment = "team web \xC3\xBC";
  wanted.restriction = {patterns({"www.corp.test", "**.corp.test"}), std::chrono::hours(48)};
  wanted.expires = clock_.now() + std::chrono::milliseconds(1);
  wanted.uses_max = kExternalAccountUsesMax;
  const ExternalAccountKey key = create(wanted).value();
  EXPECT_EQ(key.comment, wanted.comment);
  EXPECT_EQ(key.restriction.names, wanted.restriction.names);
  EXPECT_EQ(key.restriction.certificate_lifetime_max, std::chrono::hours(48));
  EXPECT_EQ(key.expires, wanted.expires);
  EXPECT_EQ(key.uses_max, kExternalAccountUsesMax);
}

TEST_F(ExternalAccountKeysTest, AllowsProfilesThatTheDirectoryOffersEachOnce) {
  std::vector<Profile> all(3);
  all[0].name = "a";
  all[1].name = "b";
  all[2].name = "c";
  ExternalAccountKeys keys(records_, clock_, {directory("team", ExternalAccountMode::required)},
                           Profiles(all, {{"team", {{"a", "b"}, "a"}}}, {{"c"}, "c"}));
  const auto with = [&](std::vector<std::string> profiles) {
    NewExternalAccountKey wanted;
    wanted.restriction.profiles = std::move(profiles);
    return run_task(keys.create(std::move(wanted), kAnna));
  };
  EXPECT_EQ(with({"b", "a"})->restriction.profiles, (std::vector<std::string>{"b", "a"}));
  EXPECT_TRUE(with({}));
  for (const std::vector<std::string>& bad :
       {std::vector<std::string>{"c"}, {"a", "d"}, {"a", "a"}, {""}, {"A"}}) {
    const auto refused = with(bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::malformed);
    EXPECT_NE(refused.error().detail.find("\"team\" offers"), std::string::npos);
  }
}

TEST_F(ExternalAccountKeysTest, RefusesWhatNoKeyCanBe) {
  const auto says = [this](NewExternalAccountKey wanted, std::string_view part) {
    const std::string text = refusal(wanted);
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  NewExternalAccountKey wanted;
  wanted.uses_max = 0;
  says(wanted, "from 1 to 1000000 uses");
  wanted.uses_max = kExternalAccountUsesMax + 1;
  says(wanted, "from 1 to 1000000 uses");
  wanted = {};
  wanted.expires = clock_.now();
  says(wanted, "would have expired");
  wanted = {};
  wanted.comment = std::string(kExternalAccountCommentMax, 'c');
  says(wanted, "created");
  wanted.comment += 'c';
  says(wanted, "longer than 256");
  for (const char* bad : {"a\nb", "a\x7F", "\xFF", "a\x1B[2J"}) {
    wanted.comment = bad;
    says(wanted, "no line of text");
  }
  wanted = {};
  wanted.restriction.names.assign(kAllowedNamesMax, NamePattern::parse("a.test").value());
  says(wanted, "created");
  wanted.restriction.names.push_back(wanted.restriction.names[0]);
  says(wanted, "at most 100 names");
  wanted = {};
  wanted.restriction.certificate_lifetime_max = kLeafLifetimeMin;
  says(wanted, "created");
  wanted.restriction.certificate_lifetime_max =
      std::chrono::seconds(kLeafLifetimeMin) - std::chrono::seconds(1);
  says(wanted, "less than 2 hours");
}

TEST_F(ExternalAccountKeysTest, IsForADirectoryThatAsksForKeys) {
  NewExternalAccountKey wanted;
  wanted.directory = "other";
  EXPECT_NE(refusal(wanted).find("there is no directory \"other\""), std::string::npos);

  ExternalAccountKeys several(
      records_, clock_,
      {directory("open", ExternalAccountMode::off), directory("team", ExternalAccountMode::optional)});
  wanted.directory = "team";
  EXPECT_EQ(run_task(several.create(wanted, kAnna))->directory, "team");
  wanted.directory = "open";
  EXPECT_EQ(error_of(several.create(wanted, kAnna)), ErrorKind::malformed);
  wanted.directory = "";
  EXPECT_EQ(error_of(several.create(wanted, kAnna)), ErrorKind::malformed);

  ExternalAccountKeys none(records_, clock_, {directory("open", ExternalAccountMode::off)});
  EXPECT_EQ(error_of(none.create(wanted, kAnna)), ErrorKind::malformed);
}

TEST_F(ExternalAccountKeysTest, ListsTheOldestFirst) {
  std::vector<std::string> made;
  for (int i = 0; i < 3; ++i) {
    made.push_back(create({}).value().id);
    clock_.advance(std::chrono::milliseconds(1));
  }
  const auto page = run_task(keys_.list("", 2)).value();
  ASSERT_EQ(page.found.size(), 2u);
  EXPECT_EQ(page.found[0].id, made[0]);
  EXPECT_EQ(page.next, made[1]);
  const auto rest = run_task(keys_.list(page.next, 2)).value();
  ASSERT_EQ(rest.found.size(), 1u);
  EXPECT_EQ(rest.found[0].id, made[2]);
  EXPECT_EQ(rest.next, "");
}

TEST_F(ExternalAccountKeysTest, DisablesEnablesAndDeletes) {
  const std::string id = create({}).value().id;
  EXPECT_TRUE(run_task(keys_.set_disabled(id, true, kAnna))->disabled);
  EXPECT_TRUE(run_task(keys_.set_disabled(id, true, kAnna))->disabled);
  EXPECT_TRUE(run_task(keys_.get(id))->disabled);
  EXPECT_FALSE(run_task(keys_.set_disabled(id, false, kAnna))->disabled);
  EXPECT_FALSE(run_task(keys_.get(id))->disabled);
  EXPECT_TRUE(run_task(keys_.remove(id, kAnna)));
  EXPECT_EQ(error_of(keys_.get(id)), ErrorKind::not_found);
  EXPECT_EQ(error_of(keys_.set_disabled(id, true, kAnna)), ErrorKind::not_found);
  EXPECT_EQ(error_of(keys_.remove(id, kAnna)), ErrorKind::not_found);
  EXPECT_TRUE(run_task(keys_.list("", 10))->found.empty());
}

TEST_F(ExternalAccountKeysTest, AnswersNothingThatTheStoreDidNotTake) {
  const std::string id = create({}).value().id;
  store_.set_full(true);
  EXPECT_EQ(error_of(keys_.create({}, kAnna)), ErrorKind::unavailable);
}

}  // namespace
}  // namespace acmecore
