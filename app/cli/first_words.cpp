#include "app/cli/first_words.h"

#include <fstream>
#include <iostream>

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr const char* kBlanks = " \t\r";

}  // namespace

Result<std::vector<std::string>> read_first_words(const std::string& file, const std::string& what) {
  std::ifstream opened;
  if (file != "-") opened.open(file);
  if (!opened && file != "-") return fail(ErrorKind::unavailable, "cannot read " + file);
  std::istream& in = file == "-" ? std::cin : opened;
  std::vector<std::string> words;
  for (std::string line; std::getline(in, line);) {
    const size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string::npos || line[begin] == '#') continue;
    words.push_back(line.substr(begin, line.find_first_of(kBlanks, begin) - begin));
  }
  // Part of them is not taken for all.
  if (in.bad()) return fail(ErrorKind::unavailable, "cannot read " + file + " to its end");
  if (words.empty()) return fail(ErrorKind::malformed, "there is no " + what + " in " + file);
  return words;
}

}  // namespace app
