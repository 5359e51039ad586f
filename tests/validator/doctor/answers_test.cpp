#include "validator/doctor/answers.h"

#include <gmock/gmock.h>

#include "tests/validator/doctor/seen.h"

namespace validator::doctor {
namespace {

using support::name;
using testing::HasSubstr;

constexpr const char* kOwner = "7f3k.acme.test";
constexpr const char* kApex = "acme.test";

Reply with_edns(EdnsSeen edns, uint16_t rcode = kNoerror) {
  Reply reply = txt_of(kOwner, {"v"});
  reply.response->edns = edns;
  reply.response->rcode = rcode;
  return reply;
}

AnsweringServer good() {
  AnsweringServer seen;
  seen.at = server("ns1.acme.test", "192.0.2.53");
  seen.txt = seen.plain = txt_of(kOwner, {"v"});
  seen.small = with_edns({1232, 0, false});
  seen.large = with_edns({1232, 0, true});
  seen.next_version = with_edns({1232, 0, false}, kBadvers);
  seen.unknown_option = with_edns({1232, 0, false});
  for (const uint16_t type : {kA, kCaa})
    seen.others.emplace_back(type, nodata(kOwner, type, kApex));
  seen.random = nxdomain("x.7f3k.acme.test", kTxt, kApex);
  seen.burst_asked = seen.burst_answered = kBurst;
  return seen;
}

AnswersSeen seen_of(AnsweringServer server) {
  AnswersSeen seen;
  seen.owner = name(kOwner);
  seen.apex = name(kApex);
  seen.parent = name("corp.test");
  seen.parent_negative_ttl = 3600;
  seen.servers.push_back(std::move(server));
  return seen;
}

TEST(CheckAnswers, IsContentWithWhatTheRfcsSay) {
  for (const Finding& finding : check_answers(seen_of(good()))) {
    const Grade grade = finding.id == "answers.between" ? Grade::skipped : Grade::ok;  // nothing is there
    EXPECT_EQ(finding.grade, grade) << finding.id << ": " << finding.sentence;
  }
}

TEST(CheckAnswers, TellsAServerThatAnsweredOnlySomeQuestions) {
  AnsweringServer server = good();
  server.txt = silent();
  const Findings findings = check_answers(seen_of(server));
  EXPECT_THAT(finding(findings, "answers.types").sentence, HasSubstr("TXT: no answer within 2 s"));
  EXPECT_EQ(finding(findings, "answers.edns").grade, Grade::ok) << "there is nothing to compare with";
  server.unknown_option = silent();
  EXPECT_THAT(finding(check_answers(seen_of(server)), "answers.edns").sentence,
              HasSubstr("an unknown option got no answer within 2 s"));
}

TEST(CheckAnswers, WantsTheNamesAboveOneThatExists) {
  AnsweringServer server = good();
  const auto between = [&] { return finding(check_answers(seen_of(server)), "answers.between"); };
  server.between = {{name("corp.acme.test"), nodata("corp.acme.test", kTxt, kApex)}};
  EXPECT_EQ(between().grade, Grade::ok);
  server.between[0].second = nxdomain("corp.acme.test", kTxt, kApex);
  EXPECT_EQ(between().grade, Grade::fail);
  EXPECT_THAT(between().sentence, HasSubstr("corp.acme.test. got NXDOMAIN"));
  server.txt = nxdomain(kOwner, kTxt, kApex);
  EXPECT_EQ(between().grade, Grade::skipped);
}

TEST(CheckAnswers, TakesANameThatIsNotThereYetForAllTypes) {
  AnsweringServer absent = good();
  absent.txt = nxdomain(kOwner, kTxt, kApex);
  absent.others = {{kA, nxdomain(kOwner, kA, kApex)}};
  EXPECT_EQ(finding(check_answers(seen_of(absent)), "answers.types").grade, Grade::ok);
}

struct WrongCase {
  const char* what;
  void (*spoil)(AnsweringServer&);
  const char* id;
  Grade grade;
  const char* sentence;
};

const WrongCase kWrong[] = {
    {"NXDOMAIN for A where TXT lives",
     [](AnsweringServer& s) { s.others[0].second = nxdomain(kOwner, kA, kApex); }, "answers.types",
     Grade::fail, "A got NXDOMAIN"},
    {"NODATA without SOA", [](AnsweringServer& s) { s.others[1].second = reply(answer_to(kOwner, kCaa)); },
     "answers.types", Grade::fail, "CAA got NOERROR without data without SOA"},
    {"SERVFAIL for CAA",
     [](AnsweringServer& s) { s.others[1].second = reply(answer_to(kOwner, kCaa).rcode(kServfail)); },
     "answers.types", Grade::fail, "CAA got SERVFAIL"},
    {"a name for everything", [](AnsweringServer& s) { s.random = txt_of("x.7f3k.acme.test", {"v"}); },
     "answers.absent", Grade::fail, "NOERROR"},
    {"NXDOMAIN without SOA",
     [](AnsweringServer& s) { s.random = reply(answer_to("x.7f3k.acme.test", kTxt).rcode(kNxdomain)); },
     "answers.absent", Grade::fail, "NXDOMAIN without SOA"},
    {"a long denial",
     [](AnsweringServer& s) {
       const base::Bytes soa = base::Bytes(name("ns.test").wire()) + base::Bytes(name("a.test").wire()) +
                               base::Bytes("\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\1\x51\x80", 20);
       s.random = reply(answer_to("x.7f3k.acme.test", kTxt).rcode(kNxdomain).authority(kApex, kSoa, soa));
       s.random.response->authority[0].ttl = 61;
     },
     "answers.negative_ttl", Grade::warn, "stays denied for 61 s"},
    {"another case", [](AnsweringServer& s) { s.txt.kept_case = false; }, "answers.case", Grade::fail,
     "another case"},
    {"FORMERR for version 1",
     [](AnsweringServer& s) {
       s.next_version = with_edns({1232, 0, false}, kFormerr);
     },
     "answers.edns", Grade::warn, "FORMERR, not BADVERS"},
    {"DO not echoed",
     [](AnsweringServer& s) {
       s.large = with_edns({1232, 0, false});
     },
     "answers.edns", Grade::warn, "DO is not echoed"},
    {"an unknown option is dropped", [](AnsweringServer& s) { s.unknown_option = silent(); }, "answers.edns",
     Grade::warn, "an unknown option got no answer"},
    {"TC and no TCP",
     [](AnsweringServer& s) {
       s.txt = silent("Connection refused over TCP");
       s.txt.was_truncated = true;
     },
     "answers.size", Grade::fail, "TCP says: Connection refused"},
    {"too large a datagram", [](AnsweringServer& s) { s.txt.response->size = kDatagramGood + 1; },
     "answers.size", Grade::fail, "1233 octets"},
    {"drops", [](AnsweringServer& s) { s.burst_asked = 20, s.burst_answered = 19; }, "answers.rate",
     Grade::warn, "19 of 20 answered"},
};

TEST(CheckAnswers, FindsEachThingThatIsWrong) {
  for (const WrongCase& c : kWrong) {
    AnsweringServer server = good();
    c.spoil(server);
    const Finding found = finding(check_answers(seen_of(std::move(server))), c.id);
    EXPECT_EQ(found.grade, c.grade) << c.what << ": " << found.sentence;
    EXPECT_THAT(found.sentence, HasSubstr(c.sentence)) << c.what;
  }
}

TEST(CheckAnswers, TellsForHowLongTheParentDenies) {
  EXPECT_THAT(finding(check_answers(seen_of(good())), "answers.negative_ttl").sentence,
              HasSubstr("corp.test. denies stays denied for 3600 s"));
}

TEST(CheckAnswers, SkipsWhereNobodyAnswers) {
  auto seen = seen_of(good());
  seen.servers.clear();
  for (const Finding& finding : check_answers(seen))
    EXPECT_EQ(finding.grade, Grade::skipped) << finding.id;
}

}  // namespace
}  // namespace validator::doctor
