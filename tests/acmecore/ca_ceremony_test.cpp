#include "acmecore/ca_ceremony.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/ca_chain.h"
#include "acmecore/certificate_writer.h"
#include "acmecore/issuer.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "tests/acmecore/certificate_fixtures.h"
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

class CaCeremony : public testing::Test {
 protected:
  CaPlan plan(const std::string& common_name, KeyKind kind = KeyKind::p256) const {
    CaPlan plan;
    plan.subject = {common_name, "Corp", "CH"};
    plan.key_kind = kind;
    plan.lifetime = kIssuingLifetime;
    return plan;
  }

  CaPlan root_plan() const {
    CaPlan root = plan("Corp Root CA");
    root.lifetime = kRootLifetime;
    return root;
  }

  void init(const CaPlan& issuing) { ASSERT_TRUE(init_ca(place_, root_plan(), issuing, kNow)); }

  std::vector<std::string> roles() const {
    std::vector<std::string> texts;
    const CaDirectory directory = CaDirectory::read(place_.directory).value();
    for (const CaGeneration& generation : directory.generations())
      texts.push_back(std::string(name_of(generation.role)) + " " + generation.name);
    return texts;
  }

  CaGeneration generation(GenerationRole role) const {
    return *CaDirectory::read(place_.directory)->find(role);
  }
  CaChain chain(GenerationRole role) const { return read_ca_chain(generation(role).chain_pem).value(); }

  // A leaf by the one in this role, verified by the openssl program.
  std::string verdict(GenerationRole role, const std::string& name = "www.corp.test") const {
    const CaGeneration from = generation(role);
    const CaChain chain = read_ca_chain(from.chain_pem).value();
    const auto issuer =
        Issuer::open(place_.vault.open(from.key, chain.issuing().spki_der).value(), from.chain_pem, kNow);
    if (!issuer) return issuer.error().detail;
    LeafRequest request = good_leaf_request();
    request.dns_names = {name};
    const auto leaf = issuer->sign_leaf(request);
    if (!leaf) return leaf.error().detail;
    const TemporaryDirectory directory;
    write_text(directory.path() + "/root.pem", issuer->root_pem());
    write_text(directory.path() + "/chain.pem", issuer->chain_pem(*leaf));
    const ProgramResult verified =
        run_program("openssl verify -x509_strict -check_ss_sig -purpose sslserver -attime " + attime() +
                    " -CAfile " + directory.path() + "/root.pem -untrusted " + directory.path() +
                    "/chain.pem " + directory.path() + "/chain.pem");
    return verified.succeeded ? "ok" : verified.output;
  }

  static std::string attime() { return std::to_string(kNow.time_since_epoch() / std::chrono::seconds(1)); }

  TemporaryDirectory above_;
  CaPlace place_{fs::path(above_.path()) / "ca", KeyVault()};
};

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

// A root of somebody else's, by the openssl program.
class CompanyRoot {
 public:
  CompanyRoot() {
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -days 3650 -subj '/CN=Company "
        "Root' "
        "-keyout root.key -out root.pem -addext basicConstraints=critical,CA:TRUE "
        "-addext keyUsage=critical,keyCertSign,cRLSign");
  }

  // The chain for the request, which is copied from it.
  std::string certify(const std::string& request, const std::string& more = "") {
    write_text(directory_.path() + "/request.csr", request);
    write_text(directory_.path() + "/more.cnf", "authorityKeyIdentifier=keyid\n" + more);
    run("openssl x509 -req -in request.csr -CA root.pem -CAkey root.key -days 1825 -copy_extensions copyall "
        "-extfile more.cnf -out issuing.pem");
    return run("cat issuing.pem root.pem");
  }

  std::string run(const std::string& command) {
    const ProgramResult done = run_program("cd " + directory_.path() + " && " + command);
    EXPECT_TRUE(done.succeeded) << done.output;
    return done.output;
  }

 private:
  TemporaryDirectory directory_;
};

// The certificates of the openssl program begin now.
base::Time today() { return base::SystemClock().now(); }

std::string request_of_another() {
  const base::Bytes name = name_of(CaSubject{"Other CA"}).value();
  return pem_block(kPemRequest, sign_ca_request(name, SoftwareKey::generate(), {}).value());
}

TEST_F(CaCeremony, ARequestIsReadByOpensslAndAsksForWhatAnIssuingCaHas) {
  CaPlan wanted = plan("Corp Issuing CA");
  ASSERT_TRUE(add_subtree(wanted.constraints.permitted, "corp.test"));
  const std::string pem = request_ca(place_, wanted, Incumbent::stays).value();
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
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), Incumbent::stays).value();
  const std::string chain_pem = company.certify(request);
  EXPECT_EQ(install_ca(place_, chain_pem, today(), Incumbent::stays), GenerationRole::current);
  EXPECT_THAT(roles(), ElementsAre("current issuing"));
  EXPECT_FALSE(CaDirectory::read(place_.directory)->root_key().value());

  const std::string second = request_ca(place_, plan("Corp Issuing CA 2"), Incumbent::stays).value();
  const std::string next_pem = company.certify(second);
  EXPECT_EQ(install_ca(place_, next_pem, today(), Incumbent::stays), GenerationRole::next);
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), today()));
  EXPECT_THAT(roles(), ElementsAre("retired issuing", "current issuing-2"));
}

TEST_F(CaCeremony, ACertificateIsRenewedUnderTheSameKey) {
  CompanyRoot company;
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), Incumbent::stays).value();
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

TEST_F(CaCeremony, WhatDoesNotFitIsNotInstalled) {
  CompanyRoot company;
  const auto refusal = [&](const std::string& chain_pem) {
    const auto installed = install_ca(place_, chain_pem, today(), Incumbent::stays);
    return installed ? "" : installed.error().detail;
  };
  const std::string request = request_ca(place_, plan("Corp Issuing CA"), Incumbent::stays).value();
  const std::string good = company.certify(request);
  const std::string root = company.run("cat root.pem");
  EXPECT_THAT(refusal("rubbish"), HasSubstr("cannot be read"));
  EXPECT_THAT(refusal(root), HasSubstr("is a root"));
  EXPECT_THAT(refusal(good.substr(0, good.find("-----BEGIN", 1))), HasSubstr("not signed by its own key"));
  EXPECT_THAT(refusal(root + good), HasSubstr("not signed by"));
  EXPECT_THAT(refusal(company.certify(request, "basicConstraints=critical,CA:FALSE\n")), testing::Not(""));
  EXPECT_THAT(refusal(company.certify(request_of_another())),
              HasSubstr("neither for the key of issuing.csr"));
  const CaMaterial other = make_development_ca(today()).value();
  EXPECT_THAT(refusal(other.issuing_pem + other.root_pem), HasSubstr("neither for the key"));
  EXPECT_THAT(refusal(other.issuing_pem + root), HasSubstr("not signed by the root"));
  EXPECT_THAT(roles(), ElementsAre("requested issuing"));
  EXPECT_EQ(refusal(good), "");
}

TEST_F(CaCeremony, WhoIsThereAlreadyStaysUnlessItIsGivenUp) {
  init(plan("Corp Issuing CA"));
  ASSERT_TRUE(request_ca(place_, plan("Corp Issuing CA 2"), Incumbent::stays));
  const auto second = request_ca(place_, plan("Corp Issuing CA 2"), Incumbent::stays);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("a request already, issuing-2.csr"));
  ASSERT_TRUE(request_ca(place_, plan("Corp Issuing CA 2"), Incumbent::goes));
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

TEST_F(CaCeremony, ItsOwnRootRenewsWithANewKeyOrTheSame) {
  CaPlan issuing = plan("Corp Issuing CA");
  ASSERT_TRUE(add_subtree(issuing.constraints.permitted, "corp.test"));
  init(issuing);
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2", KeyKind::p384);
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_EQ(verdict(GenerationRole::next), "ok");
  EXPECT_THAT(verdict(GenerationRole::next, "other.test"), HasSubstr("is held to"));  // as before
  ASSERT_TRUE(rotate_ca(place_, IssuerDuties(), kNow));

  renewal.same_key = true;
  renewal.constraints = true;  // none
  ASSERT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
  EXPECT_EQ(chain(GenerationRole::next).issuing().spki_der,
            chain(GenerationRole::current).issuing().spki_der);
  EXPECT_EQ(chain(GenerationRole::next).issuing().subject_der,
            chain(GenerationRole::current).issuing().subject_der);
  EXPECT_EQ(verdict(GenerationRole::next, "other.test"), "ok");
}

TEST_F(CaCeremony, RenewsWithTheKeyOfItsRootAlone) {
  init(plan("Corp Issuing CA"));
  const std::string root_key = *CaDirectory::read(place_.directory)->root_key().value();
  fs::remove(place_.directory / "root.key");
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  const auto without = renew_ca(place_, renewal, kNow, Incumbent::stays);
  EXPECT_THAT(without.error().detail, HasSubstr("the key of the root is not there"));
  renewal.root_key = make_development_ca(kNow)->root_key_pem;
  const auto other = renew_ca(place_, renewal, kNow, Incumbent::stays);
  EXPECT_THAT(other.error().detail, HasSubstr("not that of the issuer's root certificate"));
  renewal.root_key = root_key;
  EXPECT_TRUE(renew_ca(place_, renewal, kNow, Incumbent::stays));
}

// RFC 5280 wants it; the openssl program makes roots without it.
TEST_F(CaCeremony, BelowARootWithoutSubjectKeyIdentifierNothingIsRenewed) {
  const SoftwareKey root_key = SoftwareKey::generate();
  const SoftwareKey key = SoftwareKey::generate();
  const auto parsed = [](const base::Bytes& der) { return parse_certificate(der).value(); };
  const Certificate usual =
      parsed(sign_root(name_of(CaSubject{"Root CA"}).value(), root_key, kNow, kRootLifetime).value());
  const IssuingCa issuing{name_of(CaSubject{"Issuing CA"}).value(), key.spki_der()};
  const base::Bytes issuing_der = sign_issuing(issuing, usual, root_key, kNow).value();
  TbsFields root{new_serial(),      usual.issuer_der, usual.validity,
                 usual.subject_der, usual.spki_der,   usual.extensions};
  std::erase_if(root.extensions, [](const Extension& one) { return one.oid == oids::kSubjectKeyIdentifier; });
  const std::string root_pem = pem_block(kPemCertificate, sign_certificate(root, root_key).value());
  const CaGeneration first{"", GenerationRole::current, key.pem(), pem_block(kPemCertificate, issuing_der),
                           ""};
  ASSERT_TRUE(CaDirectory::create(place_.directory, first, root_key.pem(), root_pem));
  CaRenewal renewal;
  renewal.plan = plan("Corp Issuing CA 2");
  const auto renewed = renew_ca(place_, renewal, kNow, Incumbent::stays);
  ASSERT_FALSE(renewed);
  EXPECT_THAT(renewed.error().detail, HasSubstr("no subjectKeyIdentifier"));
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
    return request_ca(place_, plan("Corp Issuing CA 2"), Incumbent::goes).has_value();
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
