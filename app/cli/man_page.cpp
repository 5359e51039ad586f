#include <algorithm>

#include "app/cli/command_tree.h"
#include "app/version.h"

namespace app {

namespace {

// Text in which troff finds no request, escape or hyphenation of its own.
std::string escaped(const std::string& text) {
  std::string out = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

void write_options(const std::vector<CommandNode::Option>& options, std::string& out) {
  for (const auto& option : options) {
    if (option.names.ends_with("--help")) continue;  // every command has it
    std::string names = option.names;
    std::replace(names.begin(), names.end(), ',', ' ');
    out += ".TP\n.B " + escaped(names) +
           (option.type.empty() ? "" : " \\fI" + escaped(option.type) + "\\fR") + "\n" +
           escaped(option.description) + (option.repeated ? " (may be given more than once)" : "") + ".\n";
    if (!option.environment.empty()) out += "Environment: " + escaped(option.environment) + ".\n";
  }
}

void write_synopsis(const CommandNode& node, std::string& out) {
  out += ".B " + escaped(node.path);
  for (const auto& option : node.options) {
    if (option.required) out += " \\fR" + escaped(option.names) + " \\fI" + escaped(option.type);
  }
  out += " \\fR[options]";
  for (const auto& positional : node.positionals) {
    const std::string name =
        "\\fI" + escaped(positional.names) + "\\fR" + (positional.repeated ? " ..." : "");
    out += positional.required ? " " + name : " [" + name + "]";
  }
  out += "\n.br\n";
}

void write_synopses(const CommandNode& node, std::string& out) {
  if (node.commands.empty()) write_synopsis(node, out);
  for (const CommandNode& command : node.commands)
    write_synopses(command, out);
}

void write_command(const CommandNode& node, std::string& out) {
  out += ".SS \"" + escaped(node.path) + "\"\n" + escaped(node.description) + ".\n";
  write_options(node.positionals, out);
  write_options(node.options, out);
  for (const CommandNode& command : node.commands)
    write_command(command, out);
}

constexpr const char* kExitStatus = R"(.SH "EXIT STATUS"
.TP
.B 0
It is done.
.TP
.B 1
It failed; a sentence on standard error says what, and why.
.TP
.B 2
The command line was not understood, and nothing was done.
.TP
.B 3
No server answered; nothing is known to be done.
.TP
.B 4
It is done, and "assay doctor" has a warning.
)";

}  // namespace

std::string man_page(const CommandNode& program) {
  std::string out = ".TH ASSAY 8 \"\" \"assay " + std::string(kVersion) + "\"\n.SH NAME\nassay \\- " +
                    escaped(program.description) + "\n.SH SYNOPSIS\n";
  write_synopses(program, out);
  out += ".SH COMMANDS\n";
  for (const CommandNode& command : program.commands)
    write_command(command, out);
  return out + kExitStatus;
}

}  // namespace app
