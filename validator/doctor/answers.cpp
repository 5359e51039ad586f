#include "validator/doctor/answers.h"

#include <algorithm>
#include <functional>

namespace validator::doctor {

namespace {

using Wrong = std::function<std::string(const AnsweringServer&)>;

// A finding about all servers together: `wrong` says what is wrong with one, or nothing.
Finding over_all(const AnswersSeen& seen, std::string id, Grade grade, const std::string& good,
                 const std::string& bad, const Wrong& wrong) {
  if (seen.servers.empty()) return skipped(std::move(id), "No name server of the challenge's zone answers.");
  std::vector<std::string> told;
  for (const AnsweringServer& server : seen.servers) {
    const std::string what = wrong(server);
    if (!what.empty()) told.push_back(server.at.text() + ": " + what);
  }
  if (told.empty()) return ok(std::move(id), good);
  return {std::move(id), grade, bad + " " + joined(told) + ".", {}};
}

bool is_denial_with_soa(const Reply& reply) {
  return reply.answered() &&
         (!reply.response->answer.empty() || Response::first(reply.response->authority, kSoa) != nullptr);
}

// What is wrong with an answer to another type at a name whose TXT was answered as `txt` was.
std::string wrong_with(const Reply& reply, const Reply& txt) {
  if (!reply.answered()) return reply.why;
  if (reply.response->rcode != kNoerror && reply.response->rcode != txt.response->rcode) return said(reply);
  return is_denial_with_soa(reply) ? "" : said(reply) + " without SOA";
}

// Resolvers climb over other types to find zones and CAA, and remember what they are told on the way.
Finding check_types(const AnswersSeen& seen) {
  const Wrong wrong = [](const AnsweringServer& server) -> std::string {
    if (!server.txt.answered()) return "TXT: " + server.txt.why;
    std::vector<std::string> parts;
    for (const auto& [type, reply] : server.others) {
      const std::string what = wrong_with(reply, server.txt);
      if (!what.empty()) parts.push_back(type_text(type) + " got " + what);
    }
    return joined(parts, ", ");
  };
  return over_all(
      seen, "answers.types", Grade::fail,
      "Types that are not at " + seen.owner.text() + " are answered as the RFCs have it, with SOA.",
      "Types that are not at " + seen.owner.text() +
          " want NOERROR and a SOA (RFC 2308); this breaks look-ups of CAA and of the name itself:",
      wrong);
}

Finding check_absent(const AnswersSeen& seen) {
  const Wrong wrong = [](const AnsweringServer& server) -> std::string {
    if (!server.random.has_rcode(kNxdomain)) return said(server.random);
    return is_denial_with_soa(server.random) ? "" : "NXDOMAIN without SOA";
  };
  return over_all(seen, "answers.absent", Grade::fail, "A name that does not exist gets NXDOMAIN with SOA.",
                  "A name that does not exist wants NXDOMAIN with SOA:", wrong);
}

// A name that exists only because something lies below it (RFC 8020 §2): who denies it, denies that, too.
Finding check_between(const AnswersSeen& seen) {
  const std::string id = "answers.between";
  const Wrong wrong = [](const AnsweringServer& server) -> std::string {
    std::vector<std::string> parts;
    for (const auto& [name, reply] : server.between) {
      if (server.txt.has_rcode(kNoerror) && !reply.has_rcode(kNoerror))
        parts.push_back(name.text() + " got " + said(reply));
    }
    return joined(parts, ", ");
  };
  if (std::ranges::all_of(seen.servers, [](const auto& server) { return server.between.empty(); }))
    return skipped(id, "No name lies between " + seen.owner.text() + " and the apex of its zone.");
  if (std::ranges::none_of(seen.servers, [](const auto& server) { return server.txt.has_rcode(kNoerror); }))
    return skipped(id, "Nothing stands at " + seen.owner.text() + ", so nothing has to be above it.");
  return over_all(
      seen, id, Grade::fail, "The names between " + seen.owner.text() + " and the apex of its zone exist.",
      "A name above one that exists wants NOERROR, since resolvers believe a denial for all below it "
      "(RFC 8020):",
      wrong);
}

Finding check_negative_ttl(const AnswersSeen& seen) {
  const std::string id = "answers.negative_ttl";
  std::optional<uint32_t> longest;
  for (const AnsweringServer& server : seen.servers)
    longest = std::max(longest, negative_ttl_of(server.random));
  std::string parent = " What the parent zone " + seen.parent.text() + " denies";
  parent += seen.parent_negative_ttl
                ? " stays denied for " + std::to_string(*seen.parent_negative_ttl) +
                      " s in caches: a resolver that looked before the delegation was there."
                : " stays denied for a time that is not known.";
  if (!longest) return skipped(id, "No SOA says for how long a denial is kept." + parent);
  const std::string kept =
      "A first try that came too early stays denied for " + std::to_string(*longest) + " s.";
  if (*longest > kNegativeTtlGood) {
    return warning(id, kept + " At most " + std::to_string(kNegativeTtlGood) +
                           " s are good for challenges: lower " + "MINIMUM and TTL of the SOA of " +
                           seen.apex.text() + "." + parent);
  }
  return ok(id, kept + parent);
}

Finding check_case(const AnswersSeen& seen) {
  const Wrong wrong = [](const AnsweringServer& server) -> std::string {
    const auto lost = [](const Reply& reply) { return reply.answered() && !reply.kept_case; };
    const bool any = lost(server.txt) || lost(server.random) || lost(server.plain) || lost(server.small);
    return any ? "answers in another case" : "";
  };
  return over_all(seen, "answers.case", Grade::fail,
                  "Questions are echoed in the case that they were asked in (0x20).",
                  "CAs ask in random case (0x20) and drop answers that do not echo it:", wrong);
}

Finding check_edns(const AnswersSeen& seen) {
  const Wrong wrong = [](const AnsweringServer& server) -> std::string {
    std::vector<std::string> parts;
    if (!server.plain.answered()) parts.push_back("without EDNS: " + server.plain.why);
    if (server.plain.answered() && server.plain.response->edns) parts.push_back("OPT where none was sent");
    if (!server.small.answered()) parts.push_back("size 512: " + server.small.why);
    if (!server.large.answered()) parts.push_back("size 4096 with DO: " + server.large.why);
    if (server.large.answered() && !server.large.response->edns) parts.push_back("no OPT in the answer");
    if (server.large.answered() && server.large.response->edns && !server.large.response->edns->dnssec_ok)
      parts.push_back("DO is not echoed");
    if (!server.next_version.has_rcode(kBadvers)) {
      parts.push_back("version 1 got " + said(server.next_version) + ", not BADVERS");
    }
    const bool is_as_without =
        server.unknown_option.answered() &&
        (!server.txt.answered() || server.unknown_option.response->rcode == server.txt.response->rcode);
    if (!is_as_without) parts.push_back("an unknown option got " + said(server.unknown_option));
    return joined(parts, ", ");
  };
  return over_all(seen, "answers.edns", Grade::warn,
                  "EDNS is as RFC 6891 has it: sizes, version, unknown options, DO.",
                  "EDNS is not as RFC 6891 has it, and something in between may be in the way:", wrong);
}

Finding check_size(const AnswersSeen& seen) {
  const Wrong wrong = [](const AnsweringServer& server) -> std::string {
    const Reply& txt = server.txt;
    if (txt.was_truncated && !txt.answered()) return "truncated over UDP, and TCP says: " + txt.why;
    if (!txt.answered()) return txt.why;
    const bool large = txt.transport == Transport::udp && txt.response->size > kDatagramGood;
    return large ? std::to_string(txt.response->size) + " octets in one datagram" : "";
  };
  return over_all(seen, "answers.size", Grade::fail,
                  "The answer to TXT fits into 1232 octets, or comes over TCP after TC.",
                  "The answer to TXT is too large to arrive:", wrong);
}

Finding check_rate(const AnswersSeen& seen) {
  const Wrong wrong = [](const AnsweringServer& server) -> std::string {
    if (server.burst_answered == server.burst_asked) return "";
    return std::to_string(server.burst_answered) + " of " + std::to_string(server.burst_asked) + " answered";
  };
  std::chrono::milliseconds longest{0};
  for (const AnsweringServer& server : seen.servers)
    longest = std::max(longest, server.burst_took);
  return over_all(
      seen, "answers.rate", Grade::warn,
      std::to_string(kBurst) + " questions from one source within " + std::to_string(longest.count()) +
          " ms are all answered.",
      "Questions from one source are dropped silently, so a CA's validation may time out:", wrong);
}

}  // namespace

std::optional<uint32_t> negative_ttl_of(const Reply& reply) {
  if (!reply.answered()) return std::nullopt;
  for (const auto* section : {&reply.response->authority, &reply.response->answer}) {
    const Record* soa = Response::first(*section, kSoa);
    const auto parsed = soa != nullptr ? parse_soa(soa->rdata) : base::fail(base::ErrorKind::dns, "");
    if (parsed) return std::min(soa->ttl, parsed->minimum);
  }
  return std::nullopt;
}

Findings check_answers(const AnswersSeen& seen) {
  return {check_types(seen), check_absent(seen), check_between(seen), check_negative_ttl(seen),
          check_case(seen),  check_edns(seen),   check_size(seen),    check_rate(seen)};
}

}  // namespace validator::doctor
