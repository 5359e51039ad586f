#pragma once

#include <string_view>

namespace app {

// Of the program, from CMakeLists.txt.
inline constexpr std::string_view kVersion = ASSAY_VERSION;

}  // namespace app
