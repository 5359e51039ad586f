#include "acmecore/rpc/inventory_service.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <set>

#include "acmecore/pem.h"
#include "base/hexadecimal.h"
#include "base/openssl.h"
#include "storage/memory_store.h"
#include "tests/acmecore/inventory_fixture.h"
#include "tests/acmecore/rpc/served.h"

namespace acmecore::rpc {
namespace {

namespace api = assay::v1;
using grpc::StatusCode;
using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::Time kNow{std::chrono::seconds(1'800'000'000)};
const std::string kCa = "0123456789abcdef";

// The service as callers see it.
class InventoryServiceTest : public testing::Test {
 protected:
  using Stub = api::InventoryService::Stub;

  IssuedCertificate record(const InventoryDraft& draft) {
    Changes changes;
    IssuedCertificate made = add_certificate(draft, kNow, changes);
    EXPECT_TRUE(served_.run(records_.commit(std::move(changes))));
    return made;
  }
  StatusCode list(const api::ListCertificatesRequest& request, const std::string& by = "admin") {
    page_.Clear();
    return served_.call(&Stub::ListCertificates, request, page_, by).error_code();
  }
  std::vector<std::string> listed(const api::ListCertificatesRequest& request) {
    EXPECT_EQ(list(request), StatusCode::OK);
    std::vector<std::string> serials;
    for (const auto& certificate : page_.certificates())
      serials.push_back(certificate.serial());
    return serials;
  }
  StatusCode get(const std::string& serial, const std::string& by = "admin") {
    api::GetCertificateRequest request;
    request.set_serial(serial);
    api::GetCertificateResponse response;
    const auto status = served_.call(&Stub::GetCertificate, request, response, by);
    shown_ = response.certificate();
    return status.error_code();
  }

  base::ManualClock clock_{kNow};
  storage::MemoryStore store_;
  Records records_{store_};
  Inventory inventory_{records_, clock_, [](const IssuedCertificate&) { return kCa; }};
  proto::Callers callers_{
      {credential("admin", {proto::Permission::administration}),
       credential("other",
                  {proto::Permission::credentials, proto::Permission::external_accounts,
                   proto::Permission::certificates, proto::Permission::zones, proto::Permission::audit,
                   proto::Permission::challenges, proto::Permission::approval})}};
  boost::asio::io_context io_;
  InventoryService service_{inventory_, callers_, io_.get_executor()};
  api::ListCertificatesResponse page_;
  api::Certificate shown_;
  Served served_{io_, {&service_}};
};

TEST_F(InventoryServiceTest, ShowsAllThatIsKnown) {
  InventoryDraft draft{.names = {"corp.test", "*.corp.test"}, .account = "a1", .profile = "web", .ca = kCa};
  draft.revocation = Revocation{kNow + std::chrono::hours(1), RevocationReason::superseded};
  Stored<IssuedCertificate> stored = served_.run(records_.certificate(record(draft).serial)).value();
  stored->authorizations = {"authorization-1"};
  stored->publicly_trusted = stored->auto_renewed = true;
  stored->replaced_by = "order-2";
  Changes changes;
  changes.update(stored);
  EXPECT_TRUE(served_.run(records_.commit(std::move(changes))));

  ASSERT_EQ(get(text_of(stored->serial)), StatusCode::OK);
  EXPECT_EQ(shown_.serial(), text_of(stored->serial));
  EXPECT_EQ(shown_.status(), "revoked");
  EXPECT_THAT(shown_.names(), ElementsAre("*.corp.test", "corp.test"));
  EXPECT_EQ(shown_.account(), "a1");
  EXPECT_EQ(shown_.order(), "order-of-a1");
  EXPECT_EQ(shown_.profile(), "web");
  EXPECT_EQ(shown_.issuer(), kCa);
  EXPECT_EQ(shown_.key_type(), "P-256");
  const Certificate certificate = parse_certificate(stored->der).value();
  EXPECT_EQ(shown_.key_sha256(), base::hexadecimal(base::sha256(certificate.spki_der)));
  EXPECT_EQ(shown_.not_before().seconds(), 1'800'000'000 - 3600);
  EXPECT_EQ(shown_.not_after().seconds(), 1'800'000'000 - 3600 + 90 * 86400 - 1);
  EXPECT_EQ(shown_.issue_time().seconds(), 1'800'000'000);
  EXPECT_EQ(shown_.revoke_time().seconds(), 1'800'000'000 + 3600);
  EXPECT_EQ(shown_.reason(), "superseded");
  const auto& details = shown_.details();
  EXPECT_THAT(details.authorizations(), ElementsAre("authorization-1"));
  EXPECT_TRUE(details.publicly_trusted());
  EXPECT_TRUE(details.auto_renewed());
  EXPECT_EQ(details.replaced_by(), "order-2");
  EXPECT_EQ(details.crl_shard(), 3u);
  EXPECT_EQ(details.renew_until().seconds(), 1'800'000'000 + 3600);  // it is revoked
  EXPECT_EQ(details.remove_time().seconds(), shown_.not_after().seconds() + 731 * 86400);
  EXPECT_EQ(details.pem(), pem_block(kPemCertificate, stored->der));
}

TEST_F(InventoryServiceTest, SaysNothingOfWhatThereIsNot) {
  const IssuedCertificate own = record({.names = {"localhost"}, .account = ""});
  ASSERT_EQ(get(text_of(own.serial)), StatusCode::OK);
  EXPECT_EQ(shown_.status(), "valid");
  EXPECT_EQ(shown_.account(), "");
  EXPECT_FALSE(shown_.has_revoke_time());
  EXPECT_FALSE(shown_.details().has_crl_shard());
  EXPECT_FALSE(shown_.details().has_renew_from());
  EXPECT_EQ(listed({}), std::vector<std::string>{text_of(own.serial)});
  EXPECT_FALSE(page_.certificates(0).has_details());
}

TEST_F(InventoryServiceTest, ListsWhatFits) {
  const base::PkeyHandle key = make_p256();
  const std::string one =
      text_of(record({.names = {"a.corp.test"}, .account = "a1", .profile = "web", .life = days(10)}).serial);
  const std::string two =
      text_of(record({.names = {"corp.test"}, .account = "a2", .life = days(20), .key = key.get()}).serial);
  api::ListCertificatesRequest request;
  EXPECT_THAT(listed(request), ElementsAre(one, two));
  request.set_name("CORP.test");
  EXPECT_THAT(listed(request), ElementsAre(two));
  request.Clear();
  request.set_domain("Corp.test");
  EXPECT_THAT(listed(request), ElementsAre(two, one));
  request.set_account("a1");
  EXPECT_THAT(listed(request), ElementsAre(one));
  request.Clear();
  request.set_key_sha256(base::hexadecimal(base::sha256(spki_of(key.get()))));
  EXPECT_THAT(listed(request), ElementsAre(two));
  request.Clear();
  request.set_profile("web");
  request.set_issuer(kCa);
  EXPECT_THAT(listed(request), ElementsAre(one));
  request.set_issuer("0000000000000000");
  EXPECT_THAT(listed(request), IsEmpty());
  request.Clear();
  request.set_status("valid");
  request.mutable_ends_from()->set_seconds(1'800'000'000 + 15 * 86400);
  EXPECT_THAT(listed(request), ElementsAre(two));
  request.mutable_ends_before()->set_seconds(1'800'000'000 + 16 * 86400);
  EXPECT_THAT(listed(request), IsEmpty());
}

TEST_F(InventoryServiceTest, ListsPageByPage) {
  std::vector<std::string> made, found;
  for (int i = 0; i < 5; ++i)
    made.push_back(text_of(record({}).serial));
  api::ListCertificatesRequest request;
  request.set_name("corp.test");
  request.set_page_size(2);
  do {
    for (const std::string& serial : listed(request))
      found.push_back(serial);
    EXPECT_LE(page_.certificates_size(), 2);
    request.set_page_token(page_.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(found, made);
}

// A page of many names ends early, well below what gRPC's clients take.
TEST_F(InventoryServiceTest, APageIsNotTooLarge) {
  InventoryDraft draft{.names = {}};
  for (int i = 0; i < 100; ++i)
    draft.names.push_back(std::string(63, 'a') + "." + std::string(60, 'b') + ".n" + std::to_string(i) +
                          ".corp.test");
  Changes changes;
  const IssuedCertificate first = add_certificate(draft, kNow, changes);
  for (int i = 0; i < 99; ++i)
    add_certificate(draft, kNow, changes, first.der);
  EXPECT_TRUE(served_.run(records_.commit(std::move(changes))));
  api::ListCertificatesRequest request;
  std::set<std::string> found;
  int pages = 0;
  do {
    ++pages;
    for (const std::string& serial : listed(request))
      EXPECT_TRUE(found.insert(serial).second);
    EXPECT_LT(page_.ByteSizeLong(), 2u * 1024 * 1024);
    request.set_page_token(page_.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(found.size(), 100u);
  EXPECT_GT(pages, 1);
}

TEST_F(InventoryServiceTest, RefusesWhatIsNoSuchThing) {
  const auto refused = [&](const std::function<void(api::ListCertificatesRequest&)>& change) {
    api::ListCertificatesRequest request;
    change(request);
    return list(request);
  };
  EXPECT_EQ(refused([](auto& request) { request.set_status("Valid"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_status("good"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_name("corp..test"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_domain("192.0.2.1"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_issuer("ca"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_key_sha256("00"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_key_sha256(std::string(64, 'g')); }),
            StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.mutable_ends_from()->set_seconds(-1'000'000'000'000); }),
            StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_page_size(-1); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_page_token("z"); }), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused([](auto& request) { request.set_page_token("e" + std::string(600, 'A')); }),
            StatusCode::INVALID_ARGUMENT);
  for (const std::string bad : {"", "0", "xx", "00", "80", "0x01"})
    EXPECT_EQ(get(bad), StatusCode::INVALID_ARGUMENT) << bad;
  EXPECT_EQ(get(text_of(new_serial())), StatusCode::NOT_FOUND);
}

TEST_F(InventoryServiceTest, IsForAdministrators) {
  const std::string serial = text_of(record({}).serial);
  EXPECT_EQ(list({}, "other"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(list({}, "nobody"), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(get(serial, "other"), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(get(serial, "nobody"), StatusCode::UNAUTHENTICATED);
}

}  // namespace
}  // namespace acmecore::rpc
