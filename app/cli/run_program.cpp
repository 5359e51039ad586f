#include "app/cli/run_program.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cctype>
#include <ostream>

namespace app {

namespace {

// A SHA-256 in base64url (RFC 8555 §8.4).
constexpr size_t kValueSize = 43;

bool is_value_like_an_option(const std::string& argument) {
  const auto is_base64url = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  return argument.starts_with('-') && argument.size() == kValueSize &&
         std::all_of(argument.begin(), argument.end(), is_base64url);
}

// "assay zone rrset": as far as the command line was understood.
std::string called(const CLI::App& program) {
  std::string path = program.get_name();
  for (const CLI::App* app = &program; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    path += " " + app->get_name();
  }
  return path;
}

// CLI11 asks for a command before it looks at the words that are none.
std::string sentence_of(const CLI::App& program, const CLI::Error& error) {
  const auto words = program.remaining(true);
  if (error.get_name() != "RequiredError" || words.empty() || words.front().starts_with('-'))
    return error.what();
  return "there is no command \"" + words.front() + "\"";
}

}  // namespace

ExitCode run_program(CLI::App& program, const Command& chosen, std::vector<std::string> arguments,
                     Terminal& terminal) {
  program.require_subcommand(1);
  program.failure_message([](const CLI::App* app, const CLI::Error& error) {
    return "assay: " + sentence_of(*app, error) + "\n\"" + called(*app) + " --help\" tells more.\n";
  });
  arguments = with_values_behind_options(std::move(arguments));
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    program.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return program.exit(error, terminal.out, terminal.err) == 0 ? ExitCode::done : ExitCode::usage;
  }
  return chosen(terminal);
}

std::vector<std::string> with_values_behind_options(std::vector<std::string> arguments) {
  const auto mark = std::find(arguments.begin(), arguments.end(), "--");
  const auto values = std::stable_partition(arguments.begin(), mark, std::not_fn(is_value_like_an_option));
  if (values == mark) return arguments;
  std::rotate(values, mark, mark == arguments.end() ? mark : mark + 1);  // a mark that is there goes in front
  if (mark == arguments.end()) arguments.insert(values, "--");
  return arguments;
}

}  // namespace app
