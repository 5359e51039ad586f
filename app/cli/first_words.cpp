#include "app/cli/first_words.h"

#include <fstream>
#include <iostream>

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;

Result<std::vector<std::string>> read_first_words(const std::string& file, const std::string& what) {
  std::ifstream opened;
  if (file != "-") opened.open(file);
  if (!opened && file != "-") return fail(ErrorKind::unavailable, "cannot read " + file);
  std::istream& in = file == "-" ? std::cin : opened;
  std::vector<std::string> words;
  for (std::string line; std::getline(in, line);) {
    line = line.substr(0, line.find_first_of(" \t\r"));
    if (!line.empty() && line.front() != '#') words.push_back(line);
  }
  if (words.empty()) return fail(ErrorKind::malformed, "there is no " + what + " in " + file);
  return words;
}

}  // namespace app
