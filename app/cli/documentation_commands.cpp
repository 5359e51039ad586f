#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>

#include "app/cli/command.h"
#include "app/cli/command_tree.h"
#include "app/version.h"

// Commands that tell about the program itself.
namespace app {

void add_version(CLI::App& program, Command& chosen) {
  program.add_subcommand("version", "Print the version")->callback([&chosen] {
    chosen = [](Terminal& terminal) {
      terminal.out << "assay " << kVersion << "\n";
      return ExitCode::done;
    };
  });
}

void add_man(CLI::App& program, Command& chosen) {
  program.add_subcommand("man", "Print the manual page, in troff: \"assay man | man -l -\"")
      ->callback([&program, &chosen] {
        chosen = [&program](Terminal& terminal) {
          terminal.out << man_page(command_tree(program));
          return ExitCode::done;
        };
      });
}

void add_completion(CLI::App& program, Command& chosen) {
  const auto shell = std::make_shared<std::string>();
  auto* command =
      program.add_subcommand("completion", "Print what a shell sources to complete command lines");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&program, &chosen, shell] {
    chosen = [&program, shell](Terminal& terminal) {
      terminal.out << completion(command_tree(program), *shell);
      return ExitCode::done;
    };
  });
}

}  // namespace app
