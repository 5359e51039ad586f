#include "app/cli/csv.h"

#include <gtest/gtest.h>

namespace app {
namespace {

TEST(Csv, QuotesOnlyWhatHasToBe) {
  EXPECT_EQ(csv_record({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(csv_record({"a,b", "say \"no\"", "two\nlines"}), "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n");
}

TEST(Csv, HasNoFormulas) {
  EXPECT_EQ(csv_record({"=1+1", "+1", "-1", "@x", "1=1"}), "'=1+1,'+1,'-1,'@x,1=1\r\n");
  EXPECT_EQ(csv_record({"=a,b"}), "\"'=a,b\"\r\n");
}

}  // namespace
}  // namespace app
