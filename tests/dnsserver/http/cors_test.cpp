#include "dnsserver/http/cors.h"

#include <gtest/gtest.h>

namespace dnsserver::http {
namespace {

using base::http::Header;
using base::http::Request;

const Cors kPortal({"https://portal.corp.test", "http://localhost:3000"});

Request request(std::string method, std::vector<Header> headers) {
  return {.method = std::move(method),
          .target = "/update",
          .headers = std::move(headers),
          .body = {},
          .peer = {}};
}

Request preflight(std::string origin) {
  return request("OPTIONS", {{"Origin", std::move(origin)}, {"Access-Control-Request-Method", "POST"}});
}

using Headers = std::vector<Header>;

TEST(Cors, TellsThePagesThatMayThatTheyMay) {
  for (const char* origin : {"https://portal.corp.test", "http://localhost:3000"}) {
    EXPECT_EQ(kPortal.headers_for(request("POST", {{"Origin", origin}})),
              (Headers{{"Access-Control-Allow-Origin", origin}, {"Vary", "Origin"}}));
    const auto answer = kPortal.answer_preflight(preflight(origin));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 204u);
    EXPECT_EQ(answer->headers,
              (Headers{{"Access-Control-Allow-Origin", origin},
                       {"Vary", "Origin"},
                       {"Access-Control-Allow-Methods", "DELETE, GET, POST"},
                       {"Access-Control-Allow-Headers", "Authorization, Content-Type, X-Api-Key, X-Api-User"},
                       {"Access-Control-Max-Age", "600"}}));
  }
}

TEST(Cors, TellsOtherPagesNothing) {
  for (const char* origin :
       {"https://evil.test", "http://portal.corp.test", "https://portal.corp.test:8443", "https://corp.test",
        "https://portal.corp.test.evil.test", "https://evil.test/https://portal.corp.test",
        "https://PORTAL.corp.test", "https://portal.corp.test/", "null", "*", ""}) {
    EXPECT_FALSE(kPortal.answer_preflight(preflight(origin))) << origin;
    EXPECT_EQ(kPortal.headers_for(request("POST", {{"Origin", origin}})), (Headers{{"Vary", "Origin"}}))
        << origin;
  }
  const Headers two = {{"Origin", "https://portal.corp.test"}, {"Origin", "https://evil.test"}};
  EXPECT_EQ(kPortal.headers_for(request("POST", two)), (Headers{{"Vary", "Origin"}}));
  EXPECT_EQ(kPortal.headers_for(request("POST", {})), (Headers{{"Vary", "Origin"}})) << "no page asks";
}

TEST(Cors, TakesForAPreflightWhatIsOneAlone) {
  EXPECT_FALSE(kPortal.answer_preflight(request("OPTIONS", {{"Origin", "https://portal.corp.test"}})));
  EXPECT_FALSE(kPortal.answer_preflight(request("OPTIONS", {{"Access-Control-Request-Method", "POST"}})));
  Request post = preflight("https://portal.corp.test");
  post.method = "POST";
  EXPECT_FALSE(kPortal.answer_preflight(post));
}

TEST(Cors, MayBeForEveryPage) {
  const Cors everybody({"*"});
  EXPECT_EQ(everybody.headers_for(request("POST", {{"Origin", "https://evil.test"}})),
            (Headers{{"Access-Control-Allow-Origin", "*"}}));
  EXPECT_TRUE(everybody.answer_preflight(preflight("null")));
}

TEST(Cors, IsForNoPageUnlessItIsSet) {
  const Cors nobody({});
  EXPECT_EQ(nobody.headers_for(request("POST", {{"Origin", "https://portal.corp.test"}})), Headers());
  EXPECT_FALSE(nobody.answer_preflight(preflight("https://portal.corp.test")));
}

}  // namespace
}  // namespace dnsserver::http
