#include "validator/dns01.h"

#include <cassert>
#include <utility>

#include "validator/response.h"
#include "validator/txt.h"

namespace validator {

namespace {

using base::ErrorKind;
using base::Name;
using base::Result;

constexpr std::string_view kChallengeLabel = "_acme-challenge";

// "NXDOMAIN (secure)", "SERVFAIL (all servers failed)", "\"x\" (insecure)".
std::string got(const Lookup& lookup);

bool no_answer(const Lookup& lookup) {
  return lookup.outcome == Outcome::servfail || lookup.outcome == Outcome::timeout ||
         lookup.security == Security::bogus;
}

}  // namespace

Result<Name> challenge_name(const Name& identifier) {
  assert(!identifier.is_wildcard());
  return identifier.prepend(kChallengeLabel);
}

Result<void> judge_dns01(const Lookup& lookup, std::string_view expected) {
  if (no_answer(lookup)) return base::fail(ErrorKind::dns, sentence(lookup));
  if (lookup.path.size() > kCnameHopsMax + 1) {
    return base::fail(ErrorKind::dns,
                      sentence(lookup) + ": more than " + std::to_string(kCnameHopsMax) + " CNAMEs");
  }
  for (const auto& rdata : lookup.rdata) {
    const auto value = txt_value(rdata);
    if (value && *value == expected) return {};
  }
  const bool other = lookup.outcome == Outcome::noerror;
  return base::fail(ErrorKind::unauthorized,
                    sentence(lookup) + (other ? ": not the key authorization's digest" : ""));
}

std::string sentence(const Lookup& lookup) {
  std::string text = lookup.server.empty() ? "asked for " : "asked " + lookup.server + " for ";
  text += lookup.name.text() + " " + type_text(lookup.type);
  for (size_t i = 1; i < lookup.path.size() && i <= kCnameHopsMax; ++i)
    text += (i == 1 ? ", led by CNAME to " : ", then ") + lookup.path[i].text();
  text += ", got " + got(lookup);
  return text;
}

std::vector<std::string> shown_values(const Lookup& lookup) {
  std::vector<std::string> values;
  for (const auto& rdata : lookup.rdata) {
    if (values.size() == kShownValuesMax) break;
    values.push_back(shown(txt_value(rdata).value_or(rdata)));
  }
  if (lookup.rdata.size() > values.size()) {
    values.push_back("and " + std::to_string(lookup.rdata.size() - values.size()) + " more");
  }
  return values;
}

namespace {

std::string got(const Lookup& lookup) {
  if (no_answer(lookup)) {
    const bool bogus = lookup.security == Security::bogus;
    const std::string what(bogus ? name_of(lookup.security) : name_of(lookup.outcome));
    return lookup.why.empty() ? what : what + " (" + lookup.why + ")";
  }
  std::string text(lookup.outcome == Outcome::noerror ? "" : name_of(lookup.outcome));
  for (const auto& value : shown_values(lookup))
    text += (text.empty() ? "" : ", ") + value;
  return text + " (" + std::string(name_of(lookup.security)) + ")";
}

}  // namespace

base::Task<Verdict> Dns01::validate(Name identifier, std::string expected) {
  assert(!expected.empty());
  Verdict verdict;
  const auto name = challenge_name(identifier);
  if (!name) {
    verdict.outcome = tl::unexpected(name.error());
    co_return verdict;
  }
  const base::Time asked = clock_.now();
  auto lookup = co_await resolver_.resolve(*name, kTxt);
  if (!lookup) {
    verdict.outcome = tl::unexpected(std::move(lookup).error());
    co_return verdict;
  }
  verdict.outcome = judge_dns01(*lookup, expected);
  verdict.evidence.push_back({asked, *std::move(lookup)});
  co_return verdict;
}

base::Task<Result<std::vector<Name>>> Dns01::challenge_path(Name identifier) {
  CO_TRY(auto name, challenge_name(identifier));
  CO_TRY(auto lookup, co_await resolver_.resolve(std::move(name), kTxt));
  if (no_answer(lookup)) co_return base::fail(ErrorKind::dns, sentence(lookup));
  co_return std::move(lookup.path);
}

}  // namespace validator
