#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "dnsserver/wire.h"
#include "tests/scenarios/dns/scenario.h"

namespace dnsserver {
namespace {

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(SCENARIOS)) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void expect_reply(const ScenarioCase& expected, const Bytes& response) {
  EXPECT_EQ(response.empty(), expected.silence);
  if (response.empty() || expected.silence) return;
  const ReadMessage read = read_message(response);
  EXPECT_EQ(read.rcode, expected.reply.rcode);
  EXPECT_EQ(read.flags, expected.reply.flags);
  EXPECT_EQ(read.edns, expected.reply.edns);
  EXPECT_EQ(read.answer, expected.reply.answer);
  EXPECT_EQ(read.authority, expected.reply.authority);
  EXPECT_EQ(read.additional, expected.reply.additional);
  EXPECT_EQ(response.substr(0, 2), expected.query.substr(0, 2));
  EXPECT_EQ(u16_at(response, 2) & kOpcode, u16_at(expected.query, 2) & kOpcode);
  if (!expected.has_question) {
    EXPECT_EQ(response.size(), kHeaderSize);
    return;
  }
  if (u16_at(expected.query, 4) == 0) return;
  LoweredName name;
  const size_t end = name.read(expected.query, kHeaderSize) + 4;
  EXPECT_EQ(response.substr(kHeaderSize, end - kHeaderSize),
            expected.query.substr(kHeaderSize, end - kHeaderSize));
}

class Scenarios : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenarios, AreAnsweredAsTheySay) {
  std::ifstream file(GetParam());
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Scenario scenario = parse_scenario(text, GetParam().string());
  ASSERT_FALSE(scenario.cases.empty());
  for (const ScenarioCase& each : scenario.cases) {
    SCOPED_TRACE(GetParam().string() + ":" + std::to_string(each.line) + ": " + each.sentence);
    expect_reply(each, scenario.zones.ask(each.query, each.transport));
  }
}

INSTANTIATE_TEST_SUITE_P(Dns, Scenarios, testing::ValuesIn(files()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace dnsserver
