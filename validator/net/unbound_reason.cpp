#include "validator/net/unbound_reason.h"

namespace validator {

namespace {

constexpr std::string_view kEndOfQuestion = ">: ";

std::string printable(std::string_view text) {
  std::string kept;
  for (const char c : text.substr(0, kWhySizeMax))
    kept += c >= 0x20 && c < 0x7f ? c : '?';
  return kept;
}

std::string line_at(std::string_view log, size_t start) {
  log.remove_prefix(start);
  return printable(log.substr(0, log.find('\n')));
}

}  // namespace

std::string servfail_reason(std::string_view log) {
  const size_t line = log.rfind("SERVFAIL <");
  if (line == std::string_view::npos) return "";
  const size_t end_of_question = log.find(kEndOfQuestion, line);
  if (end_of_question == std::string_view::npos) return "";
  return line_at(log, end_of_question + kEndOfQuestion.size());
}

std::string bogus_reason(std::string_view why_bogus) {
  const size_t end_of_question = why_bogus.find(kEndOfQuestion);
  if (end_of_question == std::string_view::npos) return printable(why_bogus);
  return printable(why_bogus.substr(end_of_question + kEndOfQuestion.size()));
}

std::string last_server(std::string_view log, std::string_view question) {
  constexpr std::string_view kReply = "info: reply from <";
  const size_t response = log.rfind("info: response for " + std::string(question) + " IN\n");
  if (response == std::string_view::npos) return "";
  const size_t reply = log.find(kReply, response);
  if (reply == std::string_view::npos) return "";
  const std::string line = line_at(log, reply + kReply.size());
  const size_t end_of_zone = line.find("> ");
  if (end_of_zone == std::string::npos) return "";
  return line.substr(end_of_zone + 2) + " (" + line.substr(0, end_of_zone) + ")";
}

std::string first_error(std::string_view log) {
  constexpr std::string_view kError = "error: ";
  const size_t start = log.find(kError);
  return start == std::string_view::npos ? "" : line_at(log, start + kError.size());
}

}  // namespace validator
