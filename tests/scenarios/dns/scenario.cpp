#include "tests/scenarios/dns/scenario.h"

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

constexpr std::pair<std::string_view, uint16_t> kFlagOptions[] = {
    {"+aa", 0x0400}, {"+tc", 0x0200}, {"+rd", 0x0100}, {"+ra", 0x0080},
    {"+z", 0x0040},  {"+ad", 0x0020}, {"+cd", 0x0010}};

class Parser {
 public:
  explicit Parser(std::string_view file) : file_(file) {}
  Scenario parse(std::string_view text);

 private:
  enum class Expects { directive, zone, octets, answer, authority, additional };

  bool take_directive(const std::string& line);
  void take_line(const std::string& line);
  void end_zone();
  void take_server(std::istringstream words);
  void take_query(std::istringstream words);
  void take_option(const std::string& word, uint16_t& flags, std::optional<Opt>& opt);
  void take_octets(std::string_view digits);
  ScenarioCase& current();
  [[noreturn]] void stop(std::string_view why) const;

  std::string_view file_;
  size_t line_ = 0;
  Expects expects_ = Expects::directive;
  std::string zone_apex_;
  std::string zone_text_;
  Scenario scenario_;
};

std::string rest_of(std::istringstream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

Scenario Parser::parse(std::string_view text) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    ++line_;
    const size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == ';') continue;
    line = line.substr(first);
    if (!take_directive(line)) take_line(line);
  }
  end_zone();
  return std::move(scenario_);
}

bool Parser::take_directive(const std::string& line) {
  std::istringstream words(line);
  std::string directive;
  words >> directive;
  Expects next = Expects::directive;
  if (directive == "ZONE") {
    end_zone();
    words >> zone_apex_;
    next = Expects::zone;
  } else if (directive == "SERVER") {
    end_zone();
    take_server(std::move(words));
  } else if (directive == "CHECK") {
    end_zone();
    scenario_.cases.push_back({.sentence = rest_of(words), .line = line_, .query = {}});
  } else if (directive == "QUERY") {
    take_query(std::move(words));
  } else if (directive == "OCTETS") {
    take_octets(rest_of(words));
    next = Expects::octets;
  } else if (directive == "REPLY") {
    words >> current().reply.rcode;
    current().reply.flags = rest_of(words);
  } else if (directive == "SILENCE") {
    current().silence = true;
  } else if (directive == "NOQUESTION") {
    current().has_question = false;
  } else if (directive == "EDNS") {
    current().reply.edns = rest_of(words);
  } else if (directive == "ANSWER") {
    next = Expects::answer;
  } else if (directive == "AUTHORITY") {
    next = Expects::authority;
  } else if (directive == "ADDITIONAL") {
    next = Expects::additional;
  } else {
    return false;
  }
  expects_ = next;
  return true;
}

void Parser::take_line(const std::string& line) {
  switch (expects_) {
    case Expects::directive: stop("not in the language: " + line);
    case Expects::zone: zone_text_ += line + "\n"; return;
    case Expects::octets: take_octets(line); return;
    case Expects::answer: current().reply.answer.push_back(canonical_line(line, Name())); return;
    case Expects::authority: current().reply.authority.push_back(canonical_line(line, Name())); return;
    case Expects::additional: current().reply.additional.push_back(canonical_line(line, Name())); return;
  }
}

void Parser::end_zone() {
  if (!zone_apex_.empty()) scenario_.zones.add(zone_apex_, zone_text_);
  zone_apex_.clear();
  zone_text_.clear();
}

void Parser::take_server(std::istringstream words) {
  for (std::string word; words >> word;) {
    if (word.starts_with("nsid=")) {
      scenario_.zones.policy().nsid = word.substr(5);
    } else if (word == "cookie-required") {
      scenario_.zones.policy().cookie_required = true;
    } else {
      stop("no such setting: " + word);
    }
  }
}

void Parser::take_query(std::istringstream words) {
  std::string name;
  std::string type;
  words >> name >> type;
  uint16_t flags = 0;
  std::optional<Opt> opt;
  uint16_t qclass = kClassIn;
  bool header_only = false;
  for (std::string word; words >> word;) {
    if (word.starts_with("class=")) {
      qclass = class_number(word.substr(6));
    } else if (word == "+header") {
      header_only = true;
    } else {
      take_option(word, flags, opt);
    }
  }
  Bytes query = make_query(name, type_number(type), qclass);
  if (header_only) {
    query = query.substr(0, kHeaderSize);
    put_u16(query.data() + 4, 0);
  }
  put_u16(query.data() + 2, flags);
  current().query = opt ? with_edns(query, *opt) : query;
}

void Parser::take_option(const std::string& word, uint16_t& flags, std::optional<Opt>& opt) {
  for (const auto& [name, bit] : kFlagOptions) {
    if (word == name) return void(flags |= bit);
  }
  if (word == "+tcp") return void(current().transport = Transport::tcp);
  if (word == "+tls") return void(current().transport = Transport::tls);
  const std::string name = word.substr(0, word.find('='));
  const std::string value = name.size() < word.size() ? word.substr(name.size() + 1) : "";
  const auto number = uint16_t(std::strtoul(value.c_str(), nullptr, 0));
  if (name == "+opcode") return void(flags |= uint16_t(number << 11));
  if (!opt) opt.emplace();
  if (name == "+edns") {
    opt->version = uint8_t(number);
  } else if (name == "+do") {
    opt->flags = 0x8000;
  } else if (name == "+ednsflags") {
    opt->flags = number;
  } else if (name == "+bufsize") {
    opt->payload_size = number;
  } else if (name == "+ednsopt") {
    const size_t colon = value.find(':');
    const Bytes data = colon == std::string::npos ? "" : from_hex(value.substr(colon + 1));
    append_u16(opt->options, number);
    append_u16(opt->options, uint16_t(data.size()));
    opt->options += data;
  } else {
    stop("no such option: " + word);
  }
}

void Parser::take_octets(std::string_view digits) { current().query += from_hex(digits); }

ScenarioCase& Parser::current() {
  if (scenario_.cases.empty()) stop("CHECK comes first");
  return scenario_.cases.back();
}

void Parser::stop(std::string_view why) const {
  std::fprintf(stderr, "%.*s:%zu: %.*s\n", int(file_.size()), file_.data(), line_, int(why.size()),
               why.data());
  std::abort();
}

}  // namespace

Scenario parse_scenario(std::string_view text, std::string_view file) { return Parser(file).parse(text); }

}  // namespace dnsserver
