#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace app {

// The program's commands as their definitions have them: what help, manual and completion are made of.
struct CommandNode {
  struct Option {
    std::string names;  // "--server" or "-h,--help"; of a positional its name
    std::string type;   // "HOST:PORT"; empty: a flag or a positional
    std::string description;
    std::string environment;  // the variable that it is taken from; or empty
    bool required = false;
    bool repeated = false;
  };

  std::string path;  // "assay zone rrset"
  std::string description;
  std::vector<Option> options;
  std::vector<Option> positionals;
  std::vector<CommandNode> commands;
};

CommandNode command_tree(const CLI::App& program);

// The manual, section 8, in troff's man macros.
std::string man_page(const CommandNode& program);

// What a shell sources to complete command lines. REQUIRES: shell is "bash", "zsh" or "fish".
std::string completion(const CommandNode& program, const std::string& shell);

}  // namespace app
