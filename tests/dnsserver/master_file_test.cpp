#include "dnsserver/master_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnsserver {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

// Entries as "LINE[-]|item|item", "-" where the owner is left out; then what was found, as "LINE: text".
Lines taken_apart(std::string_view text) {
  Lines lines;
  Findings findings;
  MasterFile file(text);
  while (const auto entry = file.next(findings)) {
    std::string line = std::to_string(entry->line) + (entry->owner_omitted ? "-" : "");
    for (const std::string& item : entry->items)
      line += "|" + item;
    lines.push_back(std::move(line));
  }
  for (const Finding& finding : findings)
    lines.push_back(std::to_string(finding.line) + ": " + finding.text);
  return lines;
}

TEST(MasterFile, IsEntriesOfItems) {
  EXPECT_THAT(taken_apart("www 60 IN A 192.0.2.1\n\tTXT x\r\nb\tA\t192.0.2.2"),
              ElementsAre("1|www|60|IN|A|192.0.2.1", "2-|TXT|x", "3|b|A|192.0.2.2"));
  EXPECT_THAT(taken_apart(""), ElementsAre());
  EXPECT_THAT(taken_apart("\n \n\t\n"), ElementsAre());
}

TEST(MasterFile, HasCommentsToTheEndOfALine) {
  EXPECT_THAT(taken_apart("; a comment ( \" \\\na;b\n ; c\nd \";\" \\; ;e"),
              ElementsAre("2|a", "4|d|\";\"|\\;"));
}

TEST(MasterFile, GoesOnOverLinesInParentheses) {
  EXPECT_THAT(taken_apart("@ SOA a b ( 1 ; serial\n2\n\n3 ) 4\nx(y)z"),
              ElementsAre("1|@|SOA|a|b|1|2|3|4", "5|x|y|z"));
  EXPECT_THAT(taken_apart("a \"(\" \\( b"), ElementsAre("1|a|\"(\"|\\(|b"));
  EXPECT_THAT(taken_apart("a ((b\n) c\n) d\ne"), ElementsAre("1|a|b|c|d", "4|e"));
}

TEST(MasterFile, KeepsQuotesAndEscapes) {
  EXPECT_THAT(taken_apart(R"(a "b c" "d\" e" "" f\ g h\\ "\065")"),
              ElementsAre(R"(1|a|"b c"|"d\" e"|""|f\ g|h\\|"\065")"));
  EXPECT_THAT(taken_apart(R"(a alpn="h2,h3" "b"c)"), ElementsAre(R"(1|a|alpn="h2,h3"|"b"|c)"));
}

TEST(MasterFile, WritesWhatIsNotPrintableInDecimal) {
  EXPECT_THAT(taken_apart("a \"\xc3\xbc\" \xff\x01 \\\x7f"),
              ElementsAre("1|a|\"\\195\\188\"|\\255\\001|\\127"));
  EXPECT_THAT(taken_apart(std::string_view("a b\0c", 5)), ElementsAre("1|a|b\\000c"));
  EXPECT_THAT(taken_apart("a \"b\tc\""), ElementsAre("1|a|\"b\\009c\""));
}

TEST(MasterFile, TellsEveryLineThatCannotBeTakenApart) {
  EXPECT_THAT(taken_apart("a \"b\nc )\nd\ne \\\nf \\"),
              ElementsAre("3|d", "1: a quote is not closed in its line",
                          "2: a parenthesis is closed that was not opened", "4: a line ends in a \\",
                          "5: a line ends in a \\"));
  EXPECT_THAT(taken_apart("a\nb (\nc\nd"),
              ElementsAre("1|a", "2: a parenthesis is not closed, to the end of the file"));
}

TEST(MasterFile, HasEntriesOfAtMostSoManyItems) {
  std::string text = "a";
  for (size_t i = 1; i < kEntryItemsMax; ++i)
    text += " x";
  EXPECT_EQ(taken_apart(text).size(), 1u);
  EXPECT_THAT(taken_apart(text + " x\nb"), ElementsAre("2|b", "1: an entry has more than 4096 items"));
}

}  // namespace
}  // namespace dnsserver
