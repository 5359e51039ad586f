#include "base/json.h"

#include <gtest/gtest.h>

namespace base {
namespace {

ErrorKind refusal(std::string_view text) {
  const auto parsed = parse_json(text);
  return parsed ? ErrorKind::internal : parsed.error().kind;
}

TEST(Json, ReadsEveryKindOfValue) {
  const auto parsed = parse_json(R"( {"a": [1, -2, 1.5, true, false, null], "b": {"c": "d"}} )");
  ASSERT_TRUE(parsed);
  const Json expected =
      Json::Object{{"a", Json::Array{1, -2, 1.5, true, false, Json()}}, {"b", Json::Object{{"c", "d"}}}};
  EXPECT_EQ(*parsed, expected);
  EXPECT_EQ(*parsed->find("b")->find("c")->string(), "d");
  EXPECT_EQ(parsed->find("c"), nullptr);
  EXPECT_EQ(parsed->find("a")->find("c"), nullptr);
  EXPECT_TRUE((*parsed->find("a")->array())[5].is_null());
  EXPECT_EQ((*parsed->find("a")->array())[3].integer(), nullptr);
}

TEST(Json, ReadsAnyValueOnItsOwn) {
  EXPECT_EQ(*parse_json("\"x\""), Json("x"));
  EXPECT_EQ(*parse_json(" 7 "), Json(7));
  EXPECT_EQ(*parse_json("null"), Json());
  EXPECT_EQ(*parse_json("{}"), Json(Json::Object()));
}

TEST(Json, WritesWhatItRead) {
  for (std::string_view text :
       {R"({"b":1,"a":[true,null,"x"],"c":{}})", R"("\"\\\u0001é\u0000")", "-9223372036854775808",
        "9223372036854775807", "[]", "0.25", "1e+100", "1000.0"}) {
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->text(), text);
  }
}

TEST(Json, DecodesEscapesAndSurrogatePairs) {
  EXPECT_EQ(*parse_json(R"("\u00e9\ud83d\ude00\n\/")"), Json("é😀\n/"));
}

TEST(Json, KeepsAnIntegerThatIsTooLargeApartFromIntegers) {
  EXPECT_EQ(*parse_json("9223372036854775807")->integer(), INT64_MAX);
  for (std::string_view text :
       {"9223372036854775808", "18446744073709551615", "18446744073709551617", "1.0", "1e3"}) {
    const auto parsed = parse_json(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->integer(), nullptr) << text;
    EXPECT_NE(parsed->number(), nullptr) << text;
  }
  EXPECT_EQ(refusal("1e999"), ErrorKind::malformed);
}

TEST(Json, RefusesWhatIsNotExactlyOneStrictValue) {
  for (std::string_view text :
       {"",      " ",        "{",     "{\"a\":1", "{\"a\":1,}", "[1,]",  "{} {}",    "{}x", "{'a':1}",
        "{a:1}", "// c\n{}", "/**/1", "01",       "+1",         ".5",    "1.",       "NaN", "Infinity",
        "tru",   "\"\n\"",   "\"",    "\"\\x\"",  "\"\\u12\"",  "[1 2]", "{\"a\" 1}"}) {
    EXPECT_EQ(refusal(text), ErrorKind::malformed) << text;
  }
  EXPECT_EQ(refusal(std::string_view("{}\0", 3)), ErrorKind::malformed);
}

TEST(Json, RefusesANameTwiceInOneObjectAtAnyDepth) {
  EXPECT_EQ(refusal(R"({"a":1,"a":1})"), ErrorKind::malformed);
  EXPECT_EQ(refusal(R"([{"x":{"a":1,"b":2,"a":3}}])"), ErrorKind::malformed);
  EXPECT_EQ(refusal(R"({"a":1,"\u0061":1})"), ErrorKind::malformed);
  EXPECT_TRUE(parse_json(R"({"a":{"a":1},"A":1})"));
}

TEST(Json, RefusesInvalidUtf8AndLoneSurrogates) {
  for (std::string_view text : {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xe2\x82\"", "\"\\ud800\"",
                                "\"\\udc00\"", "\"\\ud800x\"", "{\"\xff\":1}"}) {
    EXPECT_EQ(refusal(text), ErrorKind::malformed) << text;
  }
}

TEST(Json, IsBoundedInDepthAndSize) {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(kJsonDepthMax)));
  EXPECT_EQ(refusal(nested(kJsonDepthMax + 1)), ErrorKind::too_large);
  EXPECT_EQ(refusal(std::string(100'000, '[')), ErrorKind::too_large);

  const auto sized = [](size_t size) { return '"' + std::string(size - 2, 'x') + '"'; };
  EXPECT_TRUE(parse_json(sized(kJsonSizeMax)));
  EXPECT_EQ(refusal(sized(kJsonSizeMax + 1)), ErrorKind::too_large);
}

}  // namespace
}  // namespace base
