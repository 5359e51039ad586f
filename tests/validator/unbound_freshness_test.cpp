// No answer to a challenge comes from a cache: not within the second that libunbound cannot turn off, and not
// by joining an equal question under way. The server's TTLs invite to it.
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <string>

#include "tests/validator/unbound_lab.h"
#include "validator/net/unbound_pool.h"

namespace validator {
namespace {

using support::name;
using support::Question;
using support::Response;
using support::txt;
using testing::ElementsAre;
using testing::SizeIs;

constexpr uint32_t kDay = 86400;

class UnboundFreshnessTest : public UnboundLab {
 protected:
  // Each name of `links` is a CNAME; whatever else exists has the TXT value of the moment.
  void serve_linked(std::map<base::Name, std::string> links) {
    serve_one([this, links = std::move(links)](const Question& question) {
      Response response(question);
      const auto link = links.find(question.name);
      if (link != links.end()) return response.cname(question.name.text(), link->second).bytes();
      if (value_.empty()) return response.rcode(support::kNxdomain).soa("test").bytes();
      return response.answer(question.name.text(), support::kTxt, txt(value_), kDay).bytes();
    });
  }

  std::string value_;
};

TEST_F(UnboundFreshnessTest, SeesAValueThatWasJustReplaced) {
  serve_linked({});
  for (const char* value : {"A", "B", "C", "D"}) {
    value_ = value;
    EXPECT_THAT(look_up("a.test").rdata, ElementsAre(txt(value)));
  }
  EXPECT_EQ(server_.asked("a.test", kTxt), 4u);
}

TEST_F(UnboundFreshnessTest, SeesANameThatHasJustCome) {
  serve_linked({});
  EXPECT_EQ(look_up("a.test").outcome, Outcome::nxdomain);
  value_ = "A";
  EXPECT_THAT(look_up("a.test").rdata, ElementsAre(txt("A")));
  value_ = "";
  EXPECT_EQ(look_up("a.test").outcome, Outcome::nxdomain);
}

TEST_F(UnboundFreshnessTest, SeesTheTargetOfTwoNamesAnewForEach) {
  serve_linked({{name("a.test"), "target.test"}, {name("b.test"), "target.test"}});
  for (const char* value : {"A", "B", "C"}) {
    value_ = value;
    EXPECT_THAT(look_up("a.test").rdata, ElementsAre(txt(value)));
    EXPECT_THAT(look_up("b.test").rdata, ElementsAre(txt(value)));
  }
}

TEST_F(UnboundFreshnessTest, SeesTheTargetAnewAfterItWasAskedForByItself) {
  serve_linked({{name("a.test"), "target.test"}});
  value_ = "A";
  EXPECT_THAT(look_up("target.test").rdata, ElementsAre(txt("A")));
  value_ = "B";
  EXPECT_THAT(look_up("a.test").rdata, ElementsAre(txt("B")));
  value_ = "C";
  EXPECT_THAT(look_up("target.test").rdata, ElementsAre(txt("C")));
}

TEST_F(UnboundFreshnessTest, SeesACnameThatWasJustMoved) {
  value_ = "x";
  serve_linked({{name("a.test"), "old.test"}});
  EXPECT_THAT(look_up("a.test").path, ElementsAre(name("a.test"), name("old.test")));
  serve_linked({{name("a.test"), "new.test"}});
  EXPECT_THAT(look_up("a.test").path, ElementsAre(name("a.test"), name("new.test")));
}

TEST_F(UnboundFreshnessTest, SeesACnameInTheMiddleThatWasJustMoved) {
  value_ = "x";
  serve_linked({{name("a.test"), "m.test"}, {name("b.test"), "m.test"}, {name("m.test"), "old.test"}});
  EXPECT_THAT(look_up("a.test").path.back(), name("old.test"));
  serve_linked({{name("a.test"), "m.test"}, {name("b.test"), "m.test"}, {name("m.test"), "new.test"}});
  EXPECT_THAT(look_up("b.test").path.back(), name("new.test"));
}

TEST_F(UnboundFreshnessTest, SeesADnameThatWasJustMoved) {
  std::string target = "old.test";
  serve_one([&](const Question& question) {
    Response response(question);
    if (!question.name.is_under(name("d.test"))) {
      return response.answer(question.name.text(), support::kTxt, txt("x"), kDay).bytes();
    }
    const std::string synthesized = question.name.text().substr(0, 2) + target;
    response.answer("d.test", support::kDname, name(target).wire(), kDay);
    return response.cname(question.name.text(), synthesized).bytes();
  });
  EXPECT_THAT(look_up("a.d.test").path.back(), name("a.old.test"));
  target = "new.test";
  EXPECT_THAT(look_up("b.d.test").path.back(), name("b.new.test"));
}

TEST_F(UnboundFreshnessTest, SeesAnAnswerAfterAFailureAtOnce) {
  serve_one([](const Question& question) { return Response(question).rcode(support::kServfail).bytes(); });
  EXPECT_EQ(look_up("a.test").outcome, Outcome::servfail);
  serve_txt("A");
  EXPECT_THAT(look_up("a.test").rdata, ElementsAre(txt("A")));
  EXPECT_THAT(look_up("b.test").rdata, ElementsAre(txt("A")));
}

TEST_F(UnboundFreshnessTest, SeesTheCnameBehindAFailureAnew) {
  value_ = "x";
  serve_linked({{name("a.test"), "m.test"}, {name("m.test"), "c.test"}, {name("c.test"), "m.test"}});
  EXPECT_EQ(look_up("a.test").outcome, Outcome::servfail) << "a loop";
  serve_linked({{name("b.test"), "m.test"}, {name("m.test"), "new.test"}});
  EXPECT_THAT(look_up("b.test").path.back(), name("new.test"));
}

// Base and wildcard of one order: one owner, asked for twice at once. The value changes between the answers.
TEST_F(UnboundFreshnessTest, NeverJoinsEqualQuestionsUnderWay) {
  int served = 0;
  serve_one([&](const Question& question) {
    return Response(question).answer("a.test", support::kTxt, txt(std::to_string(++served)), kDay).bytes();
  });
  std::vector<Lookup> lookups;
  for (int i = 0; i < 5; ++i) {
    boost::asio::co_spawn(
        io_, resolver().resolve(name("a.test"), kTxt),
        [&](std::exception_ptr, base::Result<Lookup> lookup) { lookups.push_back(*lookup); });
  }
  while (lookups.size() < 5)
    io_.run_one();
  EXPECT_EQ(served, 5);
  std::vector<base::Bytes> seen;
  for (const auto& lookup : lookups)
    seen.push_back(lookup.rdata.at(0));
  EXPECT_THAT(seen, testing::UnorderedElementsAre(txt("1"), txt("2"), txt("3"), txt("4"), txt("5")));
}

TEST_F(UnboundFreshnessTest, NeverSharesATargetBetweenQuestionsUnderWay) {
  int served = 0;
  serve_one([&](const Question& question) {
    Response response(question);
    if (question.name != name("target.test"))
      return response.cname(question.name.text(), "target.test").bytes();
    return response.answer("target.test", support::kTxt, txt(std::to_string(++served)), kDay).bytes();
  });
  size_t ended = 0;
  for (const char* owner : {"a.test", "b.test", "c.test"}) {
    boost::asio::co_spawn(io_, resolver().resolve(name(owner), kTxt),
                          [&](std::exception_ptr, base::Result<Lookup>) { ++ended; });
  }
  while (ended < 3)
    io_.run_one();
  EXPECT_EQ(served, 3);
}

TEST_F(UnboundFreshnessTest, ReusesItsContextsForOtherNames) {
  value_ = "x";
  serve_linked({});
  UnboundLibrary library(io_.get_executor());
  UnboundPool pool(library, unbound_settings(options_).value());
  auto first = pool.take(name("a.test")).value();
  const auto* context = first.context.get();
  first.met.insert(name("a.test"));
  pool.put_back(std::move(first));
  EXPECT_NE(pool.take(name("A.test"))->context.get(), context) << "it has met that name";
  EXPECT_EQ(pool.take(name("b.test"))->context.get(), context);
}

TEST_F(UnboundFreshnessTest, KeepsNoMoreIdleContextsThanItsLimit) {
  UnboundLibrary library(io_.get_executor());
  UnboundPool pool(library, unbound_settings(options_).value());
  std::vector<PooledContext> taken;
  for (size_t i = 0; i < kIdleContextsMax + 2; ++i)
    taken.push_back(pool.take_new().value());
  std::vector<const UnboundContext*> kept;
  for (auto& pooled : taken) {
    kept.push_back(pooled.context.get());
    pooled.met.insert(name("a.test"));
    pool.put_back(std::move(pooled));
  }
  size_t reused = 0;
  for (size_t i = 0; i < kept.size(); ++i) {
    const auto pooled = pool.take(name("b.test")).value();
    reused += !pooled.is_new();
    taken.push_back({});
  }
  EXPECT_EQ(reused, kIdleContextsMax);
}

TEST_F(UnboundFreshnessTest, ReplacesAContextThatIsOldOrHasMetManyNames) {
  UnboundLibrary library(io_.get_executor());
  UnboundPool pool(library, unbound_settings(options_).value());
  auto old = pool.take_new().value();
  old.met.insert(name("a.test"));
  old.born -= kContextAgeMax;
  pool.put_back(std::move(old));
  EXPECT_TRUE(pool.take(name("b.test"))->is_new());
  auto busy = pool.take_new().value();
  for (size_t i = 0; i < kNamesMetMax; ++i)
    busy.met.insert(name("n" + std::to_string(i) + ".test"));
  pool.put_back(std::move(busy));
  EXPECT_TRUE(pool.take(name("b.test"))->is_new());
}

}  // namespace
}  // namespace validator
