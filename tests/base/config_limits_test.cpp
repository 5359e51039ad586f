// How much a configuration holds, where it comes from, and that its page names every key.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <string>

#include "base/config.h"

namespace base {
namespace {

using testing::HasSubstr;

TEST(Config, HoldsItsSizeLimit) {
  const std::string comment = "#" + std::string(kConfigSizeMax - 1, 'x');
  EXPECT_TRUE(parse_config(comment, "t"));
  EXPECT_FALSE(parse_config(comment + "x", "t"));
}

TEST(Config, NamesThePlaceOfATableWithoutAName) {
  for (const char* header : {"[[[acme]]]", "[=]", "[.a]", "[[,]]", "[[", "[ \n", "[\xc3\xa9]", "[[ [a]]"}) {
    const auto refused = parse_config("# two\n" + std::string(header), "t");
    ASSERT_FALSE(refused) << header;
    EXPECT_THAT(refused.error().detail, testing::StartsWith("t:2:")) << header;
  }
  EXPECT_TRUE(parse_config(
      " \t[ acme ]\n[[ grpc.credential ]]\nname='c'\ntoken_file='t'\npermissions=['zones']\n", "t"));
}

TEST(Config, HasOtherCharactersThanAsciiInCommentsAndStringsAlone) {
  const auto config =
      parse_config("\xEF\xBB\xBF# \xC3\xA9\nstate_directory = \"/\xC3\xA9\\\"\xC3\xA9\" # \xC3\xA9\n", "t");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->state_directory, "/\xC3\xA9\"\xC3\xA9");
  for (const char* text :
       {"\xEF\xB3\xBF\n", "x = '\xC3\xA9' \xC3\xA9", "x\xC3\xA9 = 1", "x = \"\\\\\" \xC3\xA9"})
    EXPECT_FALSE(parse_config(text, "t")) << text;
}

TEST(Config, RefusesDatesThatAreCut) {
  for (const char* value : {"1979-05-27Tx", "[[1979-05-27Torde07:32:00Z]]"})
    EXPECT_FALSE(parse_config("x = " + std::string(value), "t")) << value;
}

TEST(Config, HoldsTheLimitsOnRepeatedTables) {
  const auto credentials = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text +=
          "[[grpc.credential]]\nname='c" + std::to_string(i) + "'\ntoken_file='t'\npermissions=['zones']\n";
    }
    return text;
  };
  EXPECT_TRUE(parse_config(credentials(1000), "t"));
  EXPECT_FALSE(parse_config(credentials(1001), "t"));
  const auto stubs = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += "[[validator.stub]]\nzone='z" + std::to_string(i) + ".test'\naddresses=['127.0.0.1:1']\n";
    }
    return text;
  };
  const auto alias_zones = [](int count) {
    std::string text = "[update]\nlisten=['127.0.0.1:0']\nalias_zones=[";
    for (int i = 0; i < count; ++i)
      text += "'z" + std::to_string(i) + ".test',";
    return text + "]\n";
  };
  const auto subscribers = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += "[[policy.subscribers]]\naccounts=['a']\n";
    return text;
  };
  EXPECT_TRUE(parse_config(subscribers(1000), "t"));
  EXPECT_FALSE(parse_config(subscribers(1001), "t"));
  EXPECT_TRUE(parse_config(alias_zones(1000), "t"));
  EXPECT_FALSE(parse_config(alias_zones(1001), "t"));
  EXPECT_TRUE(parse_config(stubs(1000), "t"));
  EXPECT_FALSE(parse_config(stubs(1001), "t"));
}

TEST(Config, ComesFromAFileWhoseNameIsInTheMistakes) {
  const std::string path = testing::TempDir() + "config_test.toml";
  std::ofstream(path) << "x = 1\n";
  EXPECT_EQ(load_config(path).error().detail, path + ":1:1: there is no key x");
  std::ofstream(path) << "dns.workers = 3\n";
  EXPECT_EQ(load_config(path)->dns.workers, 3u);
  EXPECT_EQ(load_config(path + ".absent").error().kind, ErrorKind::not_found);
  EXPECT_EQ(load_config(testing::TempDir()).error().kind, ErrorKind::not_found);
}

// A row is "| `key` | what is allowed | `default` | …".
TEST(Config, EveryKeyIsDocumentedWithWhatIsAllowedAndItsDefault) {
  std::ifstream file(ASSAY_SOURCE_DIR "/docs/configuration.md");
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto keys = config_keys();
  EXPECT_GT(keys.size(), 40u);
  for (const ConfigKey& key : keys) {
    const std::string preset = key.preset.empty() ? "" : "`" + key.preset + "` ";
    EXPECT_THAT(page, HasSubstr("| `" + key.name + "` | " + key.allowed + " | " + preset + "|"));
  }
}

TEST(Config, AKeyThatIsAsInAnotherTableHasTheKeyThereForItsDefault) {
  std::map<std::string, std::string> presets;
  for (const ConfigKey& key : config_keys())
    presets.emplace(key.name, key.preset);
  EXPECT_EQ(presets["policy.subscribers[].wildcards"], "policy.wildcards");
  EXPECT_EQ(presets["policy.subscribers[].deny"], "[]");
  EXPECT_EQ(presets["policy.wildcards"], "true");
  EXPECT_EQ(presets["acme.directory[].auto_renewal.min_lifetime"], "acme.auto_renewal.min_lifetime");
  EXPECT_EQ(presets["acme.directory[].name"], "\"\"");
  EXPECT_EQ(presets["acme.order_lifetime"], "\"7d\"");
  EXPECT_EQ(presets["issuance.profile[].rules"], "issuance.rules");
  EXPECT_EQ(presets["issuance.profile[].wildcards"], "true");
}

}  // namespace
}  // namespace base
