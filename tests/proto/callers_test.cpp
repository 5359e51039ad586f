#include "proto/callers.h"

#include <gtest/gtest.h>

#include "base/openssl.h"

namespace proto {
namespace {

const Callers kCallers({{.name = "robot",
                         .token_sha256 = base::sha256("s3cret"),
                         .certificate_name = "",
                         .permissions = {Permission::challenges}},
                        {.name = "admin",
                         .token_sha256 = "",
                         .certificate_name = "admin.corp.test",
                         .permissions = {Permission::zones, Permission::challenges,
                                         Permission::certificates}}});

grpc::StatusCode refusal(const Presented& presented, Permission permission) {
  const auto caller = kCallers.authorize(presented, permission);
  return caller ? grpc::StatusCode::OK : caller.error().error_code();
}

TEST(Callers, AreKnownByTheirToken) {
  EXPECT_EQ(kCallers.authorize({.token = "s3cret", .certificate_names = {}}, Permission::challenges),
            "robot");
  EXPECT_EQ(refusal({.token = "s3cre", .certificate_names = {}}, Permission::challenges),
            grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(refusal({.token = base::sha256("s3cret"), .certificate_names = {}}, Permission::challenges),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Callers, AreKnownByANameOfTheirCertificate) {
  const Presented presented{.token = "", .certificate_names = {"other", "admin.corp.test"}};
  EXPECT_EQ(kCallers.authorize(presented, Permission::zones), "admin");
  EXPECT_EQ(refusal({.token = "", .certificate_names = {"ADMIN.corp.test.evil"}}, Permission::zones),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Callers, WhoBringNothingAreNobody) {
  EXPECT_EQ(refusal({}, Permission::challenges), grpc::StatusCode::UNAUTHENTICATED);
  // An empty certificate name must not match the credential that has none.
  EXPECT_EQ(refusal({.token = "", .certificate_names = {""}}, Permission::challenges),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Callers, AreRefusedByAWrongTokenEvenWithAGoodCertificate) {
  EXPECT_EQ(refusal({.token = "wrong", .certificate_names = {"admin.corp.test"}}, Permission::zones),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST(Callers, MayDoOnlyWhatTheirCredentialPermits) {
  EXPECT_EQ(refusal({.token = "s3cret", .certificate_names = {}}, Permission::zones),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST(Callers, NeedOneOfSeveralPermissionsAndHearOfAll) {
  const Presented robot{.token = "s3cret", .certificate_names = {}};
  EXPECT_EQ(kCallers.authorize(robot, {Permission::zones, Permission::challenges}), "robot");
  EXPECT_EQ(kCallers.authorize(robot, {Permission::challenges, Permission::zones}), "robot");
  const auto refused = kCallers.authorize(robot, {Permission::zones, Permission::approval});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(refused.error().error_message(),
            "credential \"robot\" lacks the permission \"zones\" or \"approval\"");
  EXPECT_EQ(kCallers.authorize({}, {Permission::zones, Permission::approval}).error().error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace proto
