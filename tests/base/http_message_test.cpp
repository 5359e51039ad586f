#include "base/http/message.h"

#include <gtest/gtest.h>

#include "base/http/response_text.h"

namespace base::http {
namespace {

Time sunday() { return parse_rfc3339("1994-11-06T08:49:37.9Z").value(); }

TEST(Request, FindsAFieldWithoutRegardToCase) {
  Request request;
  request.headers = {{"Content-Type", "application/jose+json"}, {"Accept", "*/*"}};
  EXPECT_EQ(request.header("content-type"), "application/jose+json");
  EXPECT_EQ(request.header("Content-Typ"), std::nullopt);
}

TEST(Request, AFieldThatStandsTwiceHasNoValue) {
  Request request;
  request.headers = {{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(request.header("Content-Type"), std::nullopt);
}

TEST(ResponseText, HasDateAndLength) {
  const Response response{200, {{"Content-Type", "text/plain"}}, "hello"};
  EXPECT_EQ(response_text(response, sunday(), {}),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
            "Content-Length: 5\r\n\r\nhello");
}

TEST(ResponseText, ToHeadHasTheLengthWithoutTheBody) {
  const std::string text = response_text({200, {}, "hello"}, sunday(), {.omits_body = true});
  EXPECT_TRUE(text.ends_with("Content-Length: 5\r\n\r\n"));
}

TEST(ResponseText, OfASharedBodyIsTheHeadAlone) {
  Response response{200, {}, ""};
  response.shared_body = std::make_shared<const std::string>("hello");
  for (const bool omits_body : {false, true}) {
    const std::string text = response_text(response, sunday(), {.omits_body = omits_body});
    EXPECT_TRUE(text.ends_with("Content-Length: 5\r\n\r\n"));
  }
}

TEST(ResponseText, OfNoContentHasNoLength) {
  const std::string text = response_text({204, {}, ""}, sunday(), {});
  EXPECT_TRUE(text.starts_with("HTTP/1.1 204 No Content\r\n"));
  EXPECT_EQ(text.find("Content-Length"), std::string::npos);
}

TEST(ResponseText, SaysThatTheConnectionEnds) {
  EXPECT_NE(response_text({}, sunday(), {.closes = true}).find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(response_text({}, sunday(), {}).find("Connection"), std::string::npos);
}

TEST(ResponseTextDeathTest, AHeaderThatWouldBreakOutIsABug) {
  const Response response{200, {{"Location", "/x\r\nSet-Cookie: y"}}, ""};
  EXPECT_DEATH(response_text(response, sunday(), {}), "breaks_out");
}

TEST(PlainProblem, IsAProblemDocument) {
  const Response response = plain_problem(404, "no \"x\" here");
  EXPECT_EQ(response.status, 404u);
  EXPECT_EQ(response.headers, (std::vector<Header>{{"Content-Type", "application/problem+json"}}));
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Not Found","status":404,"detail":"no \"x\" here"})");
}

}  // namespace
}  // namespace base::http
