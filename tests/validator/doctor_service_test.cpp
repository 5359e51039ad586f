#include "validator/rpc/doctor_service.h"

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

}  // namespace
}  // namespace validator::rpc
