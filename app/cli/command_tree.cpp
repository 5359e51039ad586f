#include "app/cli/command_tree.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace app {

namespace {

CommandNode::Option option_of(const CLI::Option& option) {
  return {
      .names = option.get_positional() ? option.get_name(true) : option.get_name(false, true),
      .type = option.get_positional() || option.get_items_expected_max() == 0 ? "" : option.get_type_name(),
      .description = option.get_description(),
      .environment = option.get_envname(),
      .required = option.get_required(),
      .repeated = option.get_expected_max() > 1};
}

CommandNode node_of(const CLI::App& app, const std::string& parent) {
  CommandNode node;
  node.path = parent + app.get_name();
  node.description = app.get_description();
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? node.positionals : node.options).push_back(option_of(*option));
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    node.commands.push_back(node_of(*command, node.path + " "));
  }
  return node;
}

}  // namespace

CommandNode command_tree(const CLI::App& program) { return node_of(program, ""); }

}  // namespace app
