#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct psl_ctx_st;

namespace acmecore {

// The Public Suffix List (publicsuffix.org): below which names whoever likes can register one. Immutable once open;
// any thread may ask. Names are lower-case A-labels without a final dot.
class PublicSuffixes {
 public:
  // Which part of the list counts. The second one is made of companies that give out names below one of theirs.
  enum class Section { icann, icann_and_private };

  // The system's list, or the one that libpsl was built with if that is newer. unavailable: there is neither.
  static base::Result<PublicSuffixes> open();

  // True for what is in the list alone: "com", "co.uk", not "corp"; and for "kawasaki.jp", below which every name is
  // one (libpsl takes the parent of "*.kawasaki.jp" with it).
  bool is_public_suffix(const std::string& name, Section section) const;

  // Whether the name's last label is a public suffix of the first section: not so for "corp".
  bool has_public_top_level(std::string_view name) const;

  // The name that somebody registered and that `name` is or is below: "corp.co.uk" of "www.corp.co.uk". A top level
  // that is not in the list counts as a public suffix. A public suffix is its own.
  std::string registered_domain(const std::string& name) const;

 private:
  struct Free {
    void operator()(psl_ctx_st* list) const;
  };

  explicit PublicSuffixes(psl_ctx_st* list) : list_(list) {}

  std::unique_ptr<psl_ctx_st, Free> list_;
};

}  // namespace acmecore
