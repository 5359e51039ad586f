#include "validator/doctor/credential.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::AllOf;
using testing::HasSubstr;

constexpr base::Time kNow{std::chrono::seconds(1'790'000'000)};

// A credential that is good for what it is used for.
CredentialSeen good() {
  Registration registration;
  registration.id = "c1";
  registration.networks = {base::IpNetwork::parse("192.0.2.0/24").value()};
  registration.key_algorithms = {"hmac-sha256", "hmac-sha512"};
  registration.names = {name("7f3k.acme.test")};
  registration.may_write = true;
  CredentialSeen seen;
  seen.owner = name("7f3k.acme.test");
  seen.id = "c1";
  seen.registration = registration;
  seen.client = base::IpAddress::parse("192.0.2.7").value();
  seen.clock_ahead = std::chrono::seconds(1);
  seen.now = kNow;
  return seen;
}

Registration& registration_in(CredentialSeen& seen) { return **seen.registration; }

TEST(CheckCredential, IsContentWithOneThatIsGood) {
  for (const Finding& finding : check_credential(good()))
    EXPECT_EQ(finding.grade, Grade::ok) << finding.id << ": " << finding.sentence;
}

TEST(CheckCredential, LooksAtHowLongItIsGood) {
  auto seen = good();
  const auto state = [&] { return finding(check_credential(seen), "credential.state"); };
  registration_in(seen).expires = kNow + kCredentialSoon;
  EXPECT_EQ(state().grade, Grade::ok);
  registration_in(seen).expires = kNow + kCredentialSoon - std::chrono::seconds(1);
  EXPECT_EQ(state().grade, Grade::warn);
  EXPECT_THAT(state().sentence, HasSubstr("assay credential update c1 --expires TIME"));
  registration_in(seen).expires = kNow;
  EXPECT_EQ(state().grade, Grade::fail);
  EXPECT_THAT(state().sentence, AllOf(HasSubstr("expired at 2026-09-21T"), HasSubstr("--expires TIME")));
  registration_in(seen).expires.reset();
  registration_in(seen).disabled = true;
  EXPECT_EQ(state().grade, Grade::fail);
  EXPECT_THAT(state().sentence, HasSubstr("assay credential update c1 --enable"));
}

TEST(CheckCredential, LooksAtWhereItMayWrite) {
  auto seen = good();
  registration_in(seen).may_write = false;
  const auto found = finding(check_credential(seen), "credential.scope");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("assay credential update c1 --name 7f3k.acme.test."));
}

TEST(CheckCredential, LooksAtWhereItsClientIs) {
  auto seen = good();
  const auto source = [&] { return finding(check_credential(seen), "credential.source"); };
  seen.client = base::IpAddress::parse("198.51.100.7").value();
  EXPECT_EQ(source().grade, Grade::fail);
  EXPECT_THAT(source().sentence, AllOf(HasSubstr("192.0.2.0/24"),
                                       HasSubstr("assay credential update c1 --source 198.51.100.7")));
  seen.client.reset();
  EXPECT_EQ(source().grade, Grade::skipped);
  EXPECT_THAT(source().sentence, HasSubstr("--client ADDRESS"));
  registration_in(seen).networks.clear();
  EXPECT_EQ(source().grade, Grade::ok);
}

TEST(CheckCredential, LooksAtTheAlgorithmsOfItsKeys) {
  auto seen = good();
  const auto keys = [&] { return finding(check_credential(seen), "credential.keys"); };
  for (const char* rare : {"hmac-sha224", "hmac-sha384"}) {
    registration_in(seen).key_algorithms = {"hmac-sha256", rare};
    EXPECT_EQ(keys().grade, Grade::warn);
    EXPECT_THAT(keys().sentence, HasSubstr("know " + std::string(rare) + ", cert-manager does not"));
  }
  registration_in(seen).key_algorithms = {"hmac-md5"};
  EXPECT_EQ(keys().grade, Grade::ok);
  registration_in(seen).refused_algorithms = {"hmac-md5"};
  EXPECT_EQ(keys().grade, Grade::fail);
  EXPECT_THAT(keys().sentence, AllOf(HasSubstr("hmac-md5"), HasSubstr("update.allow_hmac_md5")));
  registration_in(seen).key_algorithms.clear();
  EXPECT_EQ(keys().grade, Grade::skipped);
}

TEST(CheckCredential, ComparesTheClocks) {
  auto seen = good();
  const auto clock = [&] { return finding(check_credential(seen), "credential.clock"); };
  for (const int sign : {-1, 1}) {
    seen.clock_ahead = sign * kClockGood;
    EXPECT_EQ(clock().grade, Grade::ok);
    seen.clock_ahead = sign * (kClockGood + std::chrono::milliseconds(1));
    EXPECT_EQ(clock().grade, Grade::warn);
    seen.clock_ahead = sign * kFudge;
    EXPECT_EQ(clock().grade, Grade::warn);
    seen.clock_ahead = sign * (kFudge + std::chrono::milliseconds(1));
    EXPECT_EQ(clock().grade, Grade::fail);
  }
  EXPECT_THAT(clock().sentence, HasSubstr("300 s ahead of the server's"));
  seen.clock_ahead.reset();
  EXPECT_EQ(clock().grade, Grade::skipped);
}

TEST(CheckCredential, KnowsThoseOfTheConfiguration) {
  CredentialSeen seen;
  seen.id = "lab";
  seen.clock_ahead = std::chrono::seconds(0);
  const auto findings = check_credential(seen);
  for (const char* id : {"credential.state", "credential.scope", "credential.source", "credential.clock"})
    EXPECT_EQ(finding(findings, id).grade, Grade::ok) << id;
  EXPECT_EQ(finding(findings, "credential.keys").grade, Grade::skipped);
  EXPECT_THAT(finding(findings, "credential.state").sentence, HasSubstr("\"lab\""));
}

TEST(CheckCredential, FailsOneThatIsNotThere) {
  auto seen = good();
  seen.registration = base::fail(base::ErrorKind::not_found, "there is no credential c1");
  const auto found = finding(check_credential(seen), "credential.state");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("there is no credential c1"));
}

}  // namespace
}  // namespace validator::doctor
