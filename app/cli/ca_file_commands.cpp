#include "app/cli/ca_file_commands.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "app/cli/duration_option.h"
#include "app/cli/report.h"
#include "app/files.h"
#include "app/issuer_places.h"
#include "base/config.h"
#include "base/time.h"

namespace app {

using acmecore::CaPlace;
using acmecore::CaPlan;
using acmecore::Incumbent;
using base::Result;
using std::chrono::milliseconds;

namespace {

constexpr const char* kServerAuth = "server_auth";
constexpr const char* kClientAuth = "client_auth";

// What all of these commands take between them.
struct CaOptions {
  IssuerChoice choice;
  std::string name;         // init
  std::string common_name;  // csr, renew
  std::string organization;
  std::string country;
  std::string key_type;
  std::string key;       // a PKCS#11 URI
  std::string root_key;  // init: a PKCS#11 URI
  std::vector<std::string> permitted;
  std::vector<std::string> excluded;
  std::vector<std::string> purposes;
  std::string crl_url;
  std::string ca_issuers_url;
  std::optional<milliseconds> lifetime;
  std::optional<milliseconds> root_lifetime;
  std::filesystem::path chain;          // install
  std::filesystem::path root_key_file;  // renew
  bool same_key = false;
  bool replace = false;
};

using Work = std::function<Result<void>(const CaOptions&, const CaPlace&, std::ostream&)>;

base::Time now() { return base::SystemClock().now(); }

std::chrono::seconds seconds_of(const std::optional<milliseconds>& given, std::chrono::seconds preset) {
  return given ? std::chrono::floor<std::chrono::seconds>(*given) : preset;
}

Incumbent incumbent(const CaOptions& options) { return options.replace ? Incumbent::goes : Incumbent::stays; }

Result<CaPlan> plan_of(const CaOptions& options, const std::string& common_name) {
  CaPlan plan;
  plan.subject = {common_name, options.organization, options.country};
  for (const auto& [word, kind] : acmecore::kKeyKinds) {
    if (word == options.key_type) plan.key_kind = kind;
  }
  plan.token_uri = options.key;
  for (const std::string& text : options.permitted)
    CHECK(acmecore::add_subtree(plan.constraints.permitted, text));
  for (const std::string& text : options.excluded)
    CHECK(acmecore::add_subtree(plan.constraints.excluded, text));
  plan.lifetime = seconds_of(options.lifetime, acmecore::kIssuingLifetime);
  if (!options.purposes.empty())
    plan.client_auth = std::ranges::find(options.purposes, kClientAuth) != options.purposes.end();
  plan.crl_url = options.crl_url;
  plan.ca_issuers_url = options.ca_issuers_url;
  return plan;
}

Result<void> init(const CaOptions& options, const CaPlace& place, std::ostream& out) {
  TRY(const CaPlan issuing, plan_of(options, options.name + " Issuing CA"));
  CaPlan root = issuing;
  root.subject.common_name = options.name + " Root CA";
  root.token_uri = options.root_key;
  root.lifetime = seconds_of(options.root_lifetime, acmecore::kRootLifetime);
  CHECK(acmecore::init_ca(place, root, issuing, now()));
  out << "made a root and an issuing CA in " << place.directory.string()
      << "; keep root.key in a safe place, the server does not need it\n";
  return {};
}

Result<void> csr(const CaOptions& options, const CaPlace& place, std::ostream& out) {
  TRY(const CaPlan plan, plan_of(options, options.common_name));
  TRY(const std::string pem, acmecore::request_ca(place, plan, now(), incumbent(options)));
  out << pem;
  return {};
}

Result<void> install(const CaOptions& options, const CaPlace& place, std::ostream& out) {
  TRY(const std::string pem, read_file(options.chain));
  TRY(const auto role, acmecore::install_ca(place, pem, now(), incumbent(options)));
  if (role == acmecore::GenerationRole::current) {
    out << "installed; the server can start\n";
  } else {
    out << "installed as the next certificate; a running server shows it after SIGHUP, and signs with it "
           "after assay ca rotate\n";
  }
  return {};
}

Result<void> renew(const CaOptions& options, const CaPlace& place, std::ostream& out) {
  acmecore::CaRenewal renewal;
  renewal.same_key = options.same_key;
  TRY(renewal.plan, plan_of(options, options.common_name));
  if (!options.root_key_file.empty()) {
    TRY(renewal.root_key, read_secret(options.root_key_file));
  }
  CHECK(acmecore::renew_ca(place, renewal, now(), incumbent(options)));
  out << "made the next certificate; a running server shows it after SIGHUP, and signs with it after "
         "assay ca rotate\n";
  return {};
}

void set_up(CLI::App& command, Command& chosen, std::shared_ptr<const CaOptions> options, Work work) {
  command.callback([&chosen, options = std::move(options), work = std::move(work)] {
    chosen = [options, work](Terminal& terminal) {
      const auto place = place_of(options->choice);
      const auto done = place ? work(*options, *place, terminal.out) : tl::unexpected(place.error());
      return done ? ExitCode::done : report(terminal, done.error());
    };
  });
}

// A command with the options that all have.
std::pair<CLI::App*, std::shared_ptr<CaOptions>> command_of(CLI::App& group, const char* name,
                                                            const char* description) {
  const auto options = std::make_shared<CaOptions>();
  auto* command = group.add_subcommand(name, description);
  add_config(*command, options->choice, "Configuration of the server");
  command->get_option("--config")->required();
  add_issuer(*command, options->choice);
  return {command, options};
}

// What is so where an option is not given.
struct Presets {
  std::string subject;
  std::string key_type;
  std::string permitted;
  std::string excluded;
  std::string purposes;
};

const Presets kOfNew{"none", "p256", "all", "none", "server_auth"};
const Presets kOfNext{"as before", "as before", "as before", "as before", "as before"};

void add_subject(CLI::App& command, CaOptions& options, const Presets& presets) {
  command.add_option("--organization", options.organization, "In the subject; else " + presets.subject);
  command.add_option("--country", options.country, "In the subject, two letters; else " + presets.subject);
}

void add_key(CLI::App& command, CaOptions& options, const Presets& presets) {
  const auto read = [&options](const std::string& word) {
    const auto is_word = [&](const auto& kind) { return kind.first == word; };
    if (std::none_of(std::begin(acmecore::kKeyKinds), std::end(acmecore::kKeyKinds), is_word))
      throw CLI::ValidationError("--key-type", "p256, p384, rsa2048, rsa3072, rsa4096 or ed25519");
    options.key_type = word;
  };
  auto* type = command.add_option_function<std::string>(
      "--key-type", read,
      "Of a new key: p256, p384, rsa2048, rsa3072, rsa4096 or ed25519; else " + presets.key_type);
  command.add_option("--key", options.key, "Instead of a new key one in a token, by its PKCS#11 URI")
      ->type_name("URI")
      ->excludes(type);
}

void add_constraints(CLI::App& command, CaOptions& options, const Presets& presets) {
  command
      .add_option("--permitted", options.permitted,
                  "Names that it may certify, with all below them, or networks; else " + presets.permitted)
      ->type_name("NAME");
  command
      .add_option("--excluded", options.excluded,
                  "Names and networks that it may not; else " + presets.excluded)
      ->type_name("NAME");
}

void add_purposes(CLI::App& command, CaOptions& options, const Presets& presets) {
  const auto take = [&options](const std::vector<std::string>& words) {
    const bool has_server = std::ranges::find(words, kServerAuth) != words.end();
    const bool are_known = std::ranges::all_of(
        words, [](const std::string& word) { return word == kServerAuth || word == kClientAuth; });
    if (!has_server || !are_known)
      throw CLI::ValidationError("--purpose", "server_auth, or server_auth,client_auth");
    options.purposes = words;
  };
  command
      .add_option_function<std::vector<std::string>>(
          "--purpose", take,
          "Whose certificates it signs: server_auth, or server_auth,client_auth; else " + presets.purposes)
      ->delimiter(',')
      ->type_name("PURPOSES");
}

// RFC 5280 §4.2.1.13 and §4.2.2.1: whoever reads a certificate fetches both before it can trust anyone.
void add_pointers(CLI::App& command, CaOptions& options) {
  const auto http = [](const std::string& url) {
    return url.starts_with("http://") ? std::string() : "it begins with http://";
  };
  command.add_option("--crl-url", options.crl_url, "Where the CRL of the root is to be had (assay ca crl)")
      ->type_name("URL")
      ->check(http);
  command.add_option("--ca-issuers-url", options.ca_issuers_url, "Where the root's certificate is, in DER")
      ->type_name("URL")
      ->check(http);
}

}  // namespace

void add_config(CLI::App& command, IssuerChoice& choice, const char* description) {
  command.add_option("--config", choice.config, description)->type_name("FILE");
}

void add_issuer(CLI::App& command, IssuerChoice& choice) {
  choice.issuer = base::kDefaultIssuer;
  command.add_option("--issuer", choice.issuer, "Its name in the configuration; else \"default\"")
      ->type_name("NAME");
}

Result<CaPlace> place_of(const IssuerChoice& choice) {
  TRY(const base::Config config, base::load_config(choice.config));
  TRY(auto place, issuer_place(config, choice.issuer));
  return std::move(place.ca);
}

void add_ca_file_commands(CLI::App& group, Command& chosen) {
  {
    const auto [command, options] = command_of(group, "init", "Make a root of one's own and an issuing CA");
    command->add_option("--name", options->name, "They are called NAME Root CA and NAME Issuing CA")
        ->required();
    add_subject(*command, *options, kOfNew);
    add_key(*command, *options, kOfNew);
    command->add_option("--root-key", options->root_key, "The root's key in a token, by its PKCS#11 URI")
        ->type_name("URI");
    add_constraints(*command, *options, kOfNew);
    add_purposes(*command, *options, kOfNew);
    add_pointers(*command, *options);
    add_duration_option(*command, "--lifetime", options->lifetime, "Of the issuing CA; else 5 years");
    add_duration_option(*command, "--root-lifetime", options->root_lifetime, "Of the root; else 15 years");
    set_up(*command, chosen, options, init);
  }
  {
    const auto [command, options] =
        command_of(group, "csr", "Make a key, and a request for somebody else's root to certify it");
    command->add_option("--common-name", options->common_name, "Of the issuing CA")->required();
    add_subject(*command, *options, kOfNew);
    add_key(*command, *options, kOfNew);
    add_constraints(*command, *options, kOfNew);
    add_purposes(*command, *options, kOfNew);
    command->add_flag("--replace", options->replace, "Give up a request that there is");
    set_up(*command, chosen, options, csr);
  }
  {
    const auto [command, options] =
        command_of(group, "install", "Take a certificate that a root has made for a key of the issuer");
    command->add_option("CHAIN", options->chain, "PEM: the certificate, those above it, and the root")
        ->required();
    command->add_flag("--replace", options->replace, "Give up a next certificate that there is");
    set_up(*command, chosen, options, install);
  }
  const auto [command, options] =
      command_of(group, "renew", "Have the issuer's own root make its next certificate");
  auto* same = command->add_flag("--same-key", options->same_key, "For the key and the subject that it has");
  auto* name = command->add_option("--common-name", options->common_name, "Of a new one with a new key");
  name->excludes(same);
  add_subject(*command, *options, kOfNext);
  add_key(*command, *options, kOfNext);
  for (const char* of_another : {"--organization", "--country", "--key-type", "--key"})
    command->get_option(of_another)->excludes(same);
  add_constraints(*command, *options, kOfNext);
  add_purposes(*command, *options, kOfNext);
  add_pointers(*command, *options);
  add_duration_option(*command, "--lifetime", options->lifetime, "Of the certificate; else 5 years");
  command
      ->add_option("--root-key-file", options->root_key_file, "The root's key, where it is not in root.key")
      ->type_name("FILE");
  command->add_flag("--replace", options->replace, "Give up a next certificate that there is");
  command->parse_complete_callback([options = options] {
    if (!options->same_key && options->common_name.empty())
      throw CLI::RequiredError("--common-name or --same-key");
  });
  set_up(*command, chosen, options, renew);
}

}  // namespace app
