#include <gmock/gmock.h>

#include "assay/v1/problem.pb.h"
#include "dnsserver/node.h"
#include "tests/dnsserver/rpc_fixture.h"

namespace dnsserver::rpc {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
namespace api = assay::v1;

class RpcZones : public RpcTest {
 protected:
  grpc::Status create(const api::Zone& zone, const std::string& token = "admin") {
    api::CreateZoneRequest request;
    *request.mutable_zone() = zone;
    api::CreateZoneResponse response;
    const grpc::Status status = call(*zones_, &Zones::CreateZone, token, request, response);
    created_ = response.zone();
    return status;
  }

  grpc::Status put(const std::string& name, const std::string& type, const std::vector<std::string>& rdata) {
    api::PutRRsetRequest request;
    request.mutable_rrset()->set_name(name);
    request.mutable_rrset()->set_type(type);
    for (const std::string& text : rdata)
      request.mutable_rrset()->add_rdata(text);
    return call(*zones_, &Zones::PutRRset, "admin", request, put_);
  }

  grpc::Status remove(const std::string& name, const std::string& type) {
    api::DeleteRRsetRequest request;
    request.set_name(name);
    request.set_type(type);
    api::DeleteRRsetResponse response;
    return call(*zones_, &Zones::DeleteRRset, "admin", request, response);
  }

  // "name type rdata …" of all pages.
  std::vector<std::string> list(const std::string& apex, int32_t page_size) {
    std::vector<std::string> lines;
    api::ListRRsetsRequest request;
    request.set_apex(apex);
    request.set_page_size(page_size);
    do {
      api::ListRRsetsResponse page;
      EXPECT_TRUE(call(*zones_, &Zones::ListRRsets, "admin", request, page).ok());
      for (const auto& rrset : page.rrsets()) {
        lines.push_back(rrset.name() + " " + std::to_string(rrset.ttl().seconds()) + " " + rrset.type());
        for (const std::string& rdata : rrset.rdata())
          lines.back() += " " + rdata;
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return lines;
  }

  static api::Zone zone(const std::string& apex) {
    api::Zone zone;
    zone.set_apex(apex);
    zone.add_name_servers("ns1.ns.test");
    return zone;
  }

  api::Zone created_;
  api::PutRRsetResponse put_;
};

TEST_F(RpcZones, AreMadeWithWhatTheRequestLeavesOpen) {
  ASSERT_TRUE(create(zone("Corp.test")).ok());
  EXPECT_EQ(created_.apex(), "Corp.test.");
  EXPECT_THAT(created_.name_servers(), ElementsAre("ns1.ns.test."));
  EXPECT_EQ(created_.contact(), "hostmaster.Corp.test.");
  EXPECT_EQ(created_.negative_ttl().seconds(), 5);
  EXPECT_EQ(created_.serial(), 1'790'000'000u);
}

TEST_F(RpcZones, AreMadeAsTheRequestSays) {
  api::Zone whole = zone("corp.test");
  whole.add_name_servers("ns2.ns.test.");
  whole.set_contact(R"(dns\.team.ns.test)");
  whole.mutable_negative_ttl()->set_seconds(30);
  whole.set_serial(7);
  ASSERT_TRUE(create(whole).ok());
  EXPECT_THAT(created_.name_servers(), ElementsAre("ns1.ns.test.", "ns2.ns.test."));
  EXPECT_EQ(created_.contact(), R"(dns\.team.ns.test.)");
  EXPECT_EQ(created_.negative_ttl().seconds(), 30);
  EXPECT_NE(created_.serial(), 7u) << "set by the server";
}

TEST_F(RpcZones, ExistOnceAndAreDeletedOnce) {
  ASSERT_TRUE(create(zone("corp.test")).ok());
  EXPECT_EQ(create(zone("CORP.test")).error_code(), StatusCode::ALREADY_EXISTS);
  api::DeleteZoneRequest request;
  request.set_apex("corp.test.");
  api::DeleteZoneResponse response;
  EXPECT_TRUE(call(*zones_, &Zones::DeleteZone, "admin", request, response).ok());
  const grpc::Status again = call(*zones_, &Zones::DeleteZone, "admin", request, response);
  EXPECT_EQ(again.error_code(), StatusCode::NOT_FOUND);
  EXPECT_THAT(again.error_message(), HasSubstr("corp.test."));
}

TEST_F(RpcZones, AreOfThoseWhoMay) {
  EXPECT_EQ(create(zone("corp.test"), "").error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(create(zone("corp.test"), "mallory").error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(create(zone("corp.test"), "alice").error_code(), StatusCode::PERMISSION_DENIED);
  create_zone("corp.test");
  api::ListZonesResponse zones;
  EXPECT_EQ(call(*zones_, &Zones::ListZones, "alice", api::ListZonesRequest(), zones).error_code(),
            StatusCode::PERMISSION_DENIED);
  api::DeleteZoneRequest remove;
  remove.set_apex("corp.test");
  api::DeleteZoneResponse removed;
  EXPECT_EQ(call(*zones_, &Zones::DeleteZone, "alice", remove, removed).error_code(),
            StatusCode::PERMISSION_DENIED);
  api::PutRRsetResponse put;
  EXPECT_EQ(call(*zones_, &Zones::PutRRset, "alice", api::PutRRsetRequest(), put).error_code(),
            StatusCode::PERMISSION_DENIED);
  api::DeleteRRsetResponse deleted;
  EXPECT_EQ(call(*zones_, &Zones::DeleteRRset, "alice", api::DeleteRRsetRequest(), deleted).error_code(),
            StatusCode::PERMISSION_DENIED);
  api::ListRRsetsResponse rrsets;
  EXPECT_EQ(call(*zones_, &Zones::ListRRsets, "alice", api::ListRRsetsRequest(), rrsets).error_code(),
            StatusCode::PERMISSION_DENIED);
}

TEST_F(RpcZones, AreRefusedWithTheNameOfTheField) {
  const auto refusal = [&](const api::Zone& zone) {
    const grpc::Status status = create(zone);
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_THAT(refusal(api::Zone()), HasSubstr("apex: "));
  EXPECT_THAT(refusal(zone("corp..test")), HasSubstr("apex: "));
  api::Zone bad = zone("corp.test");
  bad.set_name_servers(0, "");
  EXPECT_THAT(refusal(bad), HasSubstr("name_servers: "));
  bad = zone("corp.test");
  bad.clear_name_servers();
  EXPECT_THAT(refusal(bad), HasSubstr("name_servers: "));
  bad = zone("corp.test");
  bad.set_contact("a@b..c");
  EXPECT_THAT(refusal(bad), HasSubstr("contact: "));
  for (const auto& [seconds, nanos] :
       {std::pair<int64_t, int32_t>{-1, 0}, {1, 1}, {0, -1}, {int64_t{1} << 40, 0}}) {
    bad = zone("corp.test");
    bad.mutable_negative_ttl()->set_seconds(seconds);
    bad.mutable_negative_ttl()->set_nanos(nanos);
    EXPECT_THAT(refusal(bad), HasSubstr("negative_ttl: "));
  }
}

TEST_F(RpcZones, AreListedPageByPage) {
  for (int i = 0; i < 5; ++i)
    create_zone("z" + std::to_string(i) + ".test");
  api::ListZonesRequest request;
  request.set_page_size(2);
  std::vector<std::string> apexes;
  do {
    api::ListZonesResponse page;
    ASSERT_TRUE(call(*zones_, &Zones::ListZones, "admin", request, page).ok());
    EXPECT_LE(page.zones_size(), 2);
    for (const auto& zone : page.zones())
      apexes.push_back(zone.apex());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(apexes, ElementsAre("z0.test.", "z1.test.", "z2.test.", "z3.test.", "z4.test."));
}

TEST_F(RpcZones, HaveStaticRRsetsInPresentationForm) {
  create_zone("corp.test");
  ASSERT_TRUE(put("www.corp.test", "A", {"192.0.2.1", "192.0.2.1", "192.0.2.2"}).ok());
  EXPECT_EQ(put_.rrset().name(), "www.corp.test.");
  EXPECT_EQ(put_.rrset().ttl().seconds(), 60);
  EXPECT_THAT(put_.rrset().rdata(), ElementsAre("192.0.2.1", "192.0.2.2"));
  EXPECT_EQ(put_.zone_serial(), 1'790'000'001u);
  ASSERT_TRUE(put("corp.test", "type257", {R"(0 issue "ca.test")"}).ok());
  EXPECT_EQ(put_.rrset().type(), "CAA");
  ASSERT_TRUE(put("x.corp.test", "TYPE65280", {R"(\# 2 beef)"}).ok());
  for (const int32_t page_size : {0, 1, 2, 5000}) {
    EXPECT_THAT(
        list("corp.test", page_size),
        ElementsAre("corp.test. 60 NS ns1.ns.test.", R"(corp.test. 60 CAA 0 issue "ca.test")",
                    R"(x.corp.test. 60 TYPE65280 \# 2 beef)", "www.corp.test. 60 A 192.0.2.1 192.0.2.2"));
  }
  EXPECT_TRUE(remove("www.corp.test", "A").ok());
  EXPECT_TRUE(remove("www.corp.test", "A").ok());
  EXPECT_EQ(list("corp.test", 0).size(), 3u);
}

TEST_F(RpcZones, RefuseRRsetsWithTheCodesOfTheContract) {
  create_zone("corp.test");
  EXPECT_EQ(put("www.other.test", "A", {"192.0.2.1"}).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(put("corp.test", "CNAME", {"x.test."}).error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(remove("corp.test", "NS").error_code(), StatusCode::FAILED_PRECONDITION);
  const std::vector<std::string> many(kRRsetSizeMax / kRecordHeaderSize + 1, "192.0.2.1");
  EXPECT_EQ(put("www.corp.test", "A", many).error_code(), StatusCode::RESOURCE_EXHAUSTED);
  const auto refusal = [](const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_THAT(refusal(put("", "A", {"192.0.2.1"})), HasSubstr("name: "));
  EXPECT_THAT(refusal(put("www.corp.test", "NOSUCH", {"x"})), HasSubstr("type: "));
  EXPECT_THAT(refusal(put("www.corp.test", "SOA", {"a. b. 1 2 3 4 5"})), HasSubstr("type: "));
  EXPECT_THAT(refusal(put("www.corp.test", "A", {})), HasSubstr("rdata: "));
  EXPECT_THAT(refusal(put("www.corp.test", "A", {"192.0.2.1", "no address"})), HasSubstr("rdata: "));
  EXPECT_THAT(refusal(remove("www.corp.test", "")), HasSubstr("type: "));
  EXPECT_THAT(refusal(remove("corp.test", "SOA")), HasSubstr("type: "));
}

TEST_F(RpcZones, HaveAProblemInTheDetailsOfTheirErrors) {
  ASSERT_TRUE(create(zone("corp.test")).ok());
  const grpc::Status status = create(zone("corp.test"));
  api::StatusDetails details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), StatusCode::ALREADY_EXISTS);
  api::Problem problem;
  ASSERT_EQ(details.details_size(), 1);
  ASSERT_TRUE(details.details(0).UnpackTo(&problem));
  EXPECT_EQ(problem.detail(), status.error_message());
}

TEST_F(RpcZones, AreToldToTheLogWithWhoCallsAndFromWhere) {
  create_zone("corp.test");
  EXPECT_TRUE(put("www.corp.test", "A", {"192.0.2.1"}).ok());
  EXPECT_TRUE(remove("www.corp.test", "A").ok());
  EXPECT_FALSE(create(zone("other.test"), "alice").ok());
  api::DeleteZoneRequest request;
  request.set_apex("corp.test");
  api::DeleteZoneResponse response;
  EXPECT_TRUE(call(*zones_, &Zones::DeleteZone, "admin", request, response).ok());
  std::vector<ActKind> kinds;
  for (const Act& act : acts_.take()) {
    kinds.push_back(act.kind);
    EXPECT_EQ(act.by, Administrator("admin", "127.0.0.1"));
  }
  EXPECT_THAT(kinds, ElementsAre(ActKind::zone_created, ActKind::rrset_put, ActKind::rrset_deleted,
                                 ActKind::zone_deleted));
}

}  // namespace
}  // namespace dnsserver::rpc
