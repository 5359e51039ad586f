#include "acmecore/public_suffixes.h"

#include <gtest/gtest.h>

#include "tests/acmecore/policy_fixture.h"

namespace acmecore {
namespace {

using Section = PublicSuffixes::Section;

TEST(PublicSuffixes, AreThoseOfTheList) {
  struct {
    const char* name;
    bool icann;
    bool with_private;
  } const cases[] = {
      {"com", true, true},           {"corp.com", false, false},
      {"co.uk", true, true},         {"corp.co.uk", false, false},
      {"github.io", false, true},    {"corp.github.io", false, false},
      {"corp", false, false},  // the list's rule for what it does not know is none of its entries
      {"internal", false, false},    {"foo.ck", true, true},  // *.ck
      {"www.ck", false, false},                               // !www.ck
      {"xn--55qx5d.cn", true, true}, {"xn--bcher-kva.cn", false, false},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(test_suffixes().is_public_suffix(one.name, Section::icann), one.icann) << one.name;
    EXPECT_EQ(test_suffixes().is_public_suffix(one.name, Section::icann_and_private), one.with_private)
        << one.name;
  }
}

TEST(PublicSuffixes, SayWhichTopLevelsArePublic) {
  for (const char* name : {"corp.com", "com", "a.b.uk", "a.ck", "xn--p1ai", "a.xn--p1ai"})
    EXPECT_TRUE(test_suffixes().has_public_top_level(name)) << name;
  for (const char* name : {"corp", "www.corp", "com.corp", "a.lan", "a.internal", "a.test"})
    EXPECT_FALSE(test_suffixes().has_public_top_level(name)) << name;
}

TEST(PublicSuffixes, SayWhatWasRegistered) {
  const std::pair<const char*, const char*> cases[] = {
      {"corp.com", "corp.com"},
      {"a.b.corp.com", "corp.com"},
      {"www.corp.co.uk", "corp.co.uk"},
      {"co.uk", "co.uk"},
      {"com", "com"},
      {"a.me.github.io", "me.github.io"},
      {"a.b.corp.lan", "corp.lan"},
      {"lan", "lan"},
      {"a.b.foo.ck", "b.foo.ck"},
      {"a.xn--bcher-kva.de", "xn--bcher-kva.de"},
  };
  for (const auto& [name, registered] : cases)
    EXPECT_EQ(test_suffixes().registered_domain(name), registered) << name;
}

}  // namespace
}  // namespace acmecore
