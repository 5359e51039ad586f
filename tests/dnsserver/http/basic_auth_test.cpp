#include "dnsserver/http/basic_auth.h"

#include <gtest/gtest.h>

namespace dnsserver::http {
namespace {

std::string read(const std::string& field) {
  base::http::Request request;
  request.headers.push_back({"authorization", field});
  const auto given = basic_auth(request);
  return given ? given->user + " " + given->password : "nothing";
}

TEST(BasicAuth, IsUserAndPassword) {
  EXPECT_EQ(read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Aladdin open sesame");
  EXPECT_EQ(read("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), "Aladdin open sesame");
  EXPECT_EQ(read("Basic dTo6"), "u :") << "a password may have colons";
  EXPECT_EQ(read("Basic Og=="), " ");
}

// Certify the Web writes it so.
TEST(BasicAuth, MayBeBase64urlWithoutPadding) {
  EXPECT_EQ(read("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ"), "Aladdin open sesame");
  EXPECT_EQ(read("Basic dTo_Pz8-"), read("Basic dTo/Pz8+"));
  EXPECT_EQ(read("Basic dTo_Pz8-"), "u ?\?\?>");
}

TEST(BasicAuth, IsNothingElse) {
  for (const char* field :
       {"", "Basic", "Basic ", "Basic QWxhZGRpbg==", "Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        "Basic QWxh ZGRpbjpv", "Basic !!!!", "Basic Q"})
    EXPECT_EQ(read(field), "nothing") << field;
  EXPECT_FALSE(basic_auth({}));
  base::http::Request twice;
  twice.headers = {{"Authorization", "Basic Og=="}, {"Authorization", "Basic Og=="}};
  EXPECT_FALSE(basic_auth(twice));
}

}  // namespace
}  // namespace dnsserver::http
