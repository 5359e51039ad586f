// What UnboundResolver makes of right, wrong and missing answers.
#include "validator/net/unbound_resolver.h"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <string>

#include "tests/validator/unbound_lab.h"

namespace validator {
namespace {

using base::ErrorKind;
using support::name;
using support::Question;
using support::Response;
using support::txt;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr const char* kName = "_acme-challenge.corp.test";

using UnboundResolverTest = UnboundLab;

TEST_F(UnboundResolverTest, SeesTheWholeRrset) {
  serve_one([](const Question& question) {
    return Response(question)
        .answer(kName, support::kTxt, txt({"ab", "cd"}))
        .answer(kName, support::kTxt, txt("x"))
        .bytes();
  });
  const auto lookup = look_up(kName);
  EXPECT_EQ(lookup.name, name(kName));
  EXPECT_EQ(lookup.outcome, Outcome::noerror);
  EXPECT_EQ(lookup.security, Security::insecure);
  EXPECT_THAT(lookup.path, ElementsAre(name(kName)));
  EXPECT_THAT(lookup.rdata, testing::UnorderedElementsAre(txt({"ab", "cd"}), txt("x")));
}

TEST_F(UnboundResolverTest, TellsNodataFromNxdomain) {
  EXPECT_EQ(look_up(kName).outcome, Outcome::nxdomain);
  serve_one([](const Question& question) { return Response(question).soa("test").bytes(); });
  EXPECT_EQ(look_up("other.test").outcome, Outcome::nodata);
}

TEST_F(UnboundResolverTest, AsksWith0x20AndEdns1232ForTheNameItselfOnly) {
  look_up("_acme-challenge.a-long-name-with-many-letters.corp.test");
  ASSERT_THAT(server_.questions(), SizeIs(1)) << "no QNAME minimisation";
  const Question& question = server_.questions().front();
  EXPECT_NE(question.name.wire(), base::BytesView(question.name.lowered()));
  const base::BytesView opt = base::BytesView(question.query).substr(question.query.size() - 11);
  EXPECT_EQ(opt.substr(0, 5), base::BytesView("\0\0\x29\x04\xd0", 5));
}

TEST_F(UnboundResolverTest, TellsEveryCnameOnTheWay) {
  serve_one([](const Question& question) {
    Response response(question);
    if (question.name == name("a.test")) return response.cname("a.test", "b.test").bytes();
    if (question.name == name("b.test")) return response.cname("b.test", "c.test").bytes();
    return response.answer("c.test", support::kTxt, txt("end")).bytes();
  });
  const auto lookup = look_up("a.test");
  EXPECT_THAT(lookup.path, ElementsAre(name("a.test"), name("b.test"), name("c.test")));
  EXPECT_THAT(lookup.rdata, ElementsAre(txt("end")));
}

TEST_F(UnboundResolverTest, TellsThePathToNothing) {
  serve_one([](const Question& question) {
    Response response(question);
    if (question.name == name("a.test")) return response.cname("a.test", "b.test").bytes();
    return response.rcode(support::kNxdomain).soa("test").bytes();
  });
  const auto lookup = look_up("a.test");
  EXPECT_EQ(lookup.outcome, Outcome::nxdomain);
  EXPECT_THAT(lookup.path, ElementsAre(name("a.test"), name("b.test")));
}

TEST_F(UnboundResolverTest, FollowsADname) {
  serve_one([](const Question& question) {
    Response response(question);
    if (!question.name.is_under(name("old.test")))
      return response.answer("x.new.test", support::kTxt, txt("end")).bytes();
    return response.answer("old.test", support::kDname, name("new.test").wire())
        .cname("x.old.test", "x.new.test")
        .bytes();
  });
  const auto lookup = look_up("x.old.test");
  EXPECT_THAT(lookup.path, ElementsAre(name("x.old.test"), name("x.new.test")));
  EXPECT_THAT(lookup.rdata, ElementsAre(txt("end")));
}

// c8 → c7 → … → c0.
base::Bytes chain(const Question& question) {
  const std::string text = question.name.text();
  const int left = std::stoi(text.substr(1));
  Response response(question);
  if (left == 0) return response.answer(text, support::kTxt, txt("end")).bytes();
  return response.cname(text, "c" + std::to_string(left - 1) + ".test").bytes();
}

TEST_F(UnboundResolverTest, FollowsLongChainsAndGivesUpOnEndlessOnes) {
  serve_one(chain);
  EXPECT_THAT(look_up("c8.test").path, SizeIs(9));
  const auto lookup = look_up("c40.test");
  EXPECT_EQ(lookup.outcome, Outcome::servfail);
  EXPECT_THAT(lookup.why, HasSubstr("maximum number restarts"));
}

TEST_F(UnboundResolverTest, GivesUpOnLoops) {
  serve_one([](const Question& question) {
    const bool a = question.name == name("a.test");
    return Response(question).cname(a ? "a.test" : "b.test", a ? "b.test" : "a.test").bytes();
  });
  EXPECT_EQ(look_up("a.test").outcome, Outcome::servfail);
  serve_one(
      [](const Question& question) { return Response(question).cname("self.test", "self.test").bytes(); });
  EXPECT_EQ(look_up("self.test").outcome, Outcome::servfail);
  serve_one([](const Question& question) {  // a DNAME to below itself
    Response response(question);
    response.answer("d.test", support::kDname, name("d.d.test").wire());
    return response.cname(question.name.text(), "x.d." + question.name.text().substr(2)).bytes();
  });
  EXPECT_NE(look_up("x.d.test").outcome, Outcome::noerror);
}

// RFC 1034 §3.6.2. Either order of the two in the message.
TEST_F(UnboundResolverTest, NeverTakesTheValueBesideACname) {
  for (const bool txt_first : {true, false}) {
    const std::string owner = txt_first ? "first.test" : "last.test";
    serve_one([&](const Question& question) {
      Response response(question);
      if (question.name == name("target.test"))
        return response.answer("target.test", support::kTxt, txt("target")).bytes();
      if (txt_first) response.answer(owner, support::kTxt, txt("beside"));
      response.cname(owner, "target.test");
      if (!txt_first) response.answer(owner, support::kTxt, txt("beside"));
      return response.bytes();
    });
    const auto lookup = look_up(owner);
    for (const auto& rdata : lookup.rdata)
      EXPECT_EQ(rdata, txt("target"));
    if (txt_first) {
      EXPECT_EQ(lookup.outcome, Outcome::servfail);
      EXPECT_THAT(lookup.why, HasSubstr("a CNAME and other data at first.test."));
    }
  }
}

TEST_F(UnboundResolverTest, SaysWhichServerRefused) {
  for (const auto& [rcode, text] :
       {std::pair(support::kRefused, "REFUSED"), {support::kServfail, "SERVFAIL"}}) {
    serve_one([rcode = rcode](const Question& question) { return Response(question).rcode(rcode).bytes(); });
    const auto lookup = look_up(std::string(text) + ".test");
    EXPECT_EQ(lookup.outcome, Outcome::servfail);
    EXPECT_THAT(lookup.why, HasSubstr(std::string("from 127.0.0.1 got ") + text));
    EXPECT_THAT(lookup.path, ElementsAre(name(std::string(text) + ".test")));
    EXPECT_THAT(lookup.rdata, IsEmpty());
  }
}

TEST_F(UnboundResolverTest, TakesNothingFromALameServer) {
  serve_one([](const Question& question) {  // a referral upwards, without AA
    return Response(question)
        .not_authoritative()
        .authority(".", support::kNs, name("ns.root.test").wire())
        .bytes();
  });
  const auto lookup = look_up(kName);
  EXPECT_EQ(lookup.outcome, Outcome::servfail);
  EXPECT_THAT(lookup.why, HasSubstr("from 127.0.0.1"));
}

// RFC 2308 §3. What a parent says that is taken for its child, or a server that has lost its zone.
TEST_F(UnboundResolverTest, TakesNoDenialWithoutSoa) {
  for (const uint8_t rcode : {support::kNoerror, support::kNxdomain}) {
    serve_one([=](const Question& question) { return Response(question).rcode(rcode).bytes(); });
    const auto lookup = look_up("rcode" + std::to_string(rcode) + ".test");
    EXPECT_EQ(lookup.outcome, Outcome::servfail);
    EXPECT_THAT(lookup.why, HasSubstr("without SOA"));
  }
}

TEST_F(UnboundResolverTest, EndsInTimeWhereNoServerAnswers) {
  options_.timeout = 100ms;
  serve([](const Question&) { return std::vector<base::Bytes>(); });
  const auto lookup = look_up(kName);
  EXPECT_EQ(lookup.outcome, Outcome::timeout);
  EXPECT_EQ(lookup.why, "no answer within 100 ms");
  EXPECT_GE(lookup.took, 100ms);
  EXPECT_THAT(lookup.path, ElementsAre(name(kName)));
}

TEST_F(UnboundResolverTest, AnswersAgainAfterATimeout) {
  options_.timeout = 100ms;
  serve([](const Question&) { return std::vector<base::Bytes>(); });
  EXPECT_EQ(look_up(kName).outcome, Outcome::timeout);
  serve_txt("back");
  EXPECT_THAT(look_up(kName).rdata, ElementsAre(txt("back")));
}

TEST_F(UnboundResolverTest, AsksOverTcpWhereTheAnswerIsTruncated) {
  serve_one([](const Question& question) {
    Response response(question);
    if (!question.tcp) return response.truncated().bytes();
    return response.answer(kName, support::kTxt, txt("over TCP")).bytes();
  });
  EXPECT_THAT(look_up(kName).rdata, ElementsAre(txt("over TCP")));
}

TEST_F(UnboundResolverTest, TakesNothingFromATruncatedAnswerWhereTcpIsClosed) {
  options_.timeout = 500ms;
  server_.close_tcp();
  serve_one([](const Question& question) {
    return Response(question).truncated().answer(kName, support::kTxt, txt("partial")).bytes();
  });
  const auto lookup = look_up(kName);
  EXPECT_TRUE(lookup.outcome == Outcome::servfail || lookup.outcome == Outcome::timeout);
  EXPECT_THAT(lookup.rdata, IsEmpty());
}

TEST_F(UnboundResolverTest, SeesAThousandValues) {
  serve_one([](const Question& question) {
    Response response(question);
    if (!question.tcp) return response.truncated().bytes();
    for (int i = 0; i < 1000; ++i)
      response.answer(kName, support::kTxt, txt(std::to_string(i)));
    return response.bytes();
  });
  EXPECT_THAT(look_up(kName).rdata, SizeIs(1000));
}

// RFC 5452 §9: what an attacker off the path could send before the server does.
TEST_F(UnboundResolverTest, DropsAnswersWithAnotherId) {
  serve([](const Question& question) {
    const uint16_t id = uint16_t(uint8_t(question.query[0]) << 8 | uint8_t(question.query[1]));
    return std::vector{
        Response(question).id(id ^ 1).answer(kName, support::kTxt, txt("forged")).bytes(),
        Response(question).answer(kName, support::kTxt, txt("true")).bytes(),
    };
  });
  EXPECT_THAT(look_up(kName).rdata, ElementsAre(txt("true")));
}

TEST_F(UnboundResolverTest, TakesNothingFromAnswersToAnotherQuestion) {
  serve_one([](const Question& question) {
    return Response(question).question(name("x.test")).answer(kName, support::kTxt, txt("forged")).bytes();
  });
  EXPECT_EQ(look_up(kName).outcome, Outcome::servfail);
  serve_one([](const Question& question) {
    return Response(question).answer("x.test", support::kTxt, txt("forged")).soa("test").bytes();
  });
  EXPECT_THAT(look_up("other.test").rdata, IsEmpty());
}

TEST_F(UnboundResolverTest, DoesNotTrustASingleAnswerInTheWrongCase) {
  bool first = true;
  serve_one([&](const Question& question) {
    Response response(question);
    if (!std::exchange(first, false)) return response.answer(kName, support::kTxt, txt("true")).bytes();
    const auto lowered = base::Name::from_wire(question.name.lowered()).value();
    return response.question(lowered).answer(kName, support::kTxt, txt("forged")).bytes();
  });
  for (const auto& rdata : look_up(kName).rdata)
    EXPECT_EQ(rdata, txt("true"));
}

TEST_F(UnboundResolverTest, IgnoresRecordsOutsideTheServersZone) {
  serve_one([](const Question& question) {
    return Response(question)
        .cname(kName, "outside.example")
        .answer("outside.example", support::kTxt, txt("forged"))
        .bytes();
  });
  options_.root_hints = "/dev/null";  // the true servers of "example." are not asked either
  options_.timeout = 200ms;
  EXPECT_THAT(look_up(kName).rdata, IsEmpty());
}

TEST_F(UnboundResolverTest, DoesNotAskLoopbackAddressesThatRecordsLeadToUnlessAllowed) {
  const auto delegate = [](const Question& question) {
    return Response(question)
        .not_authoritative()
        .authority("sub.test", support::kNs, name("ns.sub.test").wire())
        .additional("ns.sub.test", support::kA, base::Bytes("\x7f\0\0\x63", 4))
        .bytes();
  };
  options_.allow_private_addresses = false;
  serve_one(delegate);
  const auto lookup = look_up("x.sub.test");
  EXPECT_EQ(lookup.outcome, Outcome::servfail);
  EXPECT_THAT(lookup.why, HasSubstr("not usable"));
  EXPECT_THAT(server_.questions(), testing::Not(IsEmpty())) << "the stub zone's own server is asked";
}

TEST_F(UnboundResolverTest, KeepsItsLimitOfLookupsUnderWay) {
  options_.lookups_in_flight_max = 2;
  options_.timeout = 5s;
  std::vector<Question> waiting;
  serve([&](const Question& question) {
    waiting.push_back(question);
    return std::vector<base::Bytes>();
  });
  size_t ended = 0;
  for (const char* owner : {"a.test", "b.test", "c.test"}) {
    boost::asio::co_spawn(io_, resolver().resolve(name(owner), kTxt),
                          [&](std::exception_ptr, base::Result<Lookup>) { ++ended; });
  }
  while (waiting.size() < 2)
    io_.run_one();
  io_.poll();
  EXPECT_EQ(server_.asked("c.test", kTxt), 0u);
  EXPECT_EQ(ended, 0u);
  serve_txt("now");  // retransmissions are answered, and make room
  while (ended < 3)
    io_.run_one();
  EXPECT_EQ(server_.asked("c.test", kTxt), 1u);
}

TEST_F(UnboundResolverTest, LetsNoMoreLookupsWaitThanItsLimit) {
  options_.lookups_in_flight_max = 1;
  options_.lookups_waiting_max = 2;
  options_.timeout = 5s;
  serve([](const Question&) { return std::vector<base::Bytes>(); });
  std::vector<base::Result<Lookup>> ended;
  for (const char* owner : {"under-way.test", "waiting.test", "waiting-too.test", "one-more.test"}) {
    boost::asio::co_spawn(
        io_, resolver().resolve(name(owner), kTxt),
        [&](std::exception_ptr, base::Result<Lookup> lookup) { ended.push_back(std::move(lookup)); });
  }
  while (ended.empty())
    io_.run_one();
  ASSERT_FALSE(ended.front());
  EXPECT_EQ(ended.front().error().kind, ErrorKind::unavailable);
  EXPECT_EQ(ended.front().error().detail, "too many look-ups wait; 2 is the limit");
  serve_txt("now");  // retransmissions are answered, and make room
  while (ended.size() < 4)
    io_.run_one();
  for (size_t i = 1; i < ended.size(); ++i)
    EXPECT_THAT(ended[i].value().rdata, SizeIs(1));
  EXPECT_EQ(server_.asked("one-more.test", kTxt), 0u);
  EXPECT_EQ(look_up("later.test").outcome, Outcome::noerror) << "there is room again";
}

TEST_F(UnboundResolverTest, EndsEveryLookupWhenItIsClosed) {
  serve([](const Question&) { return std::vector<base::Bytes>(); });
  options_.lookups_in_flight_max = 1;
  std::vector<ErrorKind> errors;
  for (const char* owner : {"under-way.test", "waiting.test"}) {
    boost::asio::co_spawn(
        io_, resolver().resolve(name(owner), kTxt),
        [&](std::exception_ptr, base::Result<Lookup> lookup) { errors.push_back(lookup.error().kind); });
  }
  while (server_.questions().empty())
    io_.run_one();
  resolver().close();
  while (errors.size() < 2)
    io_.run_one();
  EXPECT_THAT(errors, ElementsAre(ErrorKind::unavailable, ErrorKind::unavailable));
  const auto later = support::run_task(io_, resolver().resolve(name("later.test"), kTxt));
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().kind, ErrorKind::unavailable);
}

TEST_F(UnboundResolverTest, MayGoWithItsLookupsUnderWay) {
  serve([](const Question&) { return std::vector<base::Bytes>(); });
  boost::asio::co_spawn(io_, resolver().resolve(name(kName), kTxt),
                        [](std::exception_ptr, base::Result<Lookup>) {});
  while (server_.questions().empty())
    io_.run_one();
}

// The lab's server has one thread, the resolver's executor three.
TEST_F(UnboundResolverTest, RunsOnAnExecutorOfSeveralThreads) {
  constexpr int kLookups = 200;
  serve_txt("x");
  boost::asio::thread_pool pool(3);
  auto shared = UnboundResolver::open(pool.get_executor(), options_).value();
  std::atomic<int> seen = 0;
  std::atomic<int> ended = 0;
  for (int i = 0; i < kLookups; ++i) {
    auto lookup = shared->resolve(name("n" + std::to_string(i % 50) + ".test"), kTxt);
    boost::asio::co_spawn(pool, std::move(lookup), [&](std::exception_ptr, base::Result<Lookup> result) {
      seen += result && result->rdata.size() == 1;
      ++ended;
    });
  }
  while (ended < kLookups)
    io_.run_one_for(10ms);
  EXPECT_EQ(seen, kLookups);
  EXPECT_THAT(server_.questions(), SizeIs(testing::Ge(size_t{kLookups})));
  shared = nullptr;
  pool.join();
}

TEST_F(UnboundResolverTest, AsksNobodyForNamesThatAreNotInTheDns) {
  const auto lookup = look_up("_acme-challenge.hidden.onion");
  EXPECT_EQ(lookup.outcome, Outcome::nxdomain);
  EXPECT_THAT(server_.questions(), IsEmpty());
}

TEST_F(UnboundResolverTest, CarriesAnyOctetInAName) {
  serve_txt("x");
  const auto odd = name(R"(a\.b\000\255\"\(.test)");
  const auto lookup = support::run_task(io_, resolver().resolve(odd, kTxt)).value();
  EXPECT_EQ(lookup.outcome, Outcome::noerror);
  EXPECT_THAT(lookup.path, ElementsAre(odd));
}

}  // namespace
}  // namespace validator
