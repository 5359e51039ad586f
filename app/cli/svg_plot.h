#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// Plain plots as SVG elements within HTML: no scripts, nothing that is loaded. Colours are the page's, by the classes
// "bar", "grid" and "label".
namespace app {

struct PlotBar {
  std::string label;
  uint64_t value;
};

// Columns beside each other, as over time. `title` is what a screen reader says.
std::string column_plot(std::string_view title, const std::vector<PlotBar>& columns);

// Bars below each other, with their labels in front and their values behind.
std::string bar_plot(std::string_view title, const std::vector<PlotBar>& bars);

}  // namespace app
