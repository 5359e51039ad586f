#include <algorithm>
#include <cassert>

#include "app/cli/command_tree.h"

namespace app {

namespace {

void collect(const CommandNode& node, std::vector<const CommandNode*>& all) {
  all.push_back(&node);
  for (const CommandNode& command : node.commands)
    collect(command, all);
}

std::vector<std::string> long_options(const CommandNode& node) {
  std::vector<std::string> names;
  for (const auto& option : node.options)
    names.push_back(option.names.substr(option.names.find("--")));
  return names;
}

std::string last_word(const CommandNode& node) { return node.path.substr(node.path.rfind(' ') + 1); }

// A group's options are taken behind its sub-commands, too.
void write_words(const CommandNode& node, std::vector<std::string> inherited, std::string& out) {
  const auto own = long_options(node);
  inherited.insert(inherited.end(), own.begin(), own.end());
  std::sort(inherited.begin(), inherited.end());
  inherited.erase(std::unique(inherited.begin(), inherited.end()), inherited.end());
  out += "    \"" + node.path + "\") words=\"";
  for (const CommandNode& command : node.commands)
    out += last_word(command) + " ";
  for (const std::string& name : inherited)
    out += name + " ";
  out.back() = '"';
  out += " ;;\n";
  for (const CommandNode& command : node.commands)
    write_words(command, inherited, out);
}

std::string bash(const CommandNode& program) {
  std::vector<const CommandNode*> all;
  collect(program, all);
  std::string paths;
  for (const CommandNode* node : all)
    paths += (paths.empty() ? "\"" : " | \"") + node->path + "\"";
  std::string words;
  write_words(program, {}, words);
  return R"(_assay() {
  local word words path=)" +
         program.path + R"(
  for word in "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$path $word" in
      )" +
         paths + R"() path="$path $word" ;;
    esac
  done
  case $path in
)" + words +
         R"(  esac
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _assay )" +
         program.path + "\n";
}

// In fish's single quotes only these two mean something.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string fish(const CommandNode& program) {
  std::vector<const CommandNode*> all;
  collect(program, all);
  std::string paths;
  std::string rules;
  for (const CommandNode* node : all) {
    paths += " " + quoted(node->path);
    const std::string rule = "complete -c " + program.path + " -n '__assay_";
    const std::string at_path = " \"" + node->path + "\"'";
    for (const CommandNode& command : node->commands) {
      rules += rule + "at" + at_path + " -f -a " + last_word(command) + " -d " + quoted(command.description) +
               "\n";
    }
    for (const auto& option : node->options) {
      rules += rule + "below" + at_path + " -l " + option.names.substr(option.names.find("--") + 2) +
               (option.type.empty() ? "" : " -r") + " -d " + quoted(option.description) + "\n";
    }
  }
  return R"fish(function __assay_path
  set -l path )fish" +
         program.path + R"fish(
  for word in (commandline -opc)[2..]
    if contains -- "$path $word")fish" +
         paths + R"fish(
      set path "$path $word"
    end
  end
  echo $path
end
function __assay_at
  test (__assay_path) = "$argv[1]"
end
function __assay_below
  string match -q -- "$argv[1] *" (__assay_path)" "
end
)fish" + rules;
}

}  // namespace

std::string completion(const CommandNode& program, const std::string& shell) {
  if (shell == "fish") return fish(program);
  // zsh reads bash's, once told so.
  const std::string prologue = shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "";
  return prologue + bash(program);
}

}  // namespace app
