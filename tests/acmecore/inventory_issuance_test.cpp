#include <gmock/gmock.h>

#include "acmecore/inventory.h"
#include "acmecore/oids.h"
#include "acmecore/server_identity.h"
#include "base/openssl.h"
#include "tests/acmecore/authority_fixture.h"

// What issuance and the sweep write of the inventory.
namespace acmecore {
namespace {

using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

class InventoryOfAuthority : public AuthorityTest {
 protected:
  std::vector<Serial> find(const InventoryFilter& filter) {
    std::vector<Serial> found;
    const auto page = run(inventory_.certificates(filter, "", 100)).value();
    for (const InventoryEntry& entry : page.found)
      found.push_back(entry.view.record.serial);
    return found;
  }
  size_t entries_in(const std::string& tables) {
    size_t count = 0;
    for (const char table : tables)
      count += run(store_.list({.prefix = base::Bytes(1, table)}))->size();
    return count;
  }
  // From now on what is issued is by this profile.
  void use_profile(const std::string& name, ProfileRules rules) {
    Profile profile;
    profile.name = name;
    profile.description = "of a test";
    profile.content.rules = rules;
    if (rules != ProfileRules::private_trust) {
      profile.content.policies = {base::Bytes(oids::kDomainValidated)};
      profile.content.ocsp_url = "http://ocsp.corp.test";
    }
    options_.profiles = Profiles({profile}, {}, {{name}, name});
    restart();
  }

  Inventory inventory_{records_, clock_,
                       [](const IssuedCertificate& one) { return test_issuers().now()->ca_of(one); }};
  const Account account_ = new_account();
};

TEST_F(InventoryOfAuthority, WhatIsIssuedIsFoundByAllThatIsKnownOfIt) {
  use_profile("web", ProfileRules::private_trust);
  const base::PkeyHandle key = make_p256();
  const IssuedCertificate certificate = issue(account_, {"corp.test", "*.corp.test"}, key.get());
  EXPECT_EQ(certificate.profile, "web");
  EXPECT_EQ(certificate.issuer, test_issuer().ca());
  EXPECT_EQ(certificate.authorizations, order(account_, certificate.order).order.authorizations);
  EXPECT_FALSE(certificate.publicly_trusted);
  const InventoryFilter filters[] = {{.name = "corp.test"},
                                     {.name = "*.corp.test"},
                                     {.domain = "test"},
                                     {.account = account_.id},
                                     {.ca = test_issuer().ca()},
                                     {.spki_digest = base::sha256(spki_of(key.get()))},
                                     {.profile = "web"},
                                     {.status = CertificateStatus::valid},
                                     {.ends_from = certificate.not_after}};
  for (const InventoryFilter& filter : filters)
    EXPECT_THAT(find(filter), ElementsAre(certificate.serial));
}

TEST_F(InventoryOfAuthority, WhatIsNotRecordedIsNotInIt) {
  const OrderView ready = ready_order(account_, {"corp.test"});
  store_.next_commits({std::nullopt, base::ErrorKind::unavailable});  // the intent, the certificate
  EXPECT_TRUE(run(finalize(account_, ready, csr_for({"corp.test"}))));
  EXPECT_EQ(entries_in("NAEf"), 0u);
  EXPECT_THAT(find({}), IsEmpty());
}

TEST_F(InventoryOfAuthority, TheSweepLeavesNothingOfWhatItRemoves) {
  const IssuedCertificate certificate = issue(account_, {"corp.test", "*.corp.test"});
  EXPECT_EQ(entries_in("NAEfx"), 6u);
  clock_.advance(certificate.not_after + kCertificateRetention - clock_.now());
  EXPECT_THAT(find({.status = CertificateStatus::expired}), ElementsAre(certificate.serial));
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_EQ(entries_in("NAEfx"), 0u);
}

// BR 5.5.2.
TEST_F(InventoryOfAuthority, WhatAPublicProfileMadeIsThereForTwoYears) {
  use_profile("public", ProfileRules::public_trust);
  const IssuedCertificate certificate = issue(account_, {"inventory-test.com"});
  EXPECT_TRUE(certificate.publicly_trusted);
  clock_.advance(certificate.not_after + kPublicRetention - std::chrono::seconds(1) - clock_.now());
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_THAT(find({.name = "inventory-test.com"}), ElementsAre(certificate.serial));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(run(authority_->sweep()));
  EXPECT_THAT(find({.name = "inventory-test.com"}), IsEmpty());
}

TEST_F(InventoryOfAuthority, TheServersOwnAreInItOnceTheyAreSigned) {
  const auto identity = run(new_server_identity(records_, test_issuers(), std::string(kDefaultIssuer),
                                                {"acme.corp.test"}, clock_.now()));
  ASSERT_TRUE(identity);
  EXPECT_THAT(find({.name = "acme.corp.test"}), ElementsAre(identity->serial));
  EXPECT_THAT(find({.domain = "localhost"}), ElementsAre(identity->serial));
  EXPECT_THAT(find({}), ElementsAre(identity->serial));
  EXPECT_EQ(run(inventory_.certificate(identity->serial))->record.issuer, test_issuer().ca());
}

}  // namespace
}  // namespace acmecore
