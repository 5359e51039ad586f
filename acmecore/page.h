#pragma once

#include <string>
#include <vector>

namespace acmecore {

// Part of a list. It may be short or empty; the last page is the one whose `next` is empty.
template <class T>
struct Page {
  std::vector<T> found;
  std::string next;  // what to pass as `after`
};

}  // namespace acmecore
