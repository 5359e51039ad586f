#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dnsserver/finding.h"

namespace dnsserver {

// Of one entry: more than the longest RDATA in presentation form needs.
inline constexpr size_t kEntryItemsMax = 4096;

// One entry of a master file (RFC 1035 §5.1): a record or a control entry, in one line or, in parentheses,
// in several.
struct MasterEntry {
  size_t line = 0;             // where it begins, from 1
  bool owner_omitted = false;  // it begins with a blank
  // As they were written, with quotes and escapes, but printable ASCII: any other octet as \DDD. At least one.
  std::vector<std::string> items;
};

// Takes a master file apart: lines, comments, quotes, parentheses, blanks. What the items mean is not looked at
// here. The text outlives it.
class MasterFile {
 public:
  explicit MasterFile(std::string_view text) : text_(text) {}

  // The next entry; nullopt: the file has ended. A line that cannot be taken apart is left out and added to
  // `findings`: a quote that is not closed, parentheses that do not match, a \ at the end, more items than
  // kEntryItemsMax.
  std::optional<MasterEntry> next(Findings& findings);

 private:
  std::optional<MasterEntry> read_entry(Findings& findings);
  // What is wrong with the item, if something is.
  const char* read_item(std::string& item);
  void skip_line();

  std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
};

}  // namespace dnsserver
