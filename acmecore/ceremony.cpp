#include "acmecore/ceremony.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include "acmecore/text_line.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;

namespace {

constexpr std::string_view kNoName = "-";
constexpr size_t kNameSizeMax = 256;  // LOGIN_NAME_MAX of Linux
constexpr size_t kPasswdEntrySizeMax = 16 * 1024;

constexpr std::array kCommands{CeremonyCommand::init, CeremonyCommand::csr, CeremonyCommand::install,
                               CeremonyCommand::renew, CeremonyCommand::rotate};

// A directory service may have names with spaces, or in another encoding than the audit log.
bool is_word(std::string_view name) {
  return !name.empty() && name.find(' ') == name.npos && check_line("name", name, kNameSizeMax);
}

std::string name_or_none(std::string_view name) {
  return is_word(name) && name != kNoName ? std::string(name) : std::string();
}

std::string user_name(uid_t uid) {
  std::string buffer(kPasswdEntrySizeMax, '\0');
  passwd entry{};
  passwd* found = nullptr;
  const int error = ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  return error != 0 || found == nullptr ? std::string() : name_or_none(found->pw_name);
}

std::string login_name() {
  std::array<char, kNameSizeMax + 1> name{};
  return ::getlogin_r(name.data(), name.size()) == 0 ? name_or_none(name.data()) : std::string();
}

std::string_view word_of(const std::string& name) { return name.empty() ? kNoName : name; }

Result<uid_t> parse_uid(std::string_view word) {
  uid_t uid = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), uid);
  if (error != std::errc() || end != word.data() + word.size())
    return fail(ErrorKind::malformed, "the user of a ceremony has no number");
  return uid;
}

}  // namespace

std::string_view name_of(CeremonyCommand command) {
  switch (command) {
    case CeremonyCommand::init: return "init";
    case CeremonyCommand::csr: return "csr";
    case CeremonyCommand::install: return "install";
    case CeremonyCommand::renew: return "renew";
    case CeremonyCommand::rotate: return "rotate";
  }
  return "";
}

Ceremony ceremony_of_this_process(CeremonyCommand command, Time now) {
  const uid_t uid = ::getuid();
  return {command, now, uid, user_name(uid), login_name()};
}

std::string text_of(const Ceremony& ceremony) {
  std::string text = std::string(name_of(ceremony.command)) + " " + base::rfc3339(ceremony.time) +
                     " by uid " + std::to_string(ceremony.uid);
  if (!ceremony.user.empty()) text += " (" + ceremony.user + ")";
  if (!ceremony.login.empty()) text += ", logged in as " + ceremony.login;
  return text;
}

std::string line_of(const Ceremony& ceremony) {
  std::string line;
  line.append(name_of(ceremony.command)).append(" ").append(base::rfc3339(ceremony.time)).append(" ");
  line.append(std::to_string(ceremony.uid)).append(" ").append(word_of(ceremony.user)).append(" ");
  return line.append(word_of(ceremony.login));
}

Result<Ceremony> parse_ceremony(std::span<const std::string_view> words) {
  assert(words.size() == kCeremonyWords);
  const auto command =
      std::ranges::find(kCommands, words[0], [](CeremonyCommand one) { return name_of(one); });
  if (command == kCommands.end()) return fail(ErrorKind::malformed, "there is no such ceremony");
  TRY(const Time time, base::parse_rfc3339(words[1]));
  TRY(const uid_t uid, parse_uid(words[2]));
  if (!is_word(words[3]) || !is_word(words[4]))
    return fail(ErrorKind::malformed, "the user of a ceremony has no name");
  return Ceremony{*command, time, uid, name_or_none(words[3]), name_or_none(words[4])};
}

}  // namespace acmecore
