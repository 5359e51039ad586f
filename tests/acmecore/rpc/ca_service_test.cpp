#include "acmecore/rpc/ca_service.h"

#include <gmock/gmock.h>

#include "acmecore/audit_log.h"
#include "storage/memory_store.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/acmecore/rpc/served.h"

namespace acmecore::rpc {
namespace {

namespace api = assay::v1;
using base::ErrorKind;
using grpc::StatusCode;
using testing::ElementsAre;

class CaServiceTest : public testing::Test {
 protected:
  using Stub = api::CaService::Stub;

  // An issuer with a certificate in each of these roles.
  IssuerSet in(const std::vector<GenerationRole>& roles) {
    NamedIssuer named{std::string(kDefaultIssuer), {}};
    for (size_t i = 0; i < roles.size(); ++i)
      named.generations.push_back(generation_of(cas_[i], roles[i], is_away_, kNow));
    std::vector<NamedIssuer> all;
    all.push_back(std::move(named));
    return IssuerSet(std::move(all));
  }

  grpc::Status list(const std::string& by = "admin") {
    return served_.call(&Stub::ListIssuers, api::ListIssuersRequest(), listed_, by);
  }
  grpc::Status rotate(const std::string& name, const std::string& by = "admin") {
    api::RotateIssuerRequest request;
    request.set_name(name);
    return served_.call(&Stub::RotateIssuer, request, rotated_, by);
  }
  static std::vector<std::string> roles(const api::Issuer& issuer) {
    std::vector<std::string> roles;
    for (const auto& certificate : issuer.certificates())
      roles.push_back(certificate.role());
    return roles;
  }

  const bool is_away_ = false;
  bool is_being_changed_ = false;
  const std::vector<CaMaterial> cas_{make_development_ca(kNow).value(), make_development_ca(kNow).value()};
  Issuers issuers_{in({GenerationRole::current, GenerationRole::next})};
  // As a keeper does it.
  const CaService::Rotate rotate_ = [this](const std::string& name) -> base::Result<void> {
    if (is_being_changed_) return base::fail(ErrorKind::conflict, "the CA directory is being changed");
    if (name != kDefaultIssuer) return base::fail(ErrorKind::not_found, "there is no such issuer");
    if (issuers_.now()->all()[0].generations[0].role == GenerationRole::retired)
      return base::fail(ErrorKind::unavailable, "there is no next certificate to rotate to");
    issuers_.replace(in({GenerationRole::retired, GenerationRole::current}));
    return {};
  };
  api::ListIssuersResponse listed_;
  api::RotateIssuerResponse rotated_;

  boost::asio::io_context io_;
  storage::MemoryStore store_;
  base::ManualClock clock_{kNow};
  proto::Callers callers_{{credential("admin", {proto::Permission::administration}),
                           credential("other", {proto::Permission::certificates})}};
  CaService service_{issuers_, rotate_, store_, clock_, callers_, io_.get_executor()};
  Served served_{io_, {&service_}};
};

TEST_F(CaServiceTest, IsForThosePermittedToAdminister) {
  for (const auto& [by, code] : {std::pair("other", StatusCode::PERMISSION_DENIED),
                                 std::pair("stranger", StatusCode::UNAUTHENTICATED)}) {
    EXPECT_EQ(list(by).error_code(), code);
    EXPECT_EQ(rotate("default", by).error_code(), code);
  }
  EXPECT_EQ(issuers_.now()->all()[0].generations[0].role, GenerationRole::current);
}

TEST_F(CaServiceTest, ListsEachCertificateOfAnIssuer) {
  ASSERT_TRUE(list().ok());
  ASSERT_EQ(listed_.issuers_size(), 1);
  EXPECT_EQ(listed_.issuers(0).name(), "default");
  EXPECT_THAT(roles(listed_.issuers(0)), ElementsAre("current", "next"));
  const auto issuers = issuers_.now();
  const Issuer& current = issuers->current("default");
  const api::IssuingCertificate& told = listed_.issuers(0).certificates(0);
  EXPECT_EQ(told.id(), current.id());
  EXPECT_EQ(told.ca(), current.ca());
  EXPECT_EQ(told.certificate_der(), current.certificate().der);
  EXPECT_EQ(told.key_type(), "P-256");
}

TEST_F(CaServiceTest, ARotationIsInTheAuditLogWithWhoAskedForIt) {
  const std::string before = issuers_.now()->current("default").id();
  ASSERT_TRUE(rotate("default").ok());
  EXPECT_THAT(roles(rotated_.issuer()), ElementsAre("retired", "current"));
  AuditLog log(store_);
  const AuditPage page = served_.run(log.page({}, 0, 10)).value();
  ASSERT_EQ(page.found.size(), 1u);
  const AuditEvent& told = page.found[0].event;
  EXPECT_EQ(told.kind, audit_kind::kIssuerRotated);
  EXPECT_EQ(told.actor.credential, "admin");
  EXPECT_EQ(told.detail("issuer"), "default");
  EXPECT_EQ(told.detail("issuer_sha256_before"), before);
  EXPECT_EQ(told.detail("issuer_sha256"), issuers_.now()->current("default").id());
}

TEST_F(CaServiceTest, ARotationThatCannotBeRecordedIsAnsweredAsWhatItIs) {
  store_.set_full(true);
  ASSERT_TRUE(rotate("default").ok());
  EXPECT_THAT(roles(rotated_.issuer()), ElementsAre("retired", "current"));
  AuditLog log(store_);
  EXPECT_TRUE(served_.run(log.page({}, 0, 10)).value().found.empty());
}

TEST_F(CaServiceTest, ARotationThatIsRefusedChangesNothingAndIsNoEvent) {
  is_being_changed_ = true;
  EXPECT_EQ(rotate("default").error_code(), StatusCode::ABORTED);
  is_being_changed_ = false;
  EXPECT_EQ(rotate("other").error_code(), StatusCode::NOT_FOUND);
  ASSERT_TRUE(rotate("default").ok());
  EXPECT_EQ(rotate("default").error_code(), StatusCode::UNAVAILABLE);
  AuditLog log(store_);
  EXPECT_EQ(served_.run(log.page({}, 0, 10)).value().found.size(), 1u);
}

}  // namespace
}  // namespace acmecore::rpc
