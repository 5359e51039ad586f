#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <ostream>

#include "app/cli/command.h"
#include "app/cli/report.h"
#include "app/dev.h"
#include "app/serve.h"

namespace app {

using base::Result;

namespace {

struct Given {
  DevOptions dev;
  std::vector<std::string> zones;
  std::vector<std::string> stubs;
};

// "corp.test=127.0.0.1:5300"
Result<base::StubZone> parse_stub(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return base::fail(base::ErrorKind::malformed, "\"" + text + "\" is not ZONE=ADDRESS:PORT");
  }
  base::StubZone stub;
  TRY(stub.zone, base::Name::parse(text.substr(0, equals)));
  TRY(base::Endpoint endpoint, base::parse_endpoint(text.substr(equals + 1)));
  stub.addresses.push_back(std::move(endpoint));
  return stub;
}

// Several addresses of one zone are one stub zone.
Result<void> add_stub(const std::string& text, std::vector<base::StubZone>& stubs) {
  TRY(base::StubZone stub, parse_stub(text));
  for (base::StubZone& other : stubs) {
    if (other.zone == stub.zone) {
      other.addresses.push_back(stub.addresses.front());
      return {};
    }
  }
  stubs.push_back(std::move(stub));
  return {};
}

void print(std::ostream& out, const DevServer& dev, const RunFile& run) {
  const std::string state = dev.config.state_directory.string();
  out << "Assay " << run.version << " for development, state in " << state << "\n"
      << "  DNS   " << run.dns.front().text() << " (UDP and TCP), authoritative for";
  for (const base::Name& zone : dev.own_zones.made)
    out << " " << zone.text();
  out << "\n  ACME  " << run.acme_directory << "\n  gRPC  " << run.grpc.front().text()
      << "\n  HTTP  https://localhost:" << run.publish.front().port
      << " for clients of acme-dns and httpreq\n"
      << "  root  " << run.root_file.string() << " signs the certificates, those of ACME and gRPC too\n"
      << "  token " << run.token_file.string() << "\n"
      << "In another terminal: assay zone list --state " << state << "\n"
      << "Ctrl-C ends it." << std::endl;
}

Result<void> run(const Given& given, Terminal& terminal) {
  DevOptions options = given.dev;
  for (const std::string& text : given.zones) {
    TRY(base::Name zone, base::Name::parse(text));
    options.zones.push_back(std::move(zone));
  }
  for (const std::string& text : given.stubs)
    CHECK(add_stub(text, options.stubs));
  TRY(const DevServer dev, prepare_dev(options));
  return serve(dev.config, dev.own_zones, [&](const RunFile& run) { print(terminal.out, dev, run); });
}

}  // namespace

void add_dev(CLI::App& program, Command& chosen) {
  const auto given = std::make_shared<Given>();
  auto* command = program.add_subcommand(
      "dev", "Run a server for development: on loopback, with a CA of its own, and without a configuration");
  command->add_option("--state", given->dev.state, "State directory; else ./assay-dev")->type_name("DIR");
  command->add_option("--zone", given->zones, "A zone to make at the first start; else acme.test")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command
      ->add_option("--stub", given->stubs,
                   "Where the validator asks for a zone of others; else from the root down")
      ->type_name("ZONE=ADDRESS:PORT")
      ->allow_extra_args(false);
  const auto add_port = [command](const char* name, std::optional<uint16_t>& port, const char* text) {
    command->add_option(name, port, text)->type_name("PORT");
  };
  add_port("--dns-port", given->dev.dns_port,
           "Else 5353, or the next that is free; 0: one that the kernel chooses");
  add_port("--acme-port", given->dev.acme_port, "Else 8443, likewise");
  add_port("--grpc-port", given->dev.grpc_port, "Else 8444, likewise");
  add_port("--publish-port", given->dev.publish_port, "Else 8445, likewise");
  command->add_flag_callback(
      "--verbose", [given] { given->dev.log_level = base::log::Level::info; },
      "Log what happens, not only what goes wrong");
  command->callback([&chosen, given] {
    chosen = [given](Terminal& terminal) {
      const auto outcome = run(*given, terminal);
      return outcome ? ExitCode::done : report(terminal, outcome.error());
    };
  });
}

}  // namespace app
