#include "acmecore/rpc/delegation.h"

namespace acmecore::rpc {

namespace {

// A target that tells whose it is and is no other name's: "corp.example.acme.corp.example." for
// "_acme-challenge.corp.example.".
std::string cname_target(const base::Name& challenge_name, const base::Name& apex) {
  const std::string apex_text = apex.is_root() ? "" : apex.text();
  const auto target = base::Name::parse(challenge_name.parent().text() + apex_text);
  return target ? target->text() : "<a label>." + apex_text;
}

}  // namespace

std::string delegation_advice(const ChallengePath& path,
                              const std::optional<ChallengePublisher::Host>& host) {
  const std::string name = path.names.front().text();
  std::string text = name;
  if (path.names.size() > 1) text += " leads to " + path.names.back().text() + ", which";
  text += " is in no zone of this server.";
  if (!host) return text + " Create a zone here first, and delegate the name to it.";
  return text + " Where it is, add either \"" + name + " CNAME " +
         cname_target(path.names.front(), host->apex) + "\", or \"" + name + " NS " +
         host->name_server.text() + "\" and create the zone " + name + " here.";
}

}  // namespace acmecore::rpc
