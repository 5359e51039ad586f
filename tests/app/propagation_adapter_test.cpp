#include "app/propagation_adapter.h"

#include <gmock/gmock.h>

#include "tests/support/run_task.h"
#include "tests/validator/scripted_prober.h"
#include "tests/validator/table_resolver.h"

namespace app {
namespace {

using base::Bytes;
using base::Endpoint;
using base::Result;
using base::Task;
using dnsserver::Sighting;
using std::chrono::seconds;
using support::name;
using support::Question;
using support::Response;
using testing::SizeIs;

const Endpoint kPrimary{"192.0.2.53", 5353};  // ours, where we listen
const Endpoint kSecondary{"192.0.2.54", 53};
const Endpoint kParent{"192.0.2.1", 53};

// Our side, with the zone acme.test.
class OwnZone final : public validator::doctor::OwnServer {
 public:
  std::vector<Endpoint> listeners() const override { return {kPrimary}; }
  std::optional<base::Name> zone_of(const base::Name& owner) const override {
    return owner.is_under(name("acme.test")) ? std::optional(name("acme.test")) : std::nullopt;
  }
  Task<Result<std::optional<validator::doctor::Host>>> host() override {
    std::optional<validator::doctor::Host> none;
    co_return none;
  }
  Task<Result<std::vector<base::Name>>> name_servers(base::Name) override { co_return servers_; }
  std::vector<validator::doctor::ApiCertificate> api_certificates() const override { return {}; }
  std::vector<std::string> caa_identities() const override { return {}; }
  std::string port_53_holder() const override { return ""; }
  Task<Result<validator::doctor::Registration>> registration(std::string id, base::Name) override {
    co_return base::fail(base::ErrorKind::not_found, "no credential " + id);
  }
  Task<Result<validator::doctor::Holders>> holders(base::Name) override {
    co_return validator::doctor::Holders();
  }
  Task<Result<void>> present(validator::doctor::Caller, base::Name, Bytes) override {
    co_return Result<void>();
  }
  Task<Result<void>> remove(validator::doctor::Caller, base::Name, Bytes) override {
    co_return Result<void>();
  }

  std::vector<base::Name> servers_{name("ns1.acme.test"), name("ns2.acme.test")};
};

class NoPause final : public validator::Pause {
 public:
  Task<> wait(std::chrono::milliseconds) override { co_return; }
};

Bytes soa_rdata(uint8_t minimum) {
  return Bytes(name("ns.test").wire()) + Bytes(name("a.test").wire()) + Bytes(19, '\0') + char(minimum);
}

// TXT of one value at every name, and denials that are kept for 5 s.
validator::ScriptedProber::Answers of_value(const char* value) {
  return [value](const Question& question) {
    Response response(question);
    if (question.type == support::kTxt)
      response.answer(question.name.text(), support::kTxt, support::txt(value));
    return response.authority("acme.test", support::kSoa, soa_rdata(5)).bytes();
  };
}

class LookingOutside : public testing::Test {
 protected:
  LookingOutside() {
    resolver_.soa("acme.test").soa("test").ns("test", {"ns.test"}).a("ns.test", {192, 0, 2, 1});
    resolver_.a("ns1.acme.test", {192, 0, 2, 53}).a("ns2.acme.test", {192, 0, 2, 54});
    prober_.serve(kPrimary, of_value("new"));
    delegate(true);
  }

  // The parent zone's server, whose denials are kept for 50 s.
  void delegate(bool delegated) {
    prober_.serve(kParent, [delegated](const Question& question) {
      Response response(question);
      if (delegated)
        response.not_authoritative().authority("acme.test", support::kNs, name("ns1.acme.test").wire());
      if (!delegated) response.rcode(support::kNxdomain).authority("test", support::kSoa, soa_rdata(50));
      return response.bytes();
    });
  }

  Sighting look(dnsserver::GivenUp given_up = [] { return false; }) {
    const validator::doctor::Instruments with{resolver_, prober_, own_, pause_, clock_, {}};
    PropagationAdapter outside(with);
    return support::run_task(outside.look(name("acme.test"), name("x.acme.test"), "new", std::move(given_up)))
        .value();
  }

  validator::TableResolver resolver_;
  validator::ScriptedProber prober_;
  OwnZone own_;
  NoPause pause_;
  base::ManualClock clock_{base::Time(seconds(1'790'000'000))};
};

TEST_F(LookingOutside, SeesEveryAddressOfEveryNameServer) {
  prober_.serve(kSecondary, of_value("new"));
  const Sighting sighting = look();
  ASSERT_THAT(sighting.addresses, SizeIs(2));
  EXPECT_EQ(sighting.addresses[0].server, "ns1.acme.test.");
  EXPECT_EQ(sighting.addresses[0].address, "192.0.2.53:5353");
  EXPECT_EQ(sighting.addresses[1].address, "192.0.2.54:53");
  for (const auto& address : sighting.addresses) {
    EXPECT_TRUE(address.serves) << address.said;
    EXPECT_EQ(address.when, clock_.now());
  }
  EXPECT_EQ(sighting.denied_for, seconds(5));
}

TEST_F(LookingOutside, SeesAStaleAndASilentSecondary) {
  prober_.serve(kSecondary, of_value("old"));
  EXPECT_FALSE(look().addresses.at(1).serves);
  EXPECT_EQ(look().addresses.at(1).said, "TXT \"old\"");
  own_.servers_.push_back(name("ns3.acme.test"));
  resolver_.a("ns3.acme.test", {192, 0, 2, 55});
  EXPECT_EQ(look().addresses.at(2).said, "no answer within 2 s");
}

TEST_F(LookingOutside, SeesANameServerWithoutAnAddress) {
  own_.servers_ = {name("ns9.acme.test")};
  const Sighting sighting = look();
  ASSERT_THAT(sighting.addresses, SizeIs(1));
  EXPECT_EQ(sighting.addresses[0].address, "");
  EXPECT_EQ(sighting.addresses[0].said, "no address (NXDOMAIN)");
  EXPECT_FALSE(sighting.addresses[0].serves);
}

TEST_F(LookingOutside, AsksNobodyElseOnceItIsGivenUp) {
  prober_.serve(kSecondary, of_value("new"));
  // The addresses of both name servers, and the value at the first.
  const Sighting sighting = look([asked = 0]() mutable { return ++asked > 5; });
  ASSERT_THAT(sighting.addresses, SizeIs(2));
  EXPECT_TRUE(sighting.addresses[0].serves) << sighting.addresses[0].said;
  EXPECT_FALSE(sighting.addresses[1].serves);
  EXPECT_EQ(sighting.addresses[1].said, "nothing, because there was no time left to ask");
  EXPECT_EQ(sighting.denied_for, seconds(0));
  EXPECT_EQ(look([] { return true; }).addresses.at(0).said,
            "no address (nothing, because there was no time left to ask)");
}

TEST_F(LookingOutside, CountsTheDenialOfAParentThatDoesNotDelegate) {
  EXPECT_EQ(look().denied_for, seconds(5));
  delegate(false);
  EXPECT_EQ(look().denied_for, seconds(50));
}

}  // namespace
}  // namespace app
