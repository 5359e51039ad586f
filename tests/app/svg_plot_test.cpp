#include "app/cli/svg_plot.h"

#include <gmock/gmock.h>

namespace app {
namespace {

using testing::HasSubstr;
using testing::Not;

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(ColumnPlot, HasAColumnForEachValueAndAScaleThatHoldsThemAll) {
  const std::string svg = column_plot("issued", {{"11-01", 3}, {"11-02", 0}, {"11-03", 17}});
  EXPECT_EQ(count(svg, "<rect"), 3u);
  EXPECT_THAT(svg, HasSubstr("<title>11-03: 17</title>"));
  EXPECT_THAT(svg, HasSubstr(">20</text>"));
  EXPECT_THAT(svg, HasSubstr(">10</text>"));
  EXPECT_THAT(svg, HasSubstr("height=\"0.0\""));
}

TEST(ColumnPlot, LabelsOnlyAsManyColumnsAsHaveRoom) {
  std::vector<PlotBar> columns;
  for (int i = 0; i < 60; ++i)
    columns.push_back({"day" + std::to_string(i), uint64_t(i)});
  EXPECT_LE(count(column_plot("issued", columns), ">day"), 6u + 60u);  // each has its tip
  EXPECT_LE(count(column_plot("issued", columns), "text-anchor=\"middle\">day"), 6u);
}

// The last of 31 days is today, and the one that is looked at first.
TEST(ColumnPlot, CutsNoLabelAtItsEdge) {
  std::vector<PlotBar> columns(31, {"11-28", 1});
  const std::string svg = column_plot("issued", columns);
  EXPECT_EQ(count(svg, "text-anchor=\"middle\">11-28"), 5u);
  EXPECT_EQ(count(svg, "x=\"560.0\" y=\"178.0\" text-anchor=\"end\">11-28"), 1u);
}

TEST(Plots, OfNothingAreStillPlots) {
  EXPECT_THAT(column_plot("none", {}), HasSubstr("</svg>"));
  EXPECT_THAT(column_plot("none", {{"a", 0}}), HasSubstr(">1</text>"));
  EXPECT_THAT(bar_plot("none", {}), HasSubstr("</svg>"));
}

TEST(Plots, HoldNoMarkupOfOthers) {
  const std::string svg = bar_plot("<b>", {{"<script>", 1}});
  EXPECT_THAT(svg, Not(HasSubstr("<script>")));
  EXPECT_THAT(svg, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(svg, HasSubstr("<title>&lt;b&gt;</title>"));
}

TEST(BarPlot, ShortensLabelsAtACharacter) {
  std::string long_label;
  for (int i = 0; i < 40; ++i)
    long_label += "ä";
  const std::string svg = bar_plot("by account", {{long_label, 5}});
  EXPECT_THAT(svg, HasSubstr("ä…</text>"));
  EXPECT_THAT(svg, HasSubstr(">5</text>"));
}

}  // namespace
}  // namespace app
