#include "validator/net/asio_prober.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>

#include "tests/support/dns_server.h"
#include "tests/support/run_task.h"
#include "validator/resolver.h"

namespace validator {
namespace {

using base::Bytes;
using support::name;
using testing::HasSubstr;
using testing::SizeIs;

class Probing : public testing::Test {
 protected:
  Reply ask(const Query& query, Transport transport = Transport::udp) {
    AsioProber prober(options_);
    return support::run_task(io_, prober.ask(server_.endpoint(), query, transport));
  }
  Reply ask(Transport transport = Transport::udp) {
    return ask({.name = name("a.test"), .type = kTxt}, transport);
  }

  boost::asio::io_context io_;
  AsioProberOptions options_{.timeout = std::chrono::milliseconds(100)};
  support::DnsServer::Answers answers_ = [](const support::Question& question) {
    return std::vector{support::Response(question).answer("a.test", kTxt, support::txt("v")).bytes()};
  };
  support::DnsServer server_{io_, [this](const support::Question& question) { return answers_(question); }};
};

TEST_F(Probing, BringsTheAnswer) {
  const Reply reply = ask();
  ASSERT_TRUE(reply.answered()) << reply.why;
  EXPECT_EQ(reply.transport, Transport::udp);
  EXPECT_THAT(reply.response->answer, SizeIs(1));
  EXPECT_TRUE(reply.kept_case);
  EXPECT_EQ(said(reply), "NOERROR");
}

TEST_F(Probing, AsksAgainOverTcpWhatWasTruncated) {
  answers_ = [](const support::Question& question) {
    support::Response response(question);
    if (!question.tcp) return std::vector{response.truncated().bytes()};
    return std::vector{response.answer("a.test", kTxt, support::txt("long")).bytes()};
  };
  const Reply reply = ask();
  ASSERT_TRUE(reply.answered()) << reply.why;
  EXPECT_EQ(reply.transport, Transport::tcp);
  EXPECT_TRUE(reply.was_truncated);
  EXPECT_THAT(reply.response->answer, SizeIs(1));

  server_.close_tcp();
  const Reply cut = ask();
  EXPECT_FALSE(cut.answered());
  EXPECT_TRUE(cut.was_truncated);
  EXPECT_THAT(cut.why, HasSubstr("over TCP"));
}

TEST_F(Probing, AsksOverTcpAtOnceWhereItIsTold) {
  EXPECT_EQ(ask(Transport::tcp).transport, Transport::tcp);
  ASSERT_THAT(server_.questions(), SizeIs(1));
  EXPECT_TRUE(server_.questions().front().tcp);
}

TEST_F(Probing, GivesUpOnSilenceAfterTwoDatagrams) {
  answers_ = [](const support::Question&) { return std::vector<Bytes>(); };
  const Reply reply = ask();
  EXPECT_EQ(said(reply), "no answer within 100 ms");
  EXPECT_THAT(server_.questions(), SizeIs(2));
  EXPECT_EQ(said(ask(Transport::tcp)), "no answer within 100 ms over TCP");
}

TEST_F(Probing, PassesOverDatagramsOfOtherQueries) {
  answers_ = [](const support::Question& question) {
    const auto id = uint16_t(~(uint8_t(question.query[0]) << 8 | uint8_t(question.query[1])));
    return std::vector{support::Response(question).id(id).bytes(), Bytes("x"),
                       support::Response(question).rcode(kRefused).bytes()};
  };
  EXPECT_EQ(said(ask()), "REFUSED");
}

TEST_F(Probing, TakesNoAnswerToAnotherQuestion) {
  answers_ = [](const support::Question& question) {
    return std::vector{support::Response(question).question(name("b.test")).bytes()};
  };
  EXPECT_EQ(said(ask()), "an answer to another question");
}

TEST_F(Probing, SeesWhoDoesNotEchoTheCase) {
  answers_ = [](const support::Question& question) {
    return std::vector{support::Response(question).question(name("aaaaaaaaaaaaaaaaaaaaaaaa.test")).bytes()};
  };
  const Reply reply = ask({.name = name("aaaaaaaaaaaaaaaaaaaaaaaa.test"), .type = kTxt});
  ASSERT_TRUE(reply.answered()) << reply.why;
  EXPECT_FALSE(reply.kept_case);
}

// A server that compresses against the question repeats its case.
TEST_F(Probing, ShowsNothingOfTheCaseThatItSent) {
  answers_ = [](const support::Question& question) {
    Bytes message = support::Response(question).answer("x.test", kTxt, support::txt("v")).bytes();
    const Bytes owner(support::name("x.test").wire());
    message.replace(message.find(owner), owner.size(), "\xc0\x0c");
    return std::vector{message};
  };
  const auto asked = name("aaaaaaaaaaaaaaaaaaaaaaaa.test");
  const Reply reply = ask({.name = asked, .type = kTxt});
  ASSERT_TRUE(reply.answered()) << reply.why;
  EXPECT_TRUE(reply.kept_case);
  EXPECT_EQ(reply.response->question.wire(), asked.wire());
  EXPECT_EQ(reply.response->answer.at(0).owner.wire(), asked.wire());
}

TEST_F(Probing, SeesOctetsThatAreNoMessage) {
  answers_ = [](const support::Question& question) { return std::vector{question.query.substr(0, 5)}; };
  EXPECT_THAT(said(ask()), HasSubstr("no header"));
  EXPECT_THAT(said(ask(Transport::tcp)), HasSubstr("no header"));
}

TEST_F(Probing, SaysThatNobodyListens) {
  const base::Endpoint nobody = [this] {
    boost::asio::io_context io;
    return support::DnsServer(io, {}).endpoint();
  }();
  AsioProber prober(options_);
  const Query query{.name = name("a.test"), .type = kTxt};
  EXPECT_EQ(said(support::run_task(io_, prober.ask(nobody, query, Transport::udp))), "Connection refused");
  EXPECT_EQ(said(support::run_task(io_, prober.ask(nobody, query, Transport::tcp))),
            "Connection refused over TCP");
}

TEST_F(Probing, LeavesAddressesAloneThatAreNotAllowed) {
  options_.allow_private_addresses = false;
  EXPECT_EQ(said(ask()), "an address that this server does not ask");
  EXPECT_THAT(server_.questions(), SizeIs(0));
  options_.configured.push_back(server_.endpoint());
  EXPECT_EQ(said(ask()), "NOERROR");
}

}  // namespace
}  // namespace validator
