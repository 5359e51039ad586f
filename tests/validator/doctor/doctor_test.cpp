#include "validator/doctor/doctor.h"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/support/run_task.h"
#include "tests/validator/doctor/fake_own_server.h"
#include "tests/validator/doctor/seen.h"
#include "tests/validator/scripted_prober.h"
#include "tests/validator/table_resolver.h"

namespace validator::doctor {
namespace {

using base::Bytes;
using base::Endpoint;
using support::name;
using support::Question;
using support::Response;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Endpoint kParent{"192.0.2.1", 53};
const Endpoint kOurs{"192.0.2.53", 5353};
constexpr const char* kTarget = "7f3k.acme.test";

class NoPause final : public Pause {
 public:
  explicit NoPause(base::ManualClock& clock) : clock_(clock) {}
  base::Task<> wait(std::chrono::milliseconds duration) override {
    clock_.advance(duration);
    co_return;
  }

 private:
  base::ManualClock& clock_;
};

class Examining : public testing::Test {
 protected:
  Examining() {
    resolver_.soa(".")
        .soa("test")
        .ns("test", {"ns1.corp.test"})
        .soa("corp.test")
        .ns("corp.test", {"ns1.corp.test"});
    resolver_.a("ns1.corp.test", {192, 0, 2, 1}).a("ns1.acme.test", {192, 0, 2, 53});
    resolver_.soa("acme.test").ns("acme.test", {"ns1.acme.test"});
    prober_.serve(kParent, [this](const Question& question) { return parent(question); });
    prober_.serve(kOurs, [this](const Question& question) { return ours(question); });
  }

  // corp.test and test.
  Bytes parent(const Question& question) const {
    Response response(question);
    const bool is_apex = question.name == name("corp.test") || question.name == name("test");
    if (question.name.is_under(name("acme.test")) && is_delegated_) {
      response.not_authoritative().authority("acme.test", kNs, name("ns1.acme.test").wire());
      for (const char* server : more_servers_)
        response.authority("acme.test", kNs, name(server).wire());
    } else if (is_apex && question.type == kSoa) {
      return with_soa_answer(question);
    } else if (question.name == name("_acme-challenge.api.corp.test")) {
      response.cname("_acme-challenge.api.corp.test", kTarget);
    } else {
      response.rcode(is_apex ? kNoerror : kNxdomain).soa("corp.test");
    }
    return response.bytes();
  }

  static Bytes with_soa_answer(const Question& question) {
    Response response(question);
    const Bytes soa = Bytes(name("ns.test").wire()) + Bytes(name("a.test").wire()) + Bytes(19, '\0') + "\5";
    return response.answer(question.name.text(), kSoa, soa).bytes();
  }

  Bytes ours(const Question& question) const {
    Response response(question);
    if (!question.name.is_under(name("acme.test"))) return response.rcode(kRefused).bytes();
    if (question.type == kAxfr) return response.rcode(kRefused).bytes();
    if (question.name == name("acme.test") && question.type == kSoa) return with_soa_answer(question);
    if (question.name == name("acme.test") && question.type == kNs)
      return response.answer("acme.test", kNs, name("ns1.acme.test").wire()).bytes();
    if (question.name == name("ns1.acme.test") && question.type == kA)
      return response.answer("ns1.acme.test", kA, Bytes("\xc0\0\2\x35", 4)).bytes();
    bool exists = false;
    for (const auto& [owner, value] : own_.values_) {
      if (owner != question.name.lowered() || stale_) continue;
      exists = true;
      if (question.type == kTxt) response.answer(question.name.text(), kTxt, support::txt(value));
    }
    return response.rcode(exists ? kNoerror : kNxdomain).soa("acme.test").bytes();
  }

  Findings examine(std::string_view identifier, std::string credential = "web", bool read_only = false) {
    Examination examination;
    examination.identifier = name(identifier);
    examination.caller.name = std::move(credential);
    examination.read_only = read_only;
    return examine(std::move(examination));
  }

  Findings examine(Examination examination) {
    const auto is_public = [](const Endpoint& at) { return at.address != "192.0.2.99"; };
    const auto ask_all = [this](Prober& prober, std::vector<validator::Question> questions) {
      return ask_part(prober, std::move(questions));
    };
    Doctor doctor({resolver_, prober_, own_, pause_, clock_, ask_all, {}, is_public});
    Findings findings;
    const auto tell = [&](Finding finding) -> base::Task<bool> {
      findings.push_back(std::move(finding));
      co_return findings.size() < listens_to_;
    };
    outcome_ = support::run_task(doctor.examine(std::move(examination), tell, [this] { return gone_; }));
    return findings;
  }

  // What came before `drops_at_`, in all parts together, is answered.
  base::Task<std::vector<Reply>> ask_part(Prober& prober, std::vector<validator::Question> questions) {
    const size_t before = std::accumulate(parts_.begin(), parts_.end(), size_t{0});
    parts_.push_back(questions.size());
    std::vector<Reply> replies = co_await ask_in_turn(prober, std::move(questions));
    for (size_t i = 0; i < replies.size(); ++i)
      if (before + i >= drops_at_) replies[i] = Reply{.why = "no answer within 2 s"};
    co_return replies;
  }

  TableResolver resolver_;
  ScriptedProber prober_;
  FakeOwnServer own_{kOurs};
  base::ManualClock clock_{base::Time(std::chrono::seconds(1'790'000'000))};
  NoPause pause_{clock_};
  std::vector<const char*> more_servers_;
  bool stale_ = false;
  bool is_delegated_ = true;
  size_t listens_to_ = 1000;
  bool gone_ = false;
  base::Result<void> outcome_;
  std::vector<size_t> parts_;  // questions that were asked at once
  size_t drops_at_ = SIZE_MAX;
};

TEST_F(Examining, FindsARightDelegationByCname) {
  resolver_.alias("_acme-challenge.api.corp.test", kTarget);
  const auto findings = examine("api.corp.test");
  ASSERT_TRUE(outcome_);
  for (const char* id : {"parent.servers", "parent.pointer", "parent.path", "parent.target", "cut.delegation",
                         "cut.authority", "cut.tcp", "answers.types", "caa.policy", "write.credential",
                         "write.propagation", "write.two_values", "write.removal"}) {
    EXPECT_EQ(finding(findings, id).grade, Grade::ok) << id << ": " << finding(findings, id).sentence;
  }
  EXPECT_THAT(own_.presented_, SizeIs(2));
  EXPECT_THAT(own_.values_, IsEmpty());
  // certbot does not follow the CNAME, and this server has no zone for the name itself.
  EXPECT_EQ(finding(findings, "write.discovery.certbot").grade, Grade::warn);
}

TEST_F(Examining, TellsWhatToAskForBeforeAnythingIsSetUp) {
  const auto findings = examine("www.corp.test");
  EXPECT_EQ(finding(findings, "parent.pointer").grade, Grade::fail);
  EXPECT_THAT(finding(findings, "parent.pointer").remedies, SizeIs(2));
  // Our own side is looked at all the same.
  EXPECT_EQ(finding(findings, "cut.authority").grade, Grade::ok);
  EXPECT_EQ(finding(findings, "write.propagation").grade, Grade::ok);
}

TEST_F(Examining, LooksAtTheOwnSideOfAZoneThatNobodyDelegatesYet) {
  is_delegated_ = false;
  resolver_.alias("_acme-challenge.api.corp.test", kTarget).forget("ns1.acme.test");
  const auto findings = examine("api.corp.test");
  const auto delegation = finding(findings, "cut.delegation");
  EXPECT_EQ(delegation.grade, Grade::fail);
  ASSERT_THAT(delegation.remedies, SizeIs(1));
  const auto owner = name("ns1.acme.test");
  EXPECT_THAT(delegation.remedies[0].add,
              testing::ElementsAre(WantedRecord{name("acme.test"), "NS", "ns1.acme.test."},
                                   WantedRecord{owner, "A", "192.0.2.53"}));
  for (const char* id : {"cut.udp", "cut.authority", "answers.types", "write.propagation"})
    EXPECT_EQ(finding(findings, id).grade, Grade::ok) << id << ": " << finding(findings, id).sentence;
}

TEST_F(Examining, PublishesNothingWhereItIsToldNotTo) {
  const auto findings = examine("www.corp.test", "web", true);
  EXPECT_THAT(own_.presented_, IsEmpty());
  EXPECT_EQ(finding(findings, "write.credential").grade, Grade::skipped);
}

TEST_F(Examining, ReportsACredentialThatMayNot) {
  EXPECT_THAT(finding(examine("www.corp.test", "other"), "write.credential").sentence,
              HasSubstr("not other"));
}

TEST_F(Examining, WaitsForAServerThatIsBehindAndThenSaysSo) {
  stale_ = true;
  const auto found = finding(examine("www.corp.test"), "write.propagation");
  EXPECT_EQ(found.grade, Grade::fail);
  EXPECT_THAT(found.sentence, HasSubstr("published 20000 ms ago"));
  EXPECT_THAT(own_.values_, IsEmpty());
}

TEST_F(Examining, AsksManyQuestionsAtOnceAndEndsWhenSomeAreDropped) {
  const auto grade_and_count = [&] {
    parts_.clear();
    const Grade grade = finding(examine("api.corp.test"), "answers.rate").grade;
    return std::pair(grade, std::accumulate(parts_.begin(), parts_.end(), size_t{0}));
  };
  resolver_.alias("_acme-challenge.api.corp.test", kTarget);
  EXPECT_EQ(grade_and_count(), std::pair(Grade::ok, kBurst));
  EXPECT_THAT(parts_, testing::Each(testing::Le(kBurstPart)));
  drops_at_ = 20;
  EXPECT_EQ(grade_and_count(), std::pair(Grade::warn, 3 * kBurstPart)) << "the 20th is in the third part";
}

TEST_F(Examining, EndsWhenNobodyListens) {
  listens_to_ = 3;
  EXPECT_THAT(examine("www.corp.test"), SizeIs(3));
  EXPECT_THAT(own_.presented_, IsEmpty());
}

TEST_F(Examining, AsksNothingOnceTheCallerHasGone) {
  gone_ = true;
  examine("www.corp.test");
  EXPECT_THAT(prober_.asked(), IsEmpty());
}

TEST_F(Examining, AsksASilentAddressOnlyForItsSoaAndTheCanary) {
  resolver_.a("ns2.acme.test", {192, 0, 2, 99}).ns("acme.test", {"ns2.acme.test"});
  more_servers_ = {"ns2.acme.test"};
  const auto findings = examine("www.corp.test");
  EXPECT_THAT(finding(findings, "cut.udp").sentence, HasSubstr("192.0.2.99:53"));
  EXPECT_THAT(finding(findings, "cut.reach").sentence, HasSubstr("192.0.2.99:53"));
  size_t others = 0;
  for (const auto& asked : prober_.asked()) {
    const uint16_t type = asked.question.type;
    others += asked.server.address == "192.0.2.99" && type != kSoa && type != kTxt;
  }
  EXPECT_EQ(others, 0u);
}

TEST_F(Examining, SaysWhereNoZoneIsFound) {
  resolver_.broken(".", "all servers failed");
  const auto findings = examine("www.corp.test");
  EXPECT_THAT(finding(findings, "parent.servers").sentence, HasSubstr("all servers failed"));
  EXPECT_EQ(finding(findings, "parent.servers").grade, Grade::fail);
}

// "c1" may write at the target that the CNAME leads to, or at another name of ours.
Registration registration() { return {.id = "c1", .key_algorithms = {"hmac-sha256"}, .may_write = true}; }

TEST_F(Examining, LooksAtTheRegistrationThatTheNameLeadsTo) {
  resolver_.alias("_acme-challenge.api.corp.test", kTarget);
  own_.registrations_ = {{name(kTarget), registration()}};
  Examination examination;
  examination.identifier = name("api.corp.test");
  examination.caller = {"web"};
  examination.credential = "c1";
  auto findings = examine(examination);
  for (const char* id : {"parent.registration", "credential.state", "credential.scope", "credential.source",
                         "credential.keys", "write.propagation"})
    EXPECT_EQ(finding(findings, id).grade, Grade::ok) << id << ": " << finding(findings, id).sentence;

  own_.registrations_[0].second.expires = clock_.now();
  findings = examine(examination);
  EXPECT_EQ(finding(findings, "parent.registration").grade, Grade::fail);
  EXPECT_EQ(finding(findings, "credential.state").grade, Grade::fail);
}

TEST_F(Examining, LeadsARegisteredCallerToItsOwnName) {
  own_.registrations_ = {{name("mine.acme.test"), registration()}};
  Examination examination;
  examination.identifier = name("www.corp.test");
  examination.caller = {"c1", true, base::IpAddress::parse("192.0.2.7").value()};
  const auto findings = examine(examination);
  const auto pointer = finding(findings, "parent.pointer");
  ASSERT_THAT(pointer.remedies, SizeIs(1));
  EXPECT_EQ(pointer.remedies[0].add[0].rdata, "mine.acme.test.");
  EXPECT_EQ(finding(findings, "parent.registration").grade, Grade::warn);
  EXPECT_EQ(finding(findings, "credential.scope").grade, Grade::ok);
  // The canary goes to where the caller may publish.
  EXPECT_EQ(finding(findings, "write.propagation").grade, Grade::ok);
}

TEST_F(Examining, AsksEachServerOfTheZoneForCaaUpToItsApex) {
  examine("www.corp.test");
  std::vector<std::string> names;
  for (const auto& asked : prober_.asked()) {
    if (asked.server == kParent && asked.question.type == kCaa)
      names.push_back(base::lower(asked.question.name.text()));
  }
  EXPECT_THAT(names, testing::ElementsAre("www.corp.test.", "corp.test."));
}

TEST_F(Examining, SeesThatACertificateLocksItsRenewalOut) {
  own_.certificates_ = {{"HTTP", clock_.now() + std::chrono::days(30), false, {name("assay.acme.test")}}};
  EXPECT_THAT(finding(examine("www.corp.test"), "views.api_certificate").sentence,
              HasSubstr("locks its renewal out"));
}

TEST_F(Examining, NamesTheProgramThatHasPort53) {
  EXPECT_THAT(finding(examine("www.corp.test"), "views.port").sentence,
              HasSubstr("taken by systemd-resolve (process 412)"));
}

TEST_F(Examining, RefusesNamesThatAreTooLong) {
  std::string labels = "a";
  for (size_t i = 2; i < kIdentifierLabelsMax; ++i)
    labels += ".a";
  examine(labels);
  EXPECT_TRUE(outcome_);
  examine(labels + ".a");
  EXPECT_EQ(outcome_.error().kind, base::ErrorKind::malformed);
}

}  // namespace
}  // namespace validator::doctor
