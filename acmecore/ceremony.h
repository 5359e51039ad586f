#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"

namespace acmecore {

// What `assay ca` does to a key or a certificate of an issuer. Each becomes a word of the issuer's files.
enum class CeremonyCommand { init, csr, install, renew, rotate };
std::string_view name_of(CeremonyCommand command);

// What somebody did to a key or a certificate of an issuer: with which command, when, and who.
struct Ceremony {
  CeremonyCommand command;
  base::Time time;
  uid_t uid;          // of the process
  std::string user;   // its name; empty, also below: there is none, or none that a line of words can have
  std::string login;  // who logged in, before sudo or su made them another user (getlogin(3))

  bool operator==(const Ceremony&) const = default;
};

// One that this process carries out.
Ceremony ceremony_of_this_process(CeremonyCommand command, base::Time now);

// For people: "renew 2026-11-28T03:10:00Z by uid 998 (assay), logged in as alice".
std::string text_of(const Ceremony& ceremony);

// For the issuer's files: "renew 2026-11-28T03:10:00Z 998 assay alice", with "-" for an empty name.
std::string line_of(const Ceremony& ceremony);
inline constexpr size_t kCeremonyWords = 5;

// Reads what line_of() wrote. malformed: it is something else. REQUIRES: kCeremonyWords of them.
base::Result<Ceremony> parse_ceremony(std::span<const std::string_view> words);

}  // namespace acmecore
