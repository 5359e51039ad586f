#include "acmecore/ca_ceremony.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "acmecore/ca_chain.h"
#include "acmecore/issuer_duties.h"
#include "acmecore/pem.h"
#include "base/log.h"
#include "tests/acmecore/ca_ceremony_fixture.h"
#include "tests/acmecore/kill_at_each_call.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Result;
using std::chrono::hours;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::string_view kPemRequest = "CERTIFICATE REQUEST";

TEST_F(CaCeremony, MakesARootAndAnIssuingCaWhoseLeavesVerifyWhateverTheKinds) {
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa2048, KeyKind::ed25519}) {
    fs::remove_all(place_.directory);
    ASSERT_TRUE(init_ca(place_, root_plan(), plan("Corp Issuing CA", kind), kNow));
    EXPECT_EQ(verdict(GenerationRole::current), "ok");
  }
  fs::remove_all(place_.directory);
  CaPlan root = root_plan();
  root.key_kind = KeyKind::ed25519;
  ASSERT_TRUE(init_ca(place_, root, plan("Corp Issuing CA"), kNow));
  EXPECT_EQ(verdict(GenerationRole::current), "ok");
}

TEST_F(CaCeremony, LeavesForClientsVerifyBelowACaThatIsForThem) {
  const std::string client = "sslclient";
  CaPlan for_clients = plan("Corp Issuing CA");
  init(for_clients);
  EXPECT_THAT(verdict(GenerationRole::current, "www.corp.test", client), HasSubstr("purpose"));

  CaRenewal renewal;
  renewal.same_key = true;
  renewal.plan = for_clients;
  renewal.plan.client_auth = true;
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_EQ(verdict(GenerationRole::next, "www.corp.test", client), "ok");
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), kNow));
  renewal.plan.client_auth = std::nullopt;  // as before
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_EQ(verdict(GenerationRole::next, "www.corp.test", client), "ok");

  fs::remove_all(place_.directory);
  for_clients.client_auth = true;
  init(for_clients);
  EXPECT_EQ(verdict(GenerationRole::current, "www.corp.test", client), "ok");
  EXPECT_EQ(verdict(GenerationRole::current), "ok");

  fs::remove_all(place_.directory);
  ASSERT_TRUE(init_development_ca(place_, kNow, true));
  EXPECT_EQ(verdict(GenerationRole::current, "www.corp.test", client), "ok");
}

TEST_F(CaCeremony, RotatesToNoneThatIsNotForTheClientsOfAPublicProfile) {
  init(plan("Corp Issuing CA"));
  CaRenewal renewal;
  renewal.same_key = true;
  renewal.plan = plan("");
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  IssuerDuties duties;
  duties.public_client_profile = "the profile \"mutual\"";
  const auto refused = rotate_ca(place_, duties, kNow);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail,
              HasSubstr("no extendedKeyUsage clientAuth, as the profile \"mutual\" has"));
  renewal.plan.client_auth = true;
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::goes));
  EXPECT_TRUE(rotate_ca(place_, duties, kNow));
}

// They serve servers all the same.
TEST_F(CaCeremony, TellsOfAPrivateProfileThatItsCertificatesAreOfNoUseToClients) {
  init(plan("Corp Issuing CA"));
  IssuerDuties duties;
  duties.private_client_profile = "[issuance]";
  base::log::configure(base::log::Level::warning, base::log::Format::text);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(check_duties(duties, "the issuing certificate", chain(GenerationRole::current)));
  EXPECT_THAT(
      testing::internal::GetCapturedStderr(),
      testing::AllOf(HasSubstr("acme.issuer.not_for_clients"), HasSubstr("clientAuth, as [issuance] has")));
}

TEST_F(CaCeremony, IsNotInitializedWhereThereIsSomething) {
  init(plan("Corp Issuing CA"));
  const auto again = init_ca(place_, root_plan(), plan("Corp Issuing CA"), kNow);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().detail, HasSubstr("is not empty"));
}

TEST_F(CaCeremony, RefusesSubjectsThatNoCertificateHas) {
  for (const CaSubject& subject :
       {CaSubject{""}, CaSubject{std::string(65, 'a')}, CaSubject{"a\nb"}, CaSubject{"CA", "", "ch"},
        CaSubject{"CA", "", "CHE"}, CaSubject{"\xff"}, CaSubject{"CA", std::string(65, 'o')}}) {
    CaPlan bad = plan("");
    bad.subject = subject;
    EXPECT_EQ(init_ca(place_, root_plan(), bad, kNow).error().kind, ErrorKind::malformed);
  }
  EXPECT_TRUE(*CaDirectory::is_absent(place_.directory));
  EXPECT_FALSE(init_ca(place_, root_plan(), plan(root_plan().subject.common_name), kNow))
      << "one name for two";
}

TEST_F(CaCeremony, NameConstraintsAreWrittenAndKeptToAsOpensslKeepsToThem) {
  CaPlan issuing = plan("Corp Issuing CA");
  ASSERT_TRUE(add_subtree(issuing.constraints.permitted, "corp.test"));
  ASSERT_TRUE(add_subtree(issuing.constraints.excluded, "secret.corp.test"));
  init(issuing);
  EXPECT_EQ(verdict(GenerationRole::current, "www.corp.test"), "ok");
  EXPECT_THAT(verdict(GenerationRole::current, "www.other.test"), HasSubstr("is held to \"corp.test\""));
  EXPECT_THAT(verdict(GenerationRole::current, "a.secret.corp.test"), HasSubstr("is excluded"));
  EXPECT_THAT(verdict(GenerationRole::current, "*.corp.test"), HasSubstr("is excluded"));
}

TEST_F(CaCeremony, WithAPassphraseKeysAreEncrypted) {
  place_.vault = KeyVault("correct horse");
  init(plan("Corp Issuing CA"));
  EXPECT_EQ(verdict(GenerationRole::current), "ok");
  EXPECT_TRUE(is_encrypted_key(generation(GenerationRole::current).key));
  EXPECT_TRUE(is_encrypted_key(*CaDirectory::read(place_.directory)->root_key().value()));
  const auto without = KeyVault().open(generation(GenerationRole::current).key, {});
  EXPECT_THAT(without.error().detail, HasSubstr("no passphrase"));
}

std::string request_of_another() {
  const base::Bytes name = name_of(CaSubject{"Other CA"}).value();
  const SoftwareKey key = SoftwareKey::generate();
  return pem_block(kPemRequest, sign_ca_request({name, key.spki_der()}, key).value());
}

TEST_F(CaCeremony, ARequestIsReadByOpensslAndAsksForWhatAnIssuingCaHas) {
  CaPlan wanted = plan("Corp Issuing CA");
  ASSERT_TRUE(add_subtree(wanted.constraints.permitted, "corp.test"));
  const std::string pem = request_ca(place_, wanted, kNow, Incumbent::stays).value();
  write_text(above_.path() + "/request.csr", pem);
  const auto read = run_program("openssl req -noout -verify -text -in " + above_.path() + "/request.csr");
  EXPECT_TRUE(read.succeeded) << read.output;
  for (const char* part : {"C = CH, O = Corp, CN = Corp Issuing CA", "CA:TRUE, pathlen:0",
                           "Digital Signature, Certificate Sign, CRL Sign", "TLS Web Server Authentication",
                           "X509v3 Name Constraints: critical", "DNS:corp.test"}) {
    EXPECT_THAT(read.output, HasSubstr(part));
  }
  EXPECT_THAT(roles(), ElementsAre("requested issuing"));
}

TEST_F(CaCeremony, ASubordinateOfACompanysRootIsRequestedInstalledAndSigns) {
  CompanyRoot company;
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), kNow, Incumbent::stays).value();
  const std::string chain_pem = company.certify(request);
  EXPECT_EQ(install_ca(place_, chain_pem, today(), Incumbent::stays), GenerationRole::current);
  EXPECT_THAT(roles(), ElementsAre("current issuing"));
  EXPECT_EQ(verdict(GenerationRole::current, "www.corp.test", "sslserver", today()), "ok")
      << "it is seconds old";
  EXPECT_FALSE(CaDirectory::read(place_.directory)->root_key().value());

  const std::string second = request_ca(place_, plan("Corp Issuing CA 2"), kNow, Incumbent::stays).value();
  const std::string next_pem = company.certify(second);
  EXPECT_EQ(install_ca(place_, next_pem, today(), Incumbent::stays), GenerationRole::next);
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), today()));
  EXPECT_THAT(roles(), ElementsAre("retired issuing", "current issuing-2"));
  EXPECT_EQ(verdict(GenerationRole::current, "www.corp.test", "sslserver", today()), "ok");
}

TEST_F(CaCeremony, ACertificateIsRenewedUnderTheSameKey) {
  CompanyRoot company;
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), kNow, Incumbent::stays).value();
  const std::string chain_pem = company.certify(request);  // before today(), for it is valid from then on
  ASSERT_TRUE(install_ca(place_, chain_pem, today(), Incumbent::stays));
  const std::string renewed = company.certify(request);
  EXPECT_EQ(install_ca(place_, renewed, today(), Incumbent::stays), GenerationRole::next);
  EXPECT_EQ(chain(GenerationRole::next).issuing().spki_der,
            chain(GenerationRole::current).issuing().spki_der);
  EXPECT_NE(chain(GenerationRole::next).issuing().serial, chain(GenerationRole::current).issuing().serial);
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), today()));
  EXPECT_EQ(generation(GenerationRole::retired).key, generation(GenerationRole::current).key);
}

// "csr at 0 h" of each that made the one in this role.
std::vector<std::string> told(const std::vector<Ceremony>& ceremonies, base::Time from) {
  std::vector<std::string> texts;
  for (const Ceremony& ceremony : ceremonies) {
    EXPECT_EQ(ceremony.uid, ::getuid());
    const auto after = std::chrono::floor<hours>(ceremony.time - from);
    texts.push_back(std::string(name_of(ceremony.command)) + " at " + std::to_string(after.count()) + " h");
  }
  return texts;
}

TEST_F(CaCeremony, EachIsKeptWithItsTimeAndUserBesideWhatItMade) {
  init(plan("Corp Issuing CA"));
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  ASSERT_TRUE(renew_ca(place_, renewal, kNow + hours(1), Incumbent::stays));
  EXPECT_THAT(told(generation(GenerationRole::next).ceremonies, kNow), ElementsAre("renew at 1 h"));
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), kNow + hours(2)));
  EXPECT_THAT(told(generation(GenerationRole::retired).ceremonies, kNow),
              ElementsAre("init at 0 h", "rotate at 2 h"));
  EXPECT_THAT(told(generation(GenerationRole::current).ceremonies, kNow),
              ElementsAre("renew at 1 h", "rotate at 2 h"));

  fs::remove_all(place_.directory);
  ASSERT_TRUE(init_development_ca(place_, kNow));
  EXPECT_THAT(generation(GenerationRole::current).ceremonies, testing::IsEmpty())
      << "the server makes it, and nobody else";
}

TEST_F(CaCeremony, ARequestAndItsInstallationAreBothKept) {
  CompanyRoot company;
  const base::Time start = today();
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), start, Incumbent::stays).value();
  EXPECT_THAT(told(generation(GenerationRole::requested).ceremonies, start), ElementsAre("csr at 0 h"));
  const std::string chain_pem = company.certify(request);
  ASSERT_TRUE(install_ca(place_, chain_pem, start + hours(1), Incumbent::stays));
  EXPECT_THAT(told(generation(GenerationRole::current).ceremonies, start),
              ElementsAre("csr at 0 h", "install at 1 h"));
  const std::string renewed = company.certify(request);
  ASSERT_TRUE(install_ca(place_, renewed, start + hours(2), Incumbent::stays));
  EXPECT_THAT(told(generation(GenerationRole::next).ceremonies, start), ElementsAre("install at 2 h"))
      << "of another certificate for the same key";
}

TEST_F(CaCeremony, WhatDoesNotFitIsNotInstalled) {
  CompanyRoot company;
  const auto refusal = [&](const std::string& chain_pem) {
    const auto installed = install_ca(place_, chain_pem, today(), Incumbent::stays);
    return installed ? "" : installed.error().detail;
  };
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), kNow, Incumbent::stays).value();
  const std::string good = company.certify(request);
  const std::string root = company.run("cat root.pem");
  EXPECT_THAT(refusal("rubbish"), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal(root), HasSubstr("is a root"));
  EXPECT_THAT(refusal(good.substr(0, good.find("-----BEGIN", 1))), HasSubstr("not signed by its own key"));
  EXPECT_THAT(refusal(root + good), HasSubstr("not signed by"));
  EXPECT_THAT(refusal(company.certify(request, "basicConstraints=critical,CA:FALSE\n")), testing::Not(""));
  EXPECT_THAT(refusal(company.certify(request_of_another())),
              HasSubstr("neither for the key of issuing.csr"));
  EXPECT_THAT(refusal(company.certify(request, "keyUsage=digitalSignature,keyCertSign,cRLSign\n")),
              HasSubstr("it breaks ca_key_usage (RFC 5280 §4.2.1.3): keyUsage is not critical"));
  const CaMaterial other = make_development_ca(today()).value();
  EXPECT_THAT(refusal(other.issuing_pem + other.root_pem), HasSubstr("neither for the key"));
  EXPECT_THAT(refusal(other.issuing_pem + root), HasSubstr("not signed by the root"));
  EXPECT_THAT(roles(), ElementsAre("requested issuing"));
  EXPECT_EQ(refusal(good), "");
}

TEST_F(CaCeremony, WhoIsThereAlreadyStaysUnlessItIsGivenUp) {
  init(plan("Corp Issuing CA"));
  ASSERT_TRUE(request_ca(place_, plan("Corp Issuing CA 2"), kNow, Incumbent::stays));
  const auto second = request_ca(place_, plan("Corp Issuing CA 2"), kNow, Incumbent::stays);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("a request already, issuing-2.csr"));
  ASSERT_TRUE(request_ca(place_, plan("Corp Issuing CA 2"), kNow, Incumbent::goes));
  EXPECT_THAT(roles(), ElementsAre("current issuing", "requested issuing-3"));

  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 3");
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_THAT(roles(), ElementsAre("current issuing", "requested issuing-3", "next issuing-4"));
  const auto another = renew_ca(place_, renewal, kNow, Incumbent::stays);
  ASSERT_FALSE(another);
  EXPECT_THAT(another.error().detail, HasSubstr("a next certificate already, issuing-4.pem"));
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::goes));
  EXPECT_THAT(roles(), ElementsAre("current issuing", "requested issuing-3", "next issuing-5"));
}

TEST_F(CaCeremony, NeverOutlastsItsRoot) {
  CaPlan issuing = plan("Corp Issuing CA");
  issuing.lifetime = 2 * kRootLifetime;
  init(issuing);
  const CaChain made = chain(GenerationRole::current);
  EXPECT_EQ(made.issuing().validity.not_after, made.root().validity.not_after);
}

TEST_F(CaCeremony, RotatesToNoneThatIsNotThereOrCannotSign) {
  init(plan("Corp Issuing CA"));
  EXPECT_THAT(rotate_ca(place_, IssuerDuties(), kNow).error().detail, HasSubstr("no next certificate"));
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  renewal.plan.lifetime = hours(24 * 30);
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_THAT(rotate_ca(place_, IssuerDuties(), kNow + hours(24 * 31)).error().detail,
              HasSubstr("is valid only"));
  write_text(place_.directory / "issuing-2.key", SoftwareKey::generate().pem());
  EXPECT_THAT(rotate_ca(place_, IssuerDuties(), kNow).error().detail, HasSubstr("do not belong together"));
  EXPECT_THAT(roles(), ElementsAre("current issuing", "next issuing-2"));
}

void copy_anew(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

TEST_F(CaCeremony, AProcessThatIsKilledOnTheWayOfARotationLeavesTheOneOrTheOther) {
  init(plan("Corp Issuing CA"));
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  const auto rotate = [this] { return rotate_ca(place_, IssuerDuties(), kNow).has_value(); };
  const auto look = [&] {
    EXPECT_THAT(roles(), AnyOf(ElementsAre("current issuing", "next issuing-2"),
                               ElementsAre("retired issuing", "current issuing-2")));
    if (roles().front() == "retired issuing")
      write_text(place_.directory / "roles", "current issuing\nnext issuing-2\n");
  };
  EXPECT_GT(kill_at_each_call(rotate, look), 20);
  EXPECT_EQ(verdict(GenerationRole::current), "ok");
}

TEST_F(CaCeremony, AProcessThatIsKilledOnTheWayOfAnInstallationLeavesTheOneOrTheOther) {
  init(plan("Corp Issuing CA"));
  const TemporaryDirectory aside;
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  // A request, and a chain for it.
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  const std::string chain_pem = generation(GenerationRole::next).chain_pem;
  write_text(place_.directory / "issuing-2.csr", "request");
  write_text(place_.directory / "roles", "current issuing\nrequested issuing-2\n");
  copy_anew(place_.directory, aside.path() + "/ca");
  const auto install = [&] { return install_ca(place_, chain_pem, kNow, Incumbent::stays).has_value(); };
  const auto look = [&] {
    EXPECT_THAT(roles(), AnyOf(ElementsAre("current issuing", "requested issuing-2"),
                               ElementsAre("current issuing", "next issuing-2")));
    if (roles().back() == "next issuing-2") {
      EXPECT_EQ(verdict(GenerationRole::next), "ok");
    }
    copy_anew(aside.path() + "/ca", place_.directory);
  };
  EXPECT_GT(kill_at_each_call(install, look), 20);
}

TEST_F(CaCeremony, AProcessThatIsKilledOnTheWayOfARequestLeavesTheOneOrTheOther) {
  init(plan("Corp Issuing CA"));
  const TemporaryDirectory aside;
  copy_anew(place_.directory, aside.path() + "/ca");
  const auto request = [this] {
    return request_ca(place_, plan("Corp Issuing CA 2"), kNow, Incumbent::goes).has_value();
  };
  const auto look = [&] {
    const auto now = roles();
    EXPECT_THAT(now.front(), "current issuing");
    if (now.size() > 1) {
      const CaGeneration requested = generation(GenerationRole::requested);
      EXPECT_TRUE(place_.vault.open(requested.key, {}));
      EXPECT_TRUE(parse_pem(kPemRequest, requested.request_pem));
    }
    // Each key that was left would be a call more on the way of the next one, and the end would never come nearer.
    copy_anew(aside.path() + "/ca", place_.directory);
  };
  EXPECT_GT(kill_at_each_call(request, look), 20);
}

TEST_F(CaCeremony, AProcessThatIsKilledOnTheWayOfAnInitializationLeavesNothingOrAllOfIt) {
  const auto initialize = [this] {
    return init_ca(place_, root_plan(), plan("Corp Issuing CA"), kNow).has_value();
  };
  const auto look = [&] {
    if (*CaDirectory::is_absent(place_.directory)) return;
    EXPECT_EQ(verdict(GenerationRole::current), "ok");
    fs::remove_all(place_.directory);
  };
  EXPECT_GT(kill_at_each_call(initialize, look), 20);
}

}  // namespace
}  // namespace acmecore
