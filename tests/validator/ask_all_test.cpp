#include "validator/net/ask_all.h"

#include <gmock/gmock.h>

#include <set>
#include <stdexcept>
#include <string>

#include "tests/support/run_task.h"
#include "tests/validator/scripted_prober.h"
#include "tests/validator/slow_prober.h"
#include "validator/resolver.h"

namespace validator {
namespace {

using base::Endpoint;
using support::name;
using testing::SizeIs;

Endpoint address(size_t number) { return {"192.0.2." + std::to_string(number), 53}; }

// To 192.0.2.0 and those behind it.
std::vector<Question> questions_to(size_t count) {
  std::vector<Question> questions;
  for (size_t i = 0; i < count; ++i)
    questions.push_back({address(i), {.name = name("a.test"), .type = kTxt}});
  return questions;
}

class AskAll : public testing::Test {
 protected:
  void serve(size_t number) {
    network_.serve(address(number), [number](const support::Question& question) {
      return support::Response(question)
          .answer("a.test", support::kTxt, support::txt("from " + std::to_string(number)))
          .bytes();
    });
  }

  ScriptedProber network_;
  SlowProber prober_{network_};
};

TEST_F(AskAll, DoesNotWaitForTheDeadBeforeItAsksTheNext) {
  serve(2);
  EXPECT_THAT(support::run_task(ask_all(prober_, questions_to(5))), SizeIs(5));
  EXPECT_EQ(prober_.at_once_max(), 5u);
}

TEST_F(AskAll, KeepsEachReplyInThePlaceOfItsQuestion) {
  const std::set<size_t> alive = {1, 3, 10, 11, 19};
  for (const size_t number : alive)
    serve(number);
  const auto replies = support::run_task(ask_all(prober_, questions_to(20)));
  ASSERT_THAT(replies, SizeIs(20));
  for (size_t i = 0; i < replies.size(); ++i) {
    ASSERT_EQ(replies[i].answered(), alive.contains(i)) << i;
    if (replies[i].answered()) {
      EXPECT_EQ(replies[i].response->answer.at(0).rdata, support::txt("from " + std::to_string(i)));
    } else {
      EXPECT_EQ(replies[i].why, "no answer within 2 s");
    }
  }
  EXPECT_THAT(network_.asked(), SizeIs(20));
}

TEST_F(AskAll, HasABoundedNumberOfQuestionsOnTheirWay) {
  support::run_task(ask_all(prober_, questions_to(kAskedAtOnceMax + 1)));
  EXPECT_EQ(prober_.at_once_max(), kAskedAtOnceMax);
}

TEST_F(AskAll, HasNoRepliesToNoQuestions) { EXPECT_THAT(support::run_task(ask_all(prober_, {})), SizeIs(0)); }

// What a prober of ours never does.
class ThrowingProber final : public Prober {
 public:
  base::Task<Reply> ask(Endpoint, Query, Transport) override {
    throw std::runtime_error("broken");
    co_return Reply();
  }
};

TEST_F(AskAll, LosesNoException) {
  ThrowingProber broken;
  EXPECT_THROW(support::run_task(ask_all(broken, questions_to(2))), std::runtime_error);
}

}  // namespace
}  // namespace validator
