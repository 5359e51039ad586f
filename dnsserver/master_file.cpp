#include "dnsserver/master_file.h"

#include <cstdint>

namespace dnsserver {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_printable(char c) { return c >= ' ' && c <= '~'; }
// What ends an item outside quotes.
bool is_delimiter(char c) { return is_blank(c) || c == '\n' || c == ';' || c == '(' || c == ')'; }

void append_octet(std::string& item, char c) {
  if (is_printable(c)) {
    item += c;
    return;
  }
  const auto octet = uint8_t(c);
  item += '\\';
  item += char('0' + octet / 100);
  item += char('0' + octet / 10 % 10);
  item += char('0' + octet % 10);
}

}  // namespace

std::optional<MasterEntry> MasterFile::next(Findings& findings) {
  while (at_ < text_.size()) {
    if (auto entry = read_entry(findings)) return entry;
  }
  return std::nullopt;
}

// nullopt: there is no entry in this line.
std::optional<MasterEntry> MasterFile::read_entry(Findings& findings) {
  MasterEntry entry;
  entry.line = line_;
  entry.owner_omitted = is_blank(text_[at_]);
  size_t depth = 0;
  const auto refuse = [&](std::string why) {
    findings.push_back({line_, Severity::error, std::move(why)});
    skip_line();
    return std::nullopt;
  };
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++at_;
      ++line_;
      if (depth == 0) break;
    } else if (is_blank(c)) {
      ++at_;
    } else if (c == ';') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '(') {
      ++at_;
      ++depth;
    } else if (c == ')') {
      if (depth == 0) return refuse("a parenthesis is closed that was not opened");
      ++at_;
      --depth;
    } else {
      if (const char* wrong = read_item(entry.items.emplace_back())) return refuse(wrong);
      if (entry.items.size() > kEntryItemsMax) return refuse("an entry has more than 4096 items");
    }
  }
  if (depth > 0) {
    findings.push_back({entry.line, Severity::error, "a parenthesis is not closed, to the end of the file"});
    return std::nullopt;
  }
  if (entry.items.empty()) return std::nullopt;
  return entry;
}

const char* MasterFile::read_item(std::string& item) {
  bool quoted = false;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '\n' || (!quoted && is_delimiter(c))) break;
    if (c == '\\') {
      if (at_ + 1 == text_.size() || text_[at_ + 1] == '\n') return "a line ends in a \\";
      const char escaped = text_[++at_];
      if (is_printable(escaped)) item += c;
      append_octet(item, escaped);
      continue;
    }
    append_octet(item, c);
    if (c != '"') continue;
    quoted = !quoted;
    if (quoted) continue;
    ++at_;  // a closed quote ends its item
    return nullptr;
  }
  return quoted ? "a quote is not closed in its line" : nullptr;
}

void MasterFile::skip_line() {
  at_ = text_.find('\n', at_);
  if (at_ == text_.npos) {
    at_ = text_.size();
    return;
  }
  ++at_;
  ++line_;
}

}  // namespace dnsserver
