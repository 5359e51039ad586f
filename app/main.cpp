#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>

#include "app/cli/run_program.h"

int main(int argc, char** argv) {
  CLI::App program("DNS-01 challenge authority, ACME certificate authority and validator", "assay");
  app::Command chosen;
  app::add_serve(program, chosen);
  app::add_dev(program, chosen);
  app::add_zone(program, chosen);
  app::add_txt(program, chosen);
  app::add_credential(program, chosen);
  app::add_external_account(program, chosen);
  app::add_account(program, chosen);
  app::add_order(program, chosen);
  app::add_authorization(program, chosen);
  app::add_directory(program, chosen);
  app::add_ca(program, chosen);
  app::add_cert(program, chosen);
  app::add_revocation(program, chosen);
  app::add_policy(program, chosen);
  app::add_pause(program, chosen);
  app::add_audit(program, chosen);
  app::add_import(program, chosen);
  app::add_doctor(program, chosen);
  app::add_backup(program, chosen);
  app::add_restore(program, chosen);
  app::add_version(program, chosen);
  app::add_man(program, chosen);
  app::add_completion(program, chosen);
  app::Terminal terminal{std::cout, std::cerr};
  return int(app::run_program(program, chosen, {argv + 1, argv + argc}, terminal));
}
