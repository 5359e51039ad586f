#include "acmecore/contact.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

using base::ErrorKind;

ErrorKind refusal(const std::string& contact) {
  const auto checked = check_contacts({contact});
  return checked ? ErrorKind::internal : checked.error().kind;
}

TEST(Contacts, AreMailtoUrlsWithOneAddress) {
  EXPECT_TRUE(check_contacts({}));
  EXPECT_TRUE(
      check_contacts({"mailto:admin@corp.test", "mailto:a.b+c@mail.corp.test", "MAILTO:a@corp.test"}));
}

// A03
TEST(Contacts, OfAnotherSchemeAreUnsupported) {
  for (const char* contact :
       {"ftp://corp.test", "tel:+12025551212", "admin@corp.test", "", "https://corp.test"}) {
    EXPECT_EQ(refusal(contact), ErrorKind::unsupported_contact) << contact;
  }
}

// A04–A06, A09, T21
TEST(Contacts, WithoutExactlyOnePlainAddressAreInvalid) {
  for (const char* contact :
       {"mailto:", "mailto:@corp.test", "mailto:a@", "mailto:a", "mailto:a@b@corp.test",
        "mailto:a@corp.test,b@corp.test", "mailto:a@corp.test?subject=x",
        "mailto:a@corp.test\r\nBcc: b@corp.test", "mailto:a b@corp.test", "mailto:a@*.corp.test",
        "mailto:a@corp_.test", "mailto:\"a\"@corp.test", "mailto:<a@corp.test>"}) {
    EXPECT_EQ(refusal(contact), ErrorKind::invalid_contact) << contact;
  }
}

// A10
TEST(Contacts, AreBoundedInNumberAndSize) {
  EXPECT_TRUE(check_contacts(std::vector<std::string>(kContactsMax, "mailto:a@corp.test")));
  EXPECT_EQ(check_contacts(std::vector<std::string>(kContactsMax + 1, "mailto:a@corp.test")).error().kind,
            ErrorKind::invalid_contact);
  const auto sized = [](size_t size) {
    const std::string ends = "mailto:@corp.test";
    return "mailto:" + std::string(size - ends.size(), 'a') + "@corp.test";
  };
  EXPECT_TRUE(check_contacts({sized(kContactSizeMax)}));
  EXPECT_EQ(refusal(sized(kContactSizeMax + 1)), ErrorKind::invalid_contact);
}

}  // namespace
}  // namespace acmecore
