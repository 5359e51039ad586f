#include "app/propagation_adapter.h"

#include <gmock/gmock.h>

#include "tests/support/run_task.h"
#include "tests/validator/scripted_prober.h"
#include "tests/validator/slow_prober.h"
#include "tests/validator/table_resolver.h"
#include "validator/net/ask_all.h"

namespace app {
namespace {

using base::Bytes;
using base::Endpoint;
using base::Result;
using base::Task;
using dnsserver::AddressSeen;
using dnsserver::FoundServer;
using dnsserver::GivenUp;
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

// Takes no time but the clock's.
class ClockPause final : public validator::Pause {
 public:
  explicit ClockPause(base::ManualClock& clock) : clock_(clock) {}
  Task<> wait(std::chrono::milliseconds duration) override {
    clock_.advance(duration);
    co_return;
  }

 private:
  base::ManualClock& clock_;
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

// Counts what costs the resolver a walk.
class CountingResolver final : public validator::Resolver {
 public:
  explicit CountingResolver(validator::Resolver& resolver) : resolver_(resolver) {}

  Task<Result<validator::Lookup>> resolve(base::Name name, uint16_t type) override {
    ++walks_;
    co_return co_await resolver_.resolve(std::move(name), type);
  }

  int walks_ = 0;

 private:
  validator::Resolver& resolver_;
};

class LookingOutside : public testing::Test {
 protected:
  LookingOutside() {
    table_.soa("acme.test").soa("test").ns("test", {"ns.test"}).a("ns.test", {192, 0, 2, 1});
    table_.a("ns1.acme.test", {192, 0, 2, 53}).a("ns2.acme.test", {192, 0, 2, 54});
    network_.serve(kPrimary, of_value("new"));
    delegate(true);
  }

  // The parent zone's server, whose denials are kept for 50 s.
  void delegate(bool delegated) {
    network_.serve(kParent, [delegated](const Question& question) {
      Response response(question);
      if (delegated)
        response.not_authoritative().authority("acme.test", support::kNs, name("ns1.acme.test").wire());
      if (!delegated) response.rcode(support::kNxdomain).authority("test", support::kSoa, soa_rdata(50));
      return response.bytes();
    });
  }

  std::vector<FoundServer> find(const GivenUp& given_up = [] { return false; }) {
    return support::run_task(outside_.find_servers(name("acme.test"), given_up)).value();
  }
  std::vector<AddressSeen> look(const GivenUp& given_up = [] { return false; }) {
    return support::run_task(outside_.look(find(), name("x.acme.test"), "new", given_up));
  }
  seconds denied_for(const GivenUp& given_up = [] { return false; }) {
    return support::run_task(outside_.denied_for(name("acme.test"), find(), given_up));
  }

  validator::TableResolver table_;
  CountingResolver resolver_{table_};
  validator::ScriptedProber network_;
  validator::SlowProber prober_{network_};
  OwnZone own_;
  base::ManualClock clock_{base::Time(seconds(1'790'000'000))};
  ClockPause pause_{clock_};
  const validator::doctor::Instruments with_{resolver_,          prober_, own_, pause_, clock_,
                                             validator::ask_all, {}};
  PropagationAdapter outside_{with_};
};

TEST_F(LookingOutside, SeesEveryAddressOfEveryNameServer) {
  network_.serve(kSecondary, of_value("new"));
  const auto addresses = look();
  ASSERT_THAT(addresses, SizeIs(2));
  EXPECT_EQ(addresses[0].server, "ns1.acme.test.");
  EXPECT_EQ(addresses[0].address, "192.0.2.53:5353");
  EXPECT_EQ(addresses[1].address, "192.0.2.54:53");
  for (const auto& address : addresses) {
    EXPECT_TRUE(address.serves) << address.said;
    EXPECT_EQ(address.when, clock_.now());
  }
}

TEST_F(LookingOutside, SeesAStaleAndASilentSecondary) {
  network_.serve(kSecondary, of_value("old"));
  EXPECT_FALSE(look().at(1).serves);
  EXPECT_EQ(look().at(1).said, "TXT \"old\"");
  own_.servers_.push_back(name("ns3.acme.test"));
  table_.a("ns3.acme.test", {192, 0, 2, 55});
  EXPECT_EQ(look().at(2).said, "no answer within 2 s");
}

TEST_F(LookingOutside, SeesEachOfManyDeadAddressesInTheTimeOfOne) {
  network_.serve(kSecondary, of_value("new"));
  own_.servers_ = {name("ns1.acme.test"), name("ns2.acme.test"), name("dead.acme.test")};
  for (uint8_t last = 60; last < 65; ++last)
    table_.a("dead.acme.test", {192, 0, 2, last});
  const auto addresses = look();
  ASSERT_THAT(addresses, SizeIs(7));
  for (size_t i = 0; i < addresses.size(); ++i) {
    const bool is_dead = addresses[i].server == "dead.acme.test.";
    EXPECT_EQ(addresses[i].serves, !is_dead) << addresses[i].address;
    EXPECT_EQ(addresses[i].said, is_dead ? "no answer within 2 s" : "TXT \"new\"");
  }
  EXPECT_EQ(prober_.at_once_max(), 7u);
}

TEST_F(LookingOutside, SeesANameServerWithoutAnAddress) {
  own_.servers_ = {name("ns9.acme.test")};
  const auto addresses = look();
  ASSERT_THAT(addresses, SizeIs(1));
  EXPECT_EQ(addresses[0].address, "");
  EXPECT_EQ(addresses[0].said, "no address (NXDOMAIN)");
  EXPECT_FALSE(addresses[0].serves);
}

TEST_F(LookingOutside, AsksNobodyElseOnceItIsGivenUp) {
  network_.serve(kSecondary, of_value("new"));
  const auto addresses = look([asked = 0]() mutable { return ++asked > 1; });
  ASSERT_THAT(addresses, SizeIs(2));
  EXPECT_TRUE(addresses[0].serves) << addresses[0].said;
  EXPECT_FALSE(addresses[1].serves);
  EXPECT_EQ(addresses[1].said, "nothing, because there was no time left to ask");
  const auto servers = find([] { return true; });
  ASSERT_THAT(servers, SizeIs(2));
  EXPECT_THAT(servers[0].endpoints, SizeIs(0));
  EXPECT_EQ(servers[0].why, "nothing, because there was no time left to ask");
}

TEST_F(LookingOutside, CountsTheDenialOfAParentThatDoesNotDelegate) {
  EXPECT_EQ(denied_for(), seconds(5));
  delegate(false);
  EXPECT_EQ(denied_for(), seconds(50));
}

TEST_F(LookingOutside, AsksNobodyForDenialsOnceItIsGivenUp) {
  delegate(false);
  const auto servers = find();
  const int walks = resolver_.walks_;
  const auto given_up = [] { return true; };
  EXPECT_EQ(support::run_task(outside_.denied_for(name("acme.test"), servers, given_up)), seconds(0));
  EXPECT_EQ(resolver_.walks_, walks);
  EXPECT_THAT(network_.asked(), SizeIs(0));
}

TEST_F(LookingOutside, TakesNoMoreWalksThanAWaitFindsItsServers) {
  network_.serve(kSecondary, of_value("old"));
  // The addresses of two name servers; of the parent its SOA, NS and the addresses of its server.
  constexpr int kWalks = 2 * 2 + 4;
  const auto wait = [&](seconds timeout) {
    resolver_.walks_ = 0;
    const dnsserver::Patience patience{timeout};
    auto waiting =
        dnsserver::await_served(outside_, clock_, name("acme.test"), name("x.acme.test"), "new", patience);
    EXPECT_FALSE(support::run_task(std::move(waiting)));
    return resolver_.walks_;
  };
  EXPECT_EQ(wait(seconds(9)), kWalks);
  EXPECT_EQ(wait(seconds(60)), 6 * kWalks);
}

}  // namespace
}  // namespace app
