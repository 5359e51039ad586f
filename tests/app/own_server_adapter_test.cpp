#include "app/own_server_adapter.h"

#include <gmock/gmock.h>

#include "storage/memory_store.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/support/dns_message.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using dnsserver::Credential;
using dnsserver::Scope;
using dnsserver::TsigAlgorithm;
using support::name;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using validator::doctor::Caller;
using validator::doctor::Registration;

// A server with the zone acme.test, where names are handed out to whom guards let.
class OwnServerAdapterTest : public testing::Test {
 protected:
  OwnServerAdapterTest() {
    config_.dns.listen = {{"127.0.0.1", 0}};
    config_.dns.workers = 1;
    config_.publish.registration.access = base::RegistrationAccess::guarded;
    config_.publish.registration.zone = name("acme.test");
    role_ = DnsRole::open(config_, store_, clock_, runtime_, std::nullopt).value();
    EXPECT_TRUE(role_->ensure_zone(name("acme.test")));
    adapter_.emplace(*role_, config_, clock_);
  }
  ~OwnServerAdapterTest() override {
    role_->stop();
    EXPECT_TRUE(runtime_.finish(std::chrono::seconds(10)));
  }

  std::string create(Credential credential) {
    return runtime_.wait(role_->credentials().create(std::move(credential), {})).value()->id;
  }
  static Credential with_scopes(std::vector<Scope> scopes) {
    Credential credential;
    credential.scopes = std::move(scopes);
    return credential;
  }
  Registration registration(const std::string& id, std::string_view owner) {
    return runtime_.wait(adapter_->registration(id, name(owner))).value();
  }
  validator::doctor::Holders holders(std::string_view owner) {
    return runtime_.wait(adapter_->holders(name(owner))).value();
  }
  base::Result<void> present(Caller caller, std::string_view owner) {
    return runtime_.wait(adapter_->present(std::move(caller), name(owner), "value"));
  }
  size_t live() {
    return runtime_.wait(role_->publishing().list_challenges("lab", std::nullopt, "", 10))
        .value()
        .items.size();
  }

  base::Config config_;
  storage::MemoryStore store_;
  const base::SystemClock clock_;
  Runtime runtime_{2};
  std::unique_ptr<DnsRole> role_;
  std::optional<OwnServerAdapter> adapter_;
};

TEST_F(OwnServerAdapterTest, TellsWhatARegistrationIs) {
  Credential credential = with_scopes({{name("7f3k.acme.test")},
                                       {name("team.acme.test"), Scope::Reach::subtree},
                                       {name("_acme-challenge.www.corp.test")}});
  credential.sources = {base::IpNetwork::parse("192.0.2.0/24").value()};
  credential.expires = clock_.now() + std::chrono::hours(1);
  credential.tsig_keys = {dnsserver::make_tsig_key(name("old"), TsigAlgorithm::hmac_md5),
                          dnsserver::make_tsig_key(name("new"), TsigAlgorithm::hmac_sha256)};
  const std::string id = create(credential);
  const Registration told = registration(id, "a.team.acme.test");
  EXPECT_EQ(told.id, id);
  EXPECT_EQ(told.expires, credential.expires);
  EXPECT_EQ(told.networks, credential.sources);
  // A CNAME can lead to a name of ours alone.
  EXPECT_THAT(told.names, ElementsAre(name("7f3k.acme.test")));
  EXPECT_THAT(told.key_algorithms, ElementsAre("hmac-md5", "hmac-sha256"));
  EXPECT_THAT(told.refused_algorithms, ElementsAre("hmac-md5"));
  EXPECT_TRUE(told.may_write);
  EXPECT_FALSE(registration(id, "other.acme.test").may_write);
  const auto missing = runtime_.wait(adapter_->registration("c0", name("acme.test")));
  EXPECT_EQ(missing.error().kind, base::ErrorKind::not_found);
}

TEST_F(OwnServerAdapterTest, FindsTheHoldersAmongThousands) {
  for (int i = 0; i < 1'100; ++i)
    create(with_scopes({{name("n" + std::to_string(i) + ".acme.test")}}));
  const std::string last = create(with_scopes({{name("7f3k.acme.test")}}));
  const auto held = holders("7f3k.acme.test");
  ASSERT_THAT(held.registrations, SizeIs(1));
  EXPECT_EQ(held.registrations[0].id, last);
  EXPECT_THAT(holders("nobody.acme.test").registrations, IsEmpty());
}

TEST_F(OwnServerAdapterTest, TellsNoMoreHoldersThanALineHolds) {
  for (size_t i = 0; i < validator::doctor::kHoldersToldMax + 1; ++i)
    create(with_scopes({{name("acme.test"), Scope::Reach::subtree}}));
  EXPECT_THAT(holders("a.acme.test").registrations, SizeIs(validator::doctor::kHoldersToldMax));
}

TEST_F(OwnServerAdapterTest, RemembersWhatWasHandedOut) {
  dnsserver::NewAccount wanted;
  wanted.apex = name("acme.test");
  wanted.label = "7f3k";
  const auto account = runtime_.wait(role_->credentials().register_account(wanted, {})).value();
  EXPECT_TRUE(holders("7f3k.acme.test").was_handed_out);
  ASSERT_TRUE(runtime_.wait(role_->credentials().remove(account.credential->id, {})));
  EXPECT_TRUE(holders("7f3k.acme.test").was_handed_out);
  EXPECT_THAT(holders("7f3k.acme.test").registrations, IsEmpty());
  EXPECT_FALSE(holders("other.acme.test").was_handed_out);
}

TEST_F(OwnServerAdapterTest, KnowsWhichNamesAClientMayAskFor) {
  EXPECT_TRUE(holders("any.acme.test").can_be_chosen);
  EXPECT_FALSE(holders("acme.test").can_be_chosen);
  EXPECT_FALSE(holders("any.deeper.acme.test").can_be_chosen);
  for (const auto access : {base::RegistrationAccess::open, base::RegistrationAccess::closed}) {
    config_.publish.registration.access = access;
    adapter_.emplace(*role_, config_, clock_);
    EXPECT_FALSE(holders("any.acme.test").can_be_chosen);
  }
}

TEST_F(OwnServerAdapterTest, TellsTheCertificatesOfTheDoors) {
  EXPECT_THAT(adapter_->api_certificates(), IsEmpty());
  const support::TempDirectory directory;
  const acmecore::Issuers issuers(acmecore::new_issuer(clock_.now()));
  const auto hosts = std::vector<std::string>{"assay.corp.test", "127.0.0.1"};
  const std::string identity = acmecore::make_identity(issuers, hosts, clock_.now())->chain_pem;
  adapter_->note_chain("HTTP", identity, false);
  adapter_->note_chain("gRPC", "no certificate", false);
  adapter_->note_chain("HTTP", identity, true);
  const auto certificates = adapter_->api_certificates();
  ASSERT_THAT(certificates, SizeIs(1));
  EXPECT_EQ(certificates[0].door, "HTTP");
  EXPECT_TRUE(certificates[0].from_own_ca);
  EXPECT_GT(certificates[0].expires, clock_.now());
  EXPECT_THAT(certificates[0].names, Contains(name("assay.corp.test")));
}

TEST_F(OwnServerAdapterTest, TellsTheFirstNamesOfACertificateAlone) {
  const acmecore::Issuers issuers(acmecore::new_issuer(clock_.now()));
  std::vector<std::string> hosts;  // beside localhost
  const auto told = [&] {
    adapter_->note_chain("HTTP", acmecore::make_identity(issuers, hosts, clock_.now())->chain_pem, false);
    return adapter_->api_certificates().at(0).names;
  };
  while (hosts.size() < kCertificateNamesMax - 1)
    hosts.push_back("n" + std::to_string(hosts.size()) + ".corp.test");
  EXPECT_THAT(told(), SizeIs(kCertificateNamesMax));
  EXPECT_THAT(told(), Contains(name(hosts.back())));
  hosts.push_back("one-more.corp.test");
  EXPECT_THAT(told(), SizeIs(kCertificateNamesMax));
}

TEST_F(OwnServerAdapterTest, TellsTheFirstNamesOfARegistrationAlone) {
  std::vector<Scope> scopes;
  const auto told = [&] { return registration(create(with_scopes(scopes)), "acme.test").names; };
  while (scopes.size() < validator::doctor::kRegisteredNamesMax)
    scopes.push_back({name("n" + std::to_string(scopes.size()) + ".acme.test")});
  const auto all = told();
  EXPECT_THAT(all, SizeIs(validator::doctor::kRegisteredNamesMax));
  EXPECT_EQ(all.back(), scopes.back().name);
  scopes.push_back({name("one-more.acme.test")});
  EXPECT_EQ(told(), all);
}

TEST_F(OwnServerAdapterTest, FindsAHostBehindAnyNumberOfZonesOfOneName) {
  // Before acme.test, and of one name each.
  for (size_t i = 0; i < kZonesPage + 1; ++i)
    EXPECT_TRUE(role_->ensure_zone(name("_acme-challenge.n" + std::to_string(i) + ".a.test")));
  const auto host = runtime_.wait(adapter_->host()).value();
  ASSERT_TRUE(host);
  EXPECT_EQ(host->apex, name("acme.test"));
  EXPECT_EQ(host->name_server, name("ns1.acme.test"));
}

TEST_F(OwnServerAdapterTest, PublishesAsTheCallerMay) {
  EXPECT_TRUE(present({"lab"}, "any.acme.test"));
  EXPECT_EQ(live(), 1u);
  ASSERT_TRUE(runtime_.wait(adapter_->remove({"lab"}, name("any.acme.test"), "value")));
  EXPECT_EQ(live(), 0u);
  Credential credential = with_scopes({{name("7f3k.acme.test")}});
  credential.sources = {base::IpNetwork::parse("192.0.2.0/24").value()};
  const std::string id = create(credential);
  const auto inside = base::IpAddress::parse("192.0.2.7").value();
  const auto outside = base::IpAddress::parse("198.51.100.7").value();
  EXPECT_TRUE(present({id, true, inside}, "7f3k.acme.test"));
  EXPECT_THAT(present({id, true, outside}, "7f3k.acme.test").error().detail, HasSubstr("198.51.100.7"));
  EXPECT_THAT(present({id, true, inside}, "other.acme.test").error().detail, HasSubstr("other.acme.test."));
  EXPECT_FALSE(present({"c0", true, inside}, "7f3k.acme.test"));
}

}  // namespace
}  // namespace app
