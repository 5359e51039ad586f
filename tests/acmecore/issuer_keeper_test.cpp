#include "acmecore/issuer_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "acmecore/certificate_writer.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "base/log.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::ErrorKind;
using base::Result;
using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr base::BytesView kKeyCertSign = "\x03\x02\x02\x04"sv;
constexpr base::BytesView kKeyCertSignAndCrlSign = "\x03\x02\x01\x06"sv;

// A certificate with this keyUsage that the root makes for a key, and the root.
std::string chain_for(const std::string& key_pem, const CaMaterial& ca, base::BytesView key_usage) {
  const SoftwareKey key = SoftwareKey::parse(key_pem).value();
  const SoftwareKey root_key = SoftwareKey::parse(ca.root_key_pem).value();
  const Certificate root = parse_certificate(parse_pem(kPemCertificate, ca.root_pem).value()).value();
  const IssuingCa issuing{name_of(CaSubject{"Issuing CA"}).value(), key.spki_der()};
  const Certificate usual = parse_certificate(sign_issuing(issuing, root, root_key, kNow).value()).value();
  TbsFields fields{new_serial(),      usual.issuer_der, usual.validity,
                   usual.subject_der, usual.spki_der,   usual.extensions};
  for (Extension& extension : fields.extensions) {
    if (extension.oid == oids::kKeyUsage) extension.value = key_usage;
  }
  return pem_block(kPemCertificate, sign_certificate(fields, root_key).value()) + ca.root_pem;
}

class IssuerKeeperTest : public testing::Test {
 protected:
  IssuerKeeperTest() { base::log::configure(base::log::Level::error, base::log::Format::text); }

  CaPlace place(const std::string& name) const { return {fs::path(above_.path()) / name, KeyVault()}; }

  void init(const std::string& name) {
    CaPlan plan;
    plan.subject.common_name = name;
    plan.lifetime = kIssuingLifetime;
    CaPlan root = plan;
    root.subject.common_name = name + " Root";
    root.lifetime = kRootLifetime;
    ASSERT_TRUE(init_ca(place(name), root, plan, kNow));
  }
  void renew(const std::string& name, const std::string& common_name,
             std::chrono::seconds lifetime = kIssuingLifetime) {
    CaRenewal renewal;
    renewal.plan.subject.common_name = common_name;
    renewal.plan.lifetime = lifetime;
    ASSERT_TRUE(renew_ca(place(name), renewal, clock_.now(), Incumbent::stays));
  }

  IssuerPlace issuer_place(const std::string& name) const {
    return {name, place(name), [this] { return Result<std::vector<ChainFile>>(files_); }, duties_};
  }

  IssuerKeeper keeper(const std::vector<std::string>& names) {
    std::vector<IssuerPlace> places;
    for (const std::string& name : names)
      places.push_back(issuer_place(name));
    return IssuerKeeper(std::move(places), clock_);
  }

  IssuerSet load(const std::vector<std::string>& names) {
    auto opened = keeper(names);
    return opened.load().value();
  }

  static std::vector<std::string> roles(const NamedIssuer& issuer) {
    std::vector<std::string> texts;
    for (const IssuerGeneration& generation : issuer.generations)
      texts.push_back(std::string(name_of(generation.role)) + " " + generation.name);
    return texts;
  }

  std::string refusal(const std::vector<std::string>& names) {
    auto opened = keeper(names);
    const auto loaded = opened.load();
    if (loaded) return "";
    EXPECT_EQ(loaded.error().kind, ErrorKind::unavailable);
    return loaded.error().detail;
  }

  TemporaryDirectory above_;
  base::ManualClock clock_{kNow};
  std::vector<ChainFile> files_;
  IssuerDuties duties_;
};

TEST_F(IssuerKeeperTest, OpensEachIssuerWithAllItsGenerations) {
  init("default");
  init("team");
  renew("team", "Team CA 2");
  const IssuerSet set = load({"default", "team"});
  ASSERT_EQ(set.all().size(), 2u);
  EXPECT_THAT(roles(set.all()[0]), ElementsAre("current issuing"));
  EXPECT_THAT(roles(set.all()[1]), ElementsAre("current issuing", "next issuing-2"));
  EXPECT_EQ(set.all()[1].generations[0].key, "in a file");
  EXPECT_NE(set.current("default").id(), set.current("team").id());
  // The next one's certificate is known before it signs.
  EXPECT_NE(set.issuing_der(set.all()[1].generations[1].issuer.id()), nullptr);
}

TEST_F(IssuerKeeperTest, RotatesInTheFilesAndInTheServer) {
  init("default");
  init("team");
  renew("team", "Team CA 2");
  auto keeper = this->keeper({"default", "team"});
  Issuers issuers(keeper.load().value());
  const std::string before = issuers.now()->current("team").ca();
  const std::string other = issuers.now()->current("default").id();
  ASSERT_TRUE(keeper.rotate(issuers, "team"));
  const auto after = issuers.now();
  EXPECT_NE(after->current("team").ca(), before);
  EXPECT_EQ(after->current("default").id(), other);
  ASSERT_NE(after->find(before), nullptr);
  EXPECT_FALSE(after->find(before)->signs_leaves());
  EXPECT_TRUE(after->find(before)->signs_crls());
  EXPECT_TRUE(after->find(before)->check_key());
  EXPECT_THAT(roles(keeper.load()->all()[1]), ElementsAre("retired issuing", "current issuing-2"));
  const auto& generations = after->all()[1].generations;
  EXPECT_EQ(generations[0].ceremonies.at(0).command, CeremonyCommand::init);
  EXPECT_EQ(generations[1].ceremonies.at(0).command, CeremonyCommand::renew);
  EXPECT_EQ(generations[1].ceremonies.size(), 1u) << "the audit log has who asked for the rotation";
}

TEST_F(IssuerKeeperTest, RotatesNothingWhereItCannot) {
  init("default");
  auto keeper = this->keeper({"default"});
  Issuers issuers(keeper.load().value());
  const auto refusal = [&](const std::string& name) { return keeper.rotate(issuers, name).error(); };
  EXPECT_EQ(refusal("other").kind, ErrorKind::not_found);
  EXPECT_THAT(refusal("default").detail, HasSubstr("no next certificate"));
  renew("default", "CA 2", std::chrono::hours(24 * 30));
  clock_.advance(std::chrono::hours(24 * 31));
  EXPECT_THAT(refusal("default").detail, HasSubstr("is valid only"));
  EXPECT_THAT(roles(keeper.load()->all()[0]), ElementsAre("current issuing", "next issuing-2"));
  EXPECT_EQ(issuers.now()->all()[0].generations.size(), 1u);
}

TEST_F(IssuerKeeperTest, ARotationWaitsForNobodyElseWhoChangesTheDirectory) {
  init("default");
  renew("default", "CA 2");
  auto keeper = this->keeper({"default"});
  Issuers issuers(keeper.load().value());
  auto other = std::make_optional(
      CaDirectory::read_to_change(place("default").directory, CaDirectory::CaDirectory::IfTaken::wait)
          .value());
  const auto refused = keeper.rotate(issuers, "default");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_THAT(roles(issuers.now()->all()[0]), ElementsAre("current issuing", "next issuing-2"));
  other.reset();
  EXPECT_TRUE(keeper.rotate(issuers, "default"));
}

// A reload that is held up while it reads alternate chains.
TEST_F(IssuerKeeperTest, ARotationWaitsForNoReload) {
  init("default");
  renew("default", "CA 2");
  std::promise<void> reading;
  std::promise<void> go_on;
  bool holds_up = false;
  const auto alternates = [&, may_go_on = go_on.get_future().share()] {
    if (std::exchange(holds_up, false)) {
      reading.set_value();
      may_go_on.wait();
    }
    return Result<std::vector<ChainFile>>(files_);
  };
  IssuerKeeper keeper({{"default", place("default"), alternates}}, clock_);
  Issuers issuers(keeper.load().value());
  holds_up = true;
  std::thread reload([&] { EXPECT_TRUE(keeper.reload(issuers)); });
  reading.get_future().wait();
  EXPECT_EQ(keeper.rotate(issuers, "default").error().kind, ErrorKind::conflict);
  go_on.set_value();
  reload.join();
  EXPECT_TRUE(keeper.rotate(issuers, "default"));
}

TEST_F(IssuerKeeperTest, AReloadShowsWhatWasInstalledAndAFailedOneChangesNothing) {
  init("default");
  auto keeper = this->keeper({"default"});
  Issuers issuers(keeper.load().value());
  renew("default", "CA 2");
  ASSERT_TRUE(keeper.reload(issuers));
  EXPECT_EQ(issuers.now()->all()[0].generations.size(), 2u);
  write_text(place("default").directory / "issuing.pem", "rubbish");
  EXPECT_FALSE(keeper.reload(issuers));
  EXPECT_EQ(issuers.now()->all()[0].generations.size(), 2u);
}

TEST_F(IssuerKeeperTest, SaysWhichIssuerCannotBeUsedAndWhy) {
  init("default");
  EXPECT_THAT(refusal({"default", "team"}), HasSubstr("team/issuing.key is missing"));
  CaPlan plan;
  plan.subject.common_name = "Team CA";
  ASSERT_TRUE(request_ca(place("team"), plan, kNow, Incumbent::stays));
  EXPECT_THAT(refusal({"default", "team"}), HasSubstr("\"team\": none of its keys is certified yet"));
  write_text(place("default").directory / "issuing.key", SoftwareKey::generate().pem());
  EXPECT_THAT(refusal({"default"}), HasSubstr("\"default\": the CA cannot be used: the issuing key"));
  write_text(place("default").directory / "issuing.key", "pkcs11:token=ca;object=issuing");
  EXPECT_THAT(refusal({"default"}), HasSubstr("no pkcs11_module"));
  clock_.advance(2 * kRootLifetime);
  init("old");
  EXPECT_THAT(refusal({"old"}), HasSubstr("root certificate is valid only"));
}

// Leaves would name CRLs that cannot be.
TEST_F(IssuerKeeperTest, WhoMaySignNoCrlsDoesNotBecomeTheCurrentOneWhereThereAreCrls) {
  init("default");
  const CaMaterial root = make_development_ca(kNow).value();
  CaPlan plan;
  plan.subject.common_name = "No CRLs";
  ASSERT_TRUE(request_ca(place("default"), plan, kNow, Incumbent::stays));
  const auto requested = [&] {
    return *CaDirectory::read(place("default").directory)->find(GenerationRole::requested);
  };
  {  // `assay ca install` would refuse it, but there may be one from before
    auto directory =
        CaDirectory::read_to_change(place("default").directory, CaDirectory::IfTaken::wait).value();
    ASSERT_TRUE(directory.certify(chain_for(requested().key, root, kKeyCertSign),
                                  ceremony_of_this_process(CeremonyCommand::install, kNow)));
  }
  duties_.crls = true;
  EXPECT_TRUE(check_issuer(issuer_place("default")));
  auto keeper = this->keeper({"default"});
  Issuers issuers(keeper.load().value());  // a next one that signs no leaf yet is no harm
  const auto refused = keeper.rotate(issuers, "default");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("no keyUsage cRLSign"));
  EXPECT_THAT(rotate_ca(place("default"), duties_, kNow).error().detail, HasSubstr("no keyUsage cRLSign"));
  EXPECT_THAT(roles(keeper.load()->all()[0]), ElementsAre("current issuing", "next issuing-2"));

  ASSERT_TRUE(request_ca(place("default"), plan, kNow, Incumbent::stays));
  ASSERT_TRUE(install_ca(place("default"), chain_for(requested().key, root, kKeyCertSignAndCrlSign), kNow,
                         Incumbent::goes));
  const IssuerDuties both{.crls = true, .ocsp_responses = true};
  EXPECT_THAT(rotate_ca(place("default"), both, kNow).error().detail,
              HasSubstr("no keyUsage digitalSignature"));
  EXPECT_TRUE(keeper.rotate(issuers, "default"));
  duties_.ocsp_responses = true;
  EXPECT_THAT(refusal({"default"}), HasSubstr("no keyUsage digitalSignature"));
  EXPECT_THAT(check_issuer(issuer_place("default")).error().detail,
              HasSubstr("\"default\": the issuing certificate has no keyUsage digitalSignature"));
}

TEST_F(IssuerKeeperTest, WhoseKeyTheBaselineRequirementsForbidSignsByNoPublicProfile) {
  init("default");
  CaRenewal renewal;
  renewal.plan.subject.common_name = "CA 2";
  renewal.plan.lifetime = kIssuingLifetime;
  renewal.plan.key_kind = KeyKind::ed25519;
  ASSERT_TRUE(renew_ca(place("default"), renewal, kNow, Incumbent::stays));
  duties_.public_profile = "the profile \"web\"";
  auto keeper = this->keeper({"default"});
  Issuers issuers(keeper.load().value());  // a next one that signs no leaf yet is no harm
  const auto why = HasSubstr(
      "it cannot sign by the profile \"web\", which has public rules: the issuing certificate has an Ed25519 "
      "key (BR 6.1.5)");
  EXPECT_THAT(keeper.rotate(issuers, "default").error().detail, why);
  EXPECT_THAT(rotate_ca(place("default"), duties_, kNow).error().detail, why);
  EXPECT_TRUE(check_issuer(issuer_place("default")));
  ASSERT_TRUE(rotate_ca(place("default"), IssuerDuties(), kNow));
  EXPECT_THAT(keeper.reload(issuers).error().detail, why);
  EXPECT_THAT(refusal({"default"}), why);
  EXPECT_THAT(check_issuer(issuer_place("default")).error().detail, why);
  duties_.public_profile = "";
  EXPECT_EQ(refusal({"default"}), "");
}

TEST_F(IssuerKeeperTest, AnIssuerThatSignsNothingYetIsFitAsFarAsAnybodyKnows) {
  duties_ = {true, true, "[issuance]"};
  EXPECT_TRUE(check_issuer(issuer_place("default")));
  CaPlan plan;
  plan.subject.common_name = "CA";
  plan.key_kind = KeyKind::ed25519;
  ASSERT_TRUE(request_ca(place("default"), plan, kNow, Incumbent::stays));
  EXPECT_TRUE(check_issuer(issuer_place("default")));
  init("team");
  write_text(place("team").directory / "issuing.pem", "rubbish");
  EXPECT_THAT(check_issuer(issuer_place("team")).error().detail, HasSubstr("\"team\": issuing.pem"));
}

TEST_F(IssuerKeeperTest, ARetiredOneIsThereWithoutItsKeyAndAfterItsEnd) {
  init("default");
  renew("default", "CA 2", kRootLifetime);
  ASSERT_TRUE(rotate_ca(place("default"), IssuerDuties(), kNow));
  write_text(place("default").directory / "issuing.key", "no key any more");
  clock_.advance(kIssuingLifetime + std::chrono::hours(24));
  const IssuerSet set = load({"default"});
  EXPECT_THAT(roles(set.all()[0]), ElementsAre("retired issuing", "current issuing-2"));
  const Issuer& retired = set.all()[0].generations[0].issuer;
  EXPECT_EQ(retired.check_key().error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(retired.signs_crls());
}

TEST_F(IssuerKeeperTest, AlternateChainsAreThoseOfTheGenerationThatTheyFit) {
  init("default");
  renew("default", "CA 2");
  const CaMaterial other = make_development_ca(kNow).value();
  const IssuerSet plain = load({"default"});
  const auto cross = [&](size_t index) {
    return cross_signed(plain.all()[0].generations[index].issuer.certificate(), other);
  };
  files_ = {{"second.pem", cross(1)}, {"first.pem", cross(0)}};
  const IssuerSet set = load({"default"});
  EXPECT_EQ(set.all()[0].generations[0].issuer.chains(), 2u);
  EXPECT_EQ(set.all()[0].generations[1].issuer.chains(), 2u);
  files_.push_back({"stray.pem", other.issuing_pem});
  EXPECT_THAT(refusal({"default"}), HasSubstr("stray.pem"));
}

}  // namespace
}  // namespace acmecore
