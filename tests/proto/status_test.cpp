#include "proto/status.h"

#include <gmock/gmock.h>

#include "assay/v1/problem.pb.h"

namespace proto {
namespace {

using base::Error;
using base::ErrorKind;
using testing::HasSubstr;
using testing::Not;

assay::v1::Problem problem_of(const grpc::Status& status) {
  assay::v1::StatusDetails details;
  assay::v1::Problem problem;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), status.error_code());
  EXPECT_EQ(details.details_size(), 1);
  EXPECT_TRUE(details.details(0).UnpackTo(&problem));
  return problem;
}

TEST(Status, CarriesTheProblemWithItsSubproblems) {
  const Error error{
      ErrorKind::compound,
      "not all names could be validated",
      {{ErrorKind::dns, "got NXDOMAIN", "corp.test"}, {ErrorKind::caa, "got none", "*.corp.test"}}};
  const auto status = to_status(error);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), error.detail);
  const auto problem = problem_of(status);
  EXPECT_EQ(problem.type(), "urn:ietf:params:acme:error:compound");
  ASSERT_EQ(problem.subproblems_size(), 2);
  EXPECT_EQ(problem.subproblems(0).type(), "urn:ietf:params:acme:error:dns");
  EXPECT_EQ(problem.subproblems(0).detail(), "got NXDOMAIN");
  EXPECT_EQ(problem.subproblems(1).identifier(), "*.corp.test");
}

TEST(Status, LeavesToItsCodeWhatAcmeHasNoWordFor) {
  for (const ErrorKind kind :
       {ErrorKind::not_found, ErrorKind::conflict, ErrorKind::too_large, ErrorKind::unavailable}) {
    EXPECT_EQ(problem_of(to_status({kind, "x", {}})).type(), "about:blank");
  }
  for (const ErrorKind kind : {ErrorKind::malformed, ErrorKind::rate_limited, ErrorKind::account_not_valid})
    EXPECT_THAT(problem_of(to_status({kind, "x", {}})).type(), HasSubstr("urn:ietf:params:acme:error:"));
}

TEST(Status, KeepsInternalDetailsToItself) {
  const auto status = to_status({ErrorKind::internal, "reading the store: MDB_PANIC", {}});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(status.error_message(), "internal error");
  EXPECT_THAT(status.error_details(), Not(HasSubstr("MDB")));
}

TEST(Status, KeepsInternalDetailsOfSuberrorsToItself) {
  const auto status =
      to_status({ErrorKind::compound, "x", {{ErrorKind::internal, "MDB_PANIC", "corp.test"}}});
  EXPECT_THAT(status.error_details(), Not(HasSubstr("MDB")));
  EXPECT_EQ(problem_of(status).subproblems(0).detail(), "internal error");
  EXPECT_EQ(problem_of(status).subproblems(0).identifier(), "corp.test");
}

}  // namespace
}  // namespace proto
