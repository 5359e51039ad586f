#include "dnsserver/http/lenient_json.h"

#include <gtest/gtest.h>

namespace dnsserver::http {
namespace {

using Strings = std::vector<std::string>;

base::Result<std::string> txt(std::string_view text, Behind behind = Behind::is_ignored) {
  const auto object = LenientObject::parse(text, behind);
  if (!object) return tl::unexpected(object.error());
  return object->string("txt");
}

TEST(LenientJson, ComparesNamesWithoutCase) {
  EXPECT_EQ(txt(R"({"txt":"v"})"), "v");
  EXPECT_EQ(txt(R"({"Txt":"v"})"), "v") << "cpu/goacmedns";
  EXPECT_EQ(txt(R"({"TXT":"v"})"), "v");
  EXPECT_EQ(txt(R"({"t\u0058t":"v"})"), "v");
  EXPECT_EQ(txt(R"({"text":"v"})"), "");
}

TEST(LenientJson, TakesTheLastOfSeveral) {
  EXPECT_EQ(txt(R"({"txt":"a","TXT":"b"})"), "b");
  EXPECT_EQ(txt(R"({"TXT":"b","txt":"a","Txt":null})"), "a") << "null says nothing";
}

TEST(LenientJson, TakesNothingForAnObjectWithoutMembers) {
  for (const char* text : {"", " \r\n\t", "null", " null ", "{}", "{ }"}) {
    EXPECT_EQ(txt(text, Behind::is_refused), "") << text;
  }
}

TEST(LenientJson, IgnoresWhatItDoesNotKnow) {
  EXPECT_EQ(txt(R"({"a":[1,-0.5e+7,{"b":[true,false,null]}],"txt":"v","c":{}})", Behind::is_refused), "v");
}

TEST(LenientJson, RefusesOrIgnoresWhatStandsBehindTheValue) {
  for (const char* text : {R"({"txt":"v"}x)", R"({"txt":"v"}{"txt":"w"})", R"({"txt":"v"} ])"}) {
    EXPECT_EQ(txt(text, Behind::is_ignored), "v") << text;
    EXPECT_FALSE(txt(text, Behind::is_refused)) << text;
  }
  EXPECT_EQ(txt("{\"txt\":\"v\"}\n", Behind::is_refused), "v");
}

TEST(LenientJson, KeepsTheGrammarAllTheSame) {
  for (const char* text : {"{",
                           "}",
                           "nul",
                           "[]",
                           "\"txt\"",
                           "5",
                           "true",
                           "{\"txt\"}",
                           "{\"txt\":}",
                           "{\"txt\":\"v\",}",
                           "{,}",
                           "{txt:\"v\"}",
                           "{'txt':'v'}",
                           "{\"txt\":\"v\"",
                           "{\"txt\":\"v}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":.5}",
                           "{\"a\":1e}",
                           "{\"a\":+1}",
                           "{\"a\":-}",
                           "{\"a\":[1,]}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"\n\"}",
                           "// c\n{}",
                           "{\"a\":\"\\"}) {
    EXPECT_FALSE(LenientObject::parse(text, Behind::is_ignored)) << text;
  }
}

TEST(LenientJson, MakesOfWhatIsNoUnicodeTheReplacementCharacter) {
  EXPECT_EQ(txt("{\"txt\":\"a\xff\x62\"}"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(txt(R"({"txt":"\ud800"})"), "\xef\xbf\xbd");
  EXPECT_EQ(txt(R"({"txt":"\udc00x"})"), "\xef\xbf\xbdx");
  EXPECT_EQ(txt(R"({"txt":"\ud83d\ude00"})"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(txt(R"({"txt":"\ud83d\u0041"})"),
            "\xef\xbf\xbd"
            "A");
  EXPECT_EQ(txt(R"({"txt":"\"\\\/\b\f\n\r\t\u00e9\u20ac"})"), "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac");
}

TEST(LenientJson, IsNotDeeperThanItsLimit) {
  const auto nested = [](size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + ",\"txt\":\"v\"}";
  };
  EXPECT_EQ(txt(nested(kLenientDepthMax)), "v");
  EXPECT_FALSE(txt(nested(kLenientDepthMax + 1)));
  EXPECT_FALSE(txt(std::string(100'000, '[')));
}

TEST(LenientJson, TellsStringsFromOtherThings) {
  EXPECT_FALSE(txt(R"({"txt":5})"));
  EXPECT_FALSE(txt(R"({"txt":["v"]})"));
  const auto strings = [](std::string_view text) {
    return LenientObject::parse(text, Behind::is_refused)->strings("allowfrom");
  };
  EXPECT_EQ(strings("{}"), Strings());
  EXPECT_EQ(strings(R"({"AllowFrom":null})"), Strings());
  EXPECT_EQ(strings(R"({"AllowFrom":["a","b"]})"), (Strings{"a", "b"}));
  EXPECT_EQ(strings(R"({"allowfrom":[null]})"), (Strings{""}));
  EXPECT_FALSE(strings(R"({"allowfrom":"a"})"));
  EXPECT_FALSE(strings(R"({"allowfrom":[1]})"));
}

}  // namespace
}  // namespace dnsserver::http
