#include "acmecore/http/problem.h"

#include <gmock/gmock.h>

namespace acmecore::http {
namespace {

using base::Error;
using base::ErrorKind;
using testing::HasSubstr;
using testing::Not;

std::string header(const base::http::Response& response, std::string_view wanted) {
  for (const auto& [name, value] : response.headers) {
    if (name == wanted) return value;
  }
  return "";
}

std::string retry_after(const base::http::Response& response) { return header(response, "Retry-After"); }

TEST(Problem, OfWhatIsOverSoonSaysWhenToTryAgain) {
  for (const ErrorKind kind : {ErrorKind::unavailable, ErrorKind::rate_limited})
    EXPECT_EQ(retry_after(to_problem({kind, "x", {}})), "10");
  EXPECT_EQ(to_problem({ErrorKind::rate_limited, "x", {}}).status, 429u);
  for (const ErrorKind kind : {ErrorKind::malformed, ErrorKind::internal})
    EXPECT_EQ(retry_after(to_problem({kind, "x", {}})), "");
  EXPECT_EQ(retry_after(to_problem({ErrorKind::rate_limited, "x", {}, std::chrono::hours(1)})), "3600");
}

TEST(Problem, Of401SaysHowToAuthenticateAndNoOther) {
  const auto response = to_problem({ErrorKind::account_not_valid, "x", {}});
  EXPECT_EQ(response.status, 401u);
  EXPECT_EQ(header(response, "WWW-Authenticate"), "ACME");
  EXPECT_EQ(header(to_problem({ErrorKind::unauthorized, "x", {}}), "WWW-Authenticate"), "");
}

TEST(Problem, KeepsInternalDetailsToItself) {
  const auto response = to_problem({ErrorKind::internal, "reading the store: MDB_PANIC", {}});
  EXPECT_EQ(response.status, 500u);
  EXPECT_THAT(response.body, HasSubstr("internal error"));
  EXPECT_THAT(response.body, Not(HasSubstr("MDB")));
}

TEST(Problem, KeepsInternalDetailsOfSuberrorsToItself) {
  const Error error{
      ErrorKind::compound,
      "not all names could be validated",
      {{ErrorKind::internal, "MDB_PANIC", "corp.test"}, {ErrorKind::dns, "NXDOMAIN", "a.corp.test"}}};
  for (const std::string& text : {to_problem(error).body, problem_json(error).text()}) {
    EXPECT_THAT(text, Not(HasSubstr("MDB")));
    EXPECT_THAT(
        text,
        HasSubstr("\"detail\":\"internal error\",\"identifier\":{\"type\":\"dns\",\"value\":\"corp.test\"}"));
    EXPECT_THAT(text, HasSubstr("\"detail\":\"NXDOMAIN\""));
  }
}

}  // namespace
}  // namespace acmecore::http
