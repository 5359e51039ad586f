#include "app/cli/ca_crl_command.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "acmecore/pem.h"
#include "acmecore/root_crl.h"
#include "app/cli/ca_file_commands.h"
#include "app/cli/duration_option.h"
#include "app/cli/report.h"
#include "app/files.h"
#include "base/error.h"
#include "base/time.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;
using std::filesystem::path;

namespace {

struct CrlOptions {
  IssuerChoice choice;
  path crl;
  bool first = false;
  std::vector<path> revoked;
  std::string reason;  // empty: nothing is revoked
  std::optional<std::chrono::milliseconds> lifetime;
  path root_key_file;
};

Result<acmecore::RevokedCa> revoked_ca(const path& file, const acmecore::Revocation& revocation) {
  TRY(const std::string pem, read_file(file));
  TRY(const base::Bytes der, acmecore::parse_pem(acmecore::kPemCertificate, pem));
  TRY(acmecore::Certificate certificate, acmecore::parse_certificate(der));
  return acmecore::RevokedCa{std::move(certificate), revocation};
}

// A file that is not there is no CRL without entries: who is revoked would be trusted again.
Result<std::optional<base::Bytes>> crl_before(const CrlOptions& options) {
  std::error_code error;
  const bool is_there = std::filesystem::exists(options.crl, error);
  const std::string name = options.crl.string();
  if (is_there && options.first) {
    return fail(ErrorKind::unavailable,
                name + " is there already; without --first the next one goes on from it");
  }
  if (!is_there && !options.first) {
    return fail(
        ErrorKind::unavailable,
        name + " is not there, and the next CRL goes on from the last one; --first makes the first one");
  }
  if (options.first) return std::nullopt;
  return read_file(options.crl);
}

Result<void> make_crl(const CrlOptions& options, std::ostream& out) {
  const base::Time now = base::SystemClock().now();
  TRY(const acmecore::CaPlace place, place_of(options.choice));
  acmecore::RootCrlPlan plan;
  TRY(plan.before, crl_before(options));
  for (const path& file : options.revoked) {
    TRY(const auto reason, acmecore::parse_ca_reason_name(options.reason));
    TRY(acmecore::RevokedCa revoked, revoked_ca(file, {now, reason}));
    plan.revoked.push_back(std::move(revoked));
  }
  if (options.lifetime) plan.lifetime = std::chrono::floor<std::chrono::seconds>(*options.lifetime);
  if (!options.root_key_file.empty()) {
    TRY(plan.root_key, read_secret(options.root_key_file));
  }
  TRY(const base::Bytes crl, acmecore::sign_root_crl(place, plan, now));
  CHECK(write_file(options.crl, crl, FileMode::open_to_all));
  out << "made " << options.crl.string() << ", good until " << base::rfc3339(now + plan.lifetime)
      << "; put it where the issuing certificates say that it is\n";
  return {};
}

}  // namespace

void add_ca_crl(CLI::App& group, Command& chosen) {
  const auto options = std::make_shared<CrlOptions>();
  auto* command =
      group.add_subcommand("crl", "Make the CRL of an issuer's own root, which lists issuing CAs");
  add_config(*command, options->choice, "Configuration of the server");
  command->get_option("--config")->required();
  add_issuer(*command, options->choice);
  command
      ->add_option("CRL", options->crl,
                   "The CRL, in DER: that of the last time, which the next one goes on from")
      ->required();
  command->add_flag("--first", options->first, "There is none yet: make one that nothing was revoked before");
  auto* revoke =
      command
          ->add_option("--revoke", options->revoked, "The certificate of an issuing CA that is revoked, PEM")
          ->type_name("FILE");
  auto* reason = command->add_option("--reason", options->reason,
                                     "Of those: keyCompromise, cACompromise, superseded, "
                                     "cessationOfOperation, affiliationChanged or privilegeWithdrawn");
  revoke->needs(reason);
  reason->needs(revoke);
  add_duration_option(*command, "--lifetime", options->lifetime, "Until the next one; else 180 days");
  command
      ->add_option("--root-key-file", options->root_key_file, "The root's key, where it is not in root.key")
      ->type_name("FILE");
  command->callback([&chosen, options] {
    chosen = [options](Terminal& terminal) {
      const auto done = make_crl(*options, terminal.out);
      return done ? ExitCode::done : report(terminal, done.error());
    };
  });
}

}  // namespace app
