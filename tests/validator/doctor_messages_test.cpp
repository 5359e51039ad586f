#include "validator/rpc/messages.h"

#include <gmock/gmock.h>

#include "tests/support/dns_message.h"

namespace validator::rpc {
namespace {

namespace api = assay::v1;
using support::name;
using testing::ElementsAre;
using testing::HasSubstr;

api::ExamineRequest request_for(const std::string& name) {
  api::ExamineRequest request;
  request.set_name(name);
  return request;
}

TEST(ReadExamination, TakesANameAndAWildcard) {
  const auto plain = read_examination(request_for("www.corp.test"));
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->identifier, name("www.corp.test"));
  EXPECT_FALSE(plain->wildcard);
  auto request = request_for("*.corp.test.");
  request.add_issuers("ca.test");
  request.add_resolvers("192.0.2.1:53");
  request.set_read_only(true);
  const auto wildcard = read_examination(request);
  ASSERT_TRUE(wildcard);
  EXPECT_EQ(wildcard->identifier, name("corp.test"));
  EXPECT_TRUE(wildcard->wildcard);
  EXPECT_TRUE(wildcard->read_only);
  EXPECT_THAT(wildcard->issuers, ElementsAre("ca.test"));
  EXPECT_THAT(wildcard->resolvers, ElementsAre(base::Endpoint{"192.0.2.1", 53}));
}

TEST(ReadExamination, RefusesWhatIsNoNameOrNoAddress) {
  for (const char* bad : {"", ".", "*.", "*", "*.*.test", "a..b"}) {
    const auto examination = read_examination(request_for(bad));
    ASSERT_FALSE(examination) << bad;
    EXPECT_THAT(examination.error().detail, HasSubstr("name: ")) << bad;
  }
  auto request = request_for("corp.test");
  request.add_resolvers("resolver.corp.test:53");
  EXPECT_THAT(read_examination(request).error().detail, HasSubstr("resolvers: "));
  request.clear_resolvers();
  for (int i = 0; i < kResolversMax; ++i)
    request.add_resolvers("192.0.2.1:53");
  EXPECT_TRUE(read_examination(request));
  request.add_resolvers("192.0.2.1:53");
  EXPECT_EQ(read_examination(request).error().kind, base::ErrorKind::too_large);
}

TEST(WriteFinding, HasTheRecordsInEveryTongue) {
  const doctor::WantedRecord record{name("a.corp.test"), "CNAME", "b.test."};
  const doctor::Finding finding =
      doctor::failure("parent.pointer", "Nothing.", {{"by CNAME", name("corp.test"), {record}, {record}}});
  api::Finding message;
  write_finding(finding, message);
  EXPECT_EQ(message.grade(), api::Finding::GRADE_FAIL);
  ASSERT_EQ(message.remedies_size(), 1);
  const api::Remedy& remedy = message.remedies(0);
  EXPECT_EQ(remedy.zone(), "corp.test.");
  EXPECT_THAT(remedy.add(), ElementsAre("a.corp.test. 3600 IN CNAME b.test."));
  EXPECT_THAT(remedy.remove(), ElementsAre("a.corp.test. 3600 IN CNAME b.test."));
  EXPECT_THAT(remedy.bind(), HasSubstr("update add"));
  EXPECT_THAT(remedy.knot(), HasSubstr("knotc zone-set"));
  EXPECT_THAT(remedy.windows(), HasSubstr("-CName"));
  EXPECT_THAT(remedy.route53(), HasSubstr("UPSERT"));
}

TEST(ReadExamination, TakesWhoseCredentialAndWhere) {
  auto request = request_for("corp.test");
  request.set_account("https://ca.test/account/1");
  request.set_credential("c1");
  request.set_client("2001:db8::7");
  const auto examination = read_examination(request);
  ASSERT_TRUE(examination);
  EXPECT_EQ(examination->account, "https://ca.test/account/1");
  EXPECT_EQ(examination->credential, "c1");
  EXPECT_EQ(examination->client, base::IpAddress::parse("2001:db8::7").value());
  request.set_client("2001:db8::7/64");
  EXPECT_THAT(read_examination(request).error().detail, HasSubstr("client: "));
}

TEST(Registration, ComesThroughWhole) {
  doctor::Registration registration;
  registration.id = "c1";
  registration.disabled = true;
  registration.expires = base::Time(std::chrono::seconds(1'790'000'000));
  registration.networks = {base::IpNetwork::parse("192.0.2.0/24").value()};
  registration.key_algorithms = {"hmac-md5", "hmac-sha256"};
  registration.refused_algorithms = {"hmac-md5"};
  registration.names = {name("7f3k.acme.test")};
  registration.may_write = true;
  api::Registration message;
  write_registration(registration, message);
  EXPECT_EQ(read_registration(message).value(), registration);
  message.add_networks("192.0.2.0/33");
  EXPECT_FALSE(read_registration(message));
}

TEST(DoorCertificate, ComesThroughWhole) {
  const doctor::ApiCertificate certificate{
      "HTTP", base::Time(std::chrono::seconds(1'790'000'000)), true, {name("assay.corp.test")}};
  api::DoorCertificate message;
  write_certificate(certificate, message);
  EXPECT_EQ(read_certificate(message).value(), certificate);
  message.add_names("a..b");
  EXPECT_FALSE(read_certificate(message));
}

TEST(Caller, ComesThroughWhole) {
  const doctor::Caller caller{"c1", true, base::IpAddress::parse("192.0.2.7").value()};
  api::Caller message;
  write_caller(caller, message);
  EXPECT_EQ(read_caller(message), caller);
  EXPECT_EQ(read_caller({}), doctor::Caller());
}

}  // namespace
}  // namespace validator::rpc
