#include "app/cli/svg_plot.h"

#include <algorithm>
#include <cmath>

#include "acmecore/http/page.h"

namespace app {

using acmecore::http::html;

namespace {

// Of both plots, in units of their own; a page scales them to its width.
constexpr int kWidth = 560;

constexpr int kColumnsTop = 12;
constexpr int kColumnsHeight = 150;
constexpr int kColumnsLeft = 44;    // for the values
constexpr int kColumnsBottom = 24;  // for the labels
constexpr size_t kColumnLabelsMax = 6;
constexpr int kColumnLabelHalf = 20;  // of the width of "11-28"

constexpr int kBarHeight = 18;
constexpr int kBarStep = 26;
constexpr int kBarLeft = 210;
constexpr int kBarRight = 60;
constexpr size_t kBarLabelMax = 30;

// The least of 1, 2, 5, 10, 20, 50 … that is not less.
uint64_t ceiling(uint64_t value) {
  for (uint64_t power = 1;; power *= 10) {
    for (const uint64_t factor : {1, 2, 5}) {
      if (factor * power >= value) return factor * power;
    }
  }
}

uint64_t greatest(const std::vector<PlotBar>& bars) {
  uint64_t value = 1;
  for (const PlotBar& bar : bars)
    value = std::max(value, bar.value);
  return value;
}

// With one decimal, whatever the locale. REQUIRES: not negative.
std::string number(double value) {
  const long tenths = std::lround(value * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string opened(std::string_view title, int height) {
  return "<svg viewBox=\"0 0 " + std::to_string(kWidth) + " " + std::to_string(height) +
         "\" role=\"img\"><title>" + html(title) + "</title>\n";
}

std::string rectangle(double x, double y, double width, double height, const std::string& tip) {
  return "<rect class=\"bar\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) +
         "\" height=\"" + number(height) + "\"><title>" + html(tip) + "</title></rect>\n";
}

std::string label(double x, double y, std::string_view anchor, const std::string& text) {
  return "<text class=\"label\" x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\">" + html(text) + "</text>\n";
}

std::string grid_line(double y) {
  return "<line class=\"grid\" x1=\"" + std::to_string(kColumnsLeft) + "\" x2=\"" + std::to_string(kWidth) +
         "\" y1=\"" + number(y) + "\" y2=\"" + number(y) + "\"/>\n";
}

// At most kBarLabelMax characters of ASCII; in whole characters of anything else.
std::string shortened(const std::string& text) {
  if (text.size() <= kBarLabelMax) return text;
  size_t size = kBarLabelMax - 1;
  while (size > 0 && (uint8_t(text[size]) & 0xC0) == 0x80)
    --size;
  return text.substr(0, size) + "…";
}

}  // namespace

std::string column_plot(std::string_view title, const std::vector<PlotBar>& columns) {
  const uint64_t top = ceiling(greatest(columns));
  const double base = kColumnsTop + kColumnsHeight;
  std::string svg = opened(title, kColumnsTop + kColumnsHeight + kColumnsBottom);
  for (const uint64_t value : {uint64_t{0}, top / 2, top}) {
    if (value != 0 && value * 2 != top && value != top) continue;  // half of an odd number
    const double y = base - kColumnsHeight * double(value) / double(top);
    svg += grid_line(y) + label(kColumnsLeft - 6, y + 4, "end", std::to_string(value));
  }
  const double step = double(kWidth - kColumnsLeft) / double(std::max<size_t>(columns.size(), 1));
  const size_t labelled = columns.size() / kColumnLabelsMax + 1;
  for (size_t i = 0; i < columns.size(); ++i) {
    const PlotBar& column = columns[i];
    const double height = kColumnsHeight * double(column.value) / double(top);
    const double x = kColumnsLeft + step * double(i);
    svg += rectangle(x + step * 0.12, base - height, step * 0.76, height,
                     column.label + ": " + std::to_string(column.value));
    if (i % labelled != 0) continue;
    const double middle = x + step / 2;
    const bool would_be_cut = middle + kColumnLabelHalf > kWidth;
    svg += would_be_cut ? label(kWidth, base + 16, "end", column.label)
                        : label(middle, base + 16, "middle", column.label);
  }
  return svg + "</svg>\n";
}

std::string bar_plot(std::string_view title, const std::vector<PlotBar>& bars) {
  const double most = double(greatest(bars));
  std::string svg = opened(title, int(std::max<size_t>(bars.size(), 1)) * kBarStep);
  double y = 0;
  for (const PlotBar& bar : bars) {
    const double width = (kWidth - kBarLeft - kBarRight) * double(bar.value) / most;
    svg += label(kBarLeft - 8, y + kBarHeight - 4, "end", shortened(bar.label));
    svg += rectangle(kBarLeft, y, std::max(width, 1.0), kBarHeight,
                     bar.label + ": " + std::to_string(bar.value));
    svg += label(kBarLeft + width + 6, y + kBarHeight - 4, "start", std::to_string(bar.value));
    y += kBarStep;
  }
  return svg + "</svg>\n";
}

}  // namespace app
