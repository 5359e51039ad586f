#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config.h"

namespace base {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Config parsed(const std::string& text) {
  const auto config = parse_config(text, "assay.toml");
  EXPECT_TRUE(config) << config.error().detail;
  return config.value_or(Config());
}

std::string refusal(const std::string& text) {
  const auto config = parse_config(text, "assay.toml");
  return config ? "" : config.error().detail;
}

TEST(ConfigIssuers, ThereAreNoneUnlessTheyAreConfigured) {
  const Config config = parsed("");
  EXPECT_TRUE(config.issuance.issuers.empty());
  EXPECT_EQ(config.acme.preset.issuer, "");
  EXPECT_THAT(config.acme.preset.challenges, ElementsAre(ChallengeType::dns_01));
}

TEST(ConfigIssuers, EachHasItsPlaceItsSecretsAndItsChains) {
  const Config config = parsed(R"(
[[issuance.issuer]]
name = "default"
alternate_chains = ["a.pem", "b.pem"]
passphrase_file = "/etc/assay/passphrase"

[[issuance.issuer]]
name = "team"
directory = "/etc/assay/team"
passphrase_credential = "team.passphrase"
pkcs11_module = "/usr/lib/softhsm/libsofthsm2.so"
pin_credential = "team-pin"

[[issuance.issuer]]
name = "lab"
pkcs11_module = "/usr/lib/softhsm/libsofthsm2.so"
pin_file = "/etc/assay/pin"
)");
  ASSERT_EQ(config.issuance.issuers.size(), 3u);
  const auto& [first, second, third] =
      std::tie(config.issuance.issuers[0], config.issuance.issuers[1], config.issuance.issuers[2]);
  EXPECT_EQ(first.name, "default");
  EXPECT_EQ(first.directory, "");
  EXPECT_THAT(first.alternate_chains, ElementsAre("a.pem", "b.pem"));
  EXPECT_EQ(first.passphrase_file, "/etc/assay/passphrase");
  EXPECT_EQ(second.directory, "/etc/assay/team");
  EXPECT_EQ(second.passphrase_credential, "team.passphrase");
  EXPECT_EQ(second.pin_credential, "team-pin");
  EXPECT_EQ(third.pkcs11_module, "/usr/lib/softhsm/libsofthsm2.so");
  EXPECT_EQ(third.pin_file, "/etc/assay/pin");
}

TEST(ConfigIssuers, DirectoriesAndProfilesNameThoseThatAreThere) {
  const std::string two = "[[issuance.issuer]]\nname = \"corp\"\n[[issuance.issuer]]\nname = \"team\"\n";
  const Config config = parsed(two + R"(
[[issuance.profile]]
name = "internal"
description = "x"
issuer = "team"
[acme]
issuer = "corp"
[[acme.directory]]
name = "default"
[[acme.directory]]
name = "team"
issuer = "team"
)");
  EXPECT_EQ(config.acme.directories[0].issuer, "corp");
  EXPECT_EQ(config.acme.directories[1].issuer, "team");
  EXPECT_EQ(config.issuance.profiles[0].issuer, "team");

  EXPECT_THAT(refusal(two + "[acme]\nissuer = \"default\"\n"),
              HasSubstr("[acme] has \"default\" for its issuer"));
  EXPECT_THAT(refusal(two + "[[acme.directory]]\nname = \"lab\"\nissuer = \"lab\"\n"),
              HasSubstr("the directory \"lab\" has \"lab\" for its issuer, which is none"));
  EXPECT_THAT(refusal(two + "[[issuance.profile]]\nname = \"p\"\ndescription = \"x\"\nissuer = \"lab\"\n"),
              HasSubstr("the profile \"p\" has \"lab\" for its issuer"));
  EXPECT_EQ(refusal("[acme]\nissuer = \"default\"\n"), "");
  EXPECT_THAT(refusal("[acme]\nissuer = \"team\"\n"), HasSubstr("[acme] has \"team\""));
}

TEST(ConfigIssuers, MistakesAreTold) {
  const auto issuer = [](const std::string& keys) { return refusal("[[issuance.issuer]]\n" + keys); };
  EXPECT_THAT(issuer(""), HasSubstr("the issuer has no name"));
  EXPECT_THAT(issuer("name = \"Team\""), HasSubstr("lower-case letters"));
  EXPECT_THAT(issuer("name = \"../team\""), HasSubstr("lower-case letters"));
  EXPECT_THAT(issuer("name = \"a\"\n[[issuance.issuer]]\nname = \"a\""),
              HasSubstr("another issuer has this name"));
  EXPECT_THAT(issuer("name = \"a\"\npassphrase_file = \"f\"\npassphrase_credential = \"c\""),
              HasSubstr("not in both"));
  EXPECT_THAT(issuer("name = \"a\"\npkcs11_module = \"m\"\npin_file = \"f\"\npin_credential = \"c\""),
              HasSubstr("not in both"));
  EXPECT_THAT(issuer("name = \"a\"\npin_file = \"f\""), HasSubstr("without pkcs11_module"));
  EXPECT_THAT(issuer("name = \"a\"\npin_credential = \"c\""), HasSubstr("without pkcs11_module"));
  EXPECT_THAT(issuer("name = \"a\"\npassphrase_credential = \"../c\""), HasSubstr("a credential's name"));
  EXPECT_THAT(issuer("name = \"a\"\npassphrase_credential = \".c\""), HasSubstr("no dot in front"));
  EXPECT_THAT(issuer("name = \"a\"\n[issuance]\nalternate_chains = [\"a.pem\"]"),
              HasSubstr("they are said for each [[issuance.issuer]]"));
  std::string many;
  for (int i = 0; i <= 20; ++i)
    many += "[[issuance.issuer]]\nname = \"i" + std::to_string(i) + "\"\n";
  EXPECT_THAT(refusal(many), HasSubstr("more than 20 issuers"));
}

TEST(ConfigIssuers, ChallengesAreOfTypesThatAreOn) {
  EXPECT_EQ(refusal("[acme]\nchallenges = [\"dns-01\"]\n"), "");
  EXPECT_EQ(refusal("[[acme.directory]]\nname = \"team\"\nchallenges = [\"dns-01\"]\n"), "");
  EXPECT_NE(refusal("[acme]\nchallenges = []\n"), "");
  EXPECT_THAT(refusal("[acme]\nchallenges = [\"http-01\"]\n"), HasSubstr("\"dns-01\""));
}

}  // namespace
}  // namespace base
