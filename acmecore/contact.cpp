#include "acmecore/contact.h"

#include <string_view>

#include "acmecore/dns_name_syntax.h"
#include "base/name.h"

namespace acmecore {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kMailto = "mailto:";

Result<void> check_contact(const std::string& contact);
bool is_address(std::string_view text);

}  // namespace

Result<void> check_contacts(const std::vector<std::string>& contacts) {
  if (contacts.size() > kContactsMax) {
    return fail(ErrorKind::invalid_contact,
                "an account has at most " + std::to_string(kContactsMax) + " contacts");
  }
  for (const std::string& contact : contacts)
    CHECK(check_contact(contact));
  return {};
}

namespace {

Result<void> check_contact(const std::string& contact) {
  if (contact.size() > kContactSizeMax) {
    return fail(ErrorKind::invalid_contact,
                "a contact has at most " + std::to_string(kContactSizeMax) + " characters");
  }
  if (!base::lower(contact).starts_with(kMailto)) {
    return fail(ErrorKind::unsupported_contact,
                "the contact " + in_quotes(contact) + " is no mailto: URL, as all must be");
  }
  if (!is_address(std::string_view(contact).substr(kMailto.size()))) {
    return fail(ErrorKind::invalid_contact, "the contact " + in_quotes(contact) +
                                                " must be mailto: and one address, without header fields");
  }
  return {};
}

// The addr-spec of RFC 6068 §2 as people have it: a dot-atom and a host name. Nothing percent-encoded, because
// what that hides (a line break, say) would come out when somebody sends mail there.
bool is_address(std::string_view text) {
  constexpr std::string_view kAtomSpecials = ".!#$&'*+-/=^_`{|}~";
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  for (char c : text.substr(0, at)) {
    const char small = base::lower(c);
    const bool letter_or_digit = (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9');
    if (!letter_or_digit && kAtomSpecials.find(c) == std::string_view::npos) return false;
  }
  return !text.substr(at + 1).starts_with("*.") &&
         check_dns_name(base::lower(text.substr(at + 1))).has_value();
}

}  // namespace

}  // namespace acmecore
