#include "base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace base::log {
namespace {

using testing::HasSubstr;
using testing::Not;

Time noon() { return parse_rfc3339("2026-11-23T12:00:00.5Z").value(); }

std::string text_line(Fields fields) { return line(Format::text, Level::info, noon(), "a.b", fields); }
std::string json_line(Fields fields) { return line(Format::json, Level::info, noon(), "a.b", fields); }

TEST(Log, WritesTheEventAndItsFields) {
  const std::string order = "o1";
  EXPECT_EQ(
      text_line(
          {{"order", order}, {"count", 3}, {"size", size_t{7}}, {"wildcard", true}, {"name", "x.test"}}),
      "2026-11-23T12:00:00.500Z info a.b order=o1 count=3 size=7 wildcard=true name=x.test");
  EXPECT_EQ(
      json_line({{"order", order}, {"count", -3}, {"wildcard", false}}),
      R"({"time":"2026-11-23T12:00:00.500Z","level":"info","event":"a.b","order":"o1","count":-3,"wildcard":false})");
}

TEST(Log, KeepsLargeCounts) {
  EXPECT_THAT(text_line({{"n", std::numeric_limits<uint64_t>::max()}}), HasSubstr("n=18446744073709551615"));
}

TEST(Log, QuotesWhatIsNotOneWord) {
  EXPECT_THAT(text_line({{"detail", "two words"}}), HasSubstr(R"(detail="two words")"));
  EXPECT_THAT(text_line({{"detail", "a=b"}}), HasSubstr(R"(detail="a=b")"));
  EXPECT_THAT(text_line({{"detail", ""}}), HasSubstr(R"(detail="")"));
}

TEST(Log, AValueCannotBreakOutOfItsFieldOrLine) {
  const std::string hostile = "x\" admin=true\r\n2026-11-23T12:00:00Z info forged\x1b[2J";
  EXPECT_THAT(text_line({{"value", hostile}}),
              HasSubstr(R"(value="x\" admin=true\x0d\x0a2026-11-23T12:00:00Z info forged\x1b[2J")"));
  EXPECT_THAT(json_line({{"value", hostile}}),
              HasSubstr(R"("value":"x\" admin=true\u000d\u000a2026-11-23T12:00:00Z info forged\u001b[2J")"));
  EXPECT_THAT(text_line({{"value", R"(\)"}}), HasSubstr(R"(value="\\")"));
  EXPECT_THAT(text_line({{"value", std::string_view("\0", 1)}}), HasSubstr(R"x(value="\x00")x"));
}

TEST(Log, JsonStaysUnicodeAndTextStaysAscii) {
  EXPECT_THAT(json_line({{"value", "\u00e9\xff"}}), HasSubstr("\"value\":\"\u00e9\uFFFD\""));
  EXPECT_THAT(text_line({{"value", "\u00e9\xff"}}), HasSubstr(R"(value="\xc3\xa9\xff")"));
}

TEST(Log, CutsLongValues) {
  const std::string fits(kValueSizeMax, 'x');
  EXPECT_THAT(text_line({{"value", fits}}), Not(HasSubstr("...")));
  const std::string line = text_line({{"value", fits + "x"}});
  EXPECT_TRUE(line.ends_with("x..."));
  EXPECT_LT(line.size(), kValueSizeMax + 100);
}

TEST(Log, DoesNotWriteSecrets) {
  for (const std::string_view name : kSecretFields) {
    EXPECT_THAT(text_line({{name, "hunter2"}}), Not(HasSubstr("hunter2"))) << name;
    EXPECT_THAT(json_line({{name, "hunter2"}}), HasSubstr(R"x(":"(secret)")x")) << name;
  }
}

TEST(Log, WritesOneLineToStderrFromTheLevelUpwards) {
  configure(Level::warning, Format::text);
  testing::internal::CaptureStderr();
  debug("a.debug");
  info("a.info");
  warning("a.warning", {{"n", 1}});
  error("an.error");
  const std::string written = testing::internal::GetCapturedStderr();
  configure(Level::info, Format::text);
  EXPECT_THAT(written, testing::MatchesRegex("[^\n]* warning a.warning n=1\n[^\n]* error an.error\n"));
}

TEST(Log, LinesOfSeveralThreadsDoNotMix) {
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  testing::internal::CaptureStderr();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < kLines; ++n)
        info("a.line", {{"value", "0123456789"}});
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  const std::string written = testing::internal::GetCapturedStderr();
  size_t lines = 0;
  for (size_t at = 0; at < written.size(); at = written.find('\n', at) + 1) {
    const std::string line = written.substr(at, written.find('\n', at) - at);
    ASSERT_TRUE(line.ends_with(" info a.line value=0123456789")) << line;
    ++lines;
  }
  EXPECT_EQ(lines, size_t{kThreads * kLines});
}

}  // namespace
}  // namespace base::log
