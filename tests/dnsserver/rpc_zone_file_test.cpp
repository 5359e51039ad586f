#include <gmock/gmock.h>

#include <algorithm>

#include "assay/v1/problem.pb.h"
#include "dnsserver/rpc/zone_import.h"
#include "tests/dnsserver/rpc_fixture.h"

namespace dnsserver::rpc {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::StartsWith;
namespace api = assay::v1;

constexpr const char* kZone = "@ 60 SOA ns1 host 7 3600 900 604800 5\n@ 60 NS ns1\nns1 60 A 192.0.2.1\n";

class RpcZoneFiles : public RpcTest {
 protected:
  static api::ImportZoneRequest first(size_t size, const std::string& text) {
    api::ImportZoneRequest request;
    request.set_size(size);
    request.set_origin("corp.test");
    request.set_text(text);
    return request;
  }

  grpc::Status send(const std::vector<api::ImportZoneRequest>& parts, const std::string& token = "admin") {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    imported_.Clear();
    const auto writer = zones_->ImportZone(&context, &imported_);
    for (const auto& part : parts)
      writer->Write(part);
    writer->WritesDone();
    return writer->Finish();
  }

  grpc::Status import(const std::string& text, bool dry_run = false) {
    api::ImportZoneRequest request = first(text.size(), text);
    request.set_dry_run(dry_run);
    return send({request});
  }

  grpc::Status export_zone(const std::string& apex, bool with_challenges = false) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer admin");
    api::ExportZoneRequest request;
    request.set_apex(apex);
    request.set_with_challenges(with_challenges);
    exported_.clear();
    const auto reader = zones_->ExportZone(&context, request);
    for (api::ExportZoneResponse part; reader->Read(&part);)
      exported_ += part.text();
    return reader->Finish();
  }

  size_t served_zone_count() {
    std::shared_ptr<const ZoneTable> table;
    uint64_t generation = 0;
    served_.refresh(table, generation);
    return table->size();
  }

  api::ImportZoneResponse imported_;
  std::string exported_;
};

TEST_F(RpcZoneFiles, AreImportedAndTellWhatWasDone) {
  ASSERT_TRUE(import(std::string(kZone) + "a 60 TXT x\na 30 TXT y\n").ok());
  EXPECT_EQ(imported_.zone().apex(), "corp.test.");
  EXPECT_EQ(imported_.zone().serial(), 1'790'000'000u);
  EXPECT_TRUE(imported_.created());
  EXPECT_EQ(imported_.serial_of_file(), 7u);
  EXPECT_EQ(imported_.added_count(), 2u);
  EXPECT_EQ(imported_.commit_count(), 1u);
  ASSERT_EQ(imported_.findings_size(), 1);
  EXPECT_EQ(imported_.findings(0).line(), 5u);
  EXPECT_EQ(imported_.findings(0).severity(), api::ZoneFinding::WARNING);
}

TEST_F(RpcZoneFiles, ComeInParts) {
  const std::string text = kZone;
  std::vector<api::ImportZoneRequest> parts{first(text.size(), text.substr(0, 10))};
  for (size_t at = 10; at < text.size(); at += 10)
    parts.emplace_back().set_text(text.substr(at, 10));
  ASSERT_TRUE(send(parts).ok());
  EXPECT_EQ(imported_.added_count(), 1u);
}

TEST_F(RpcZoneFiles, AreWholeOrNot) {
  const std::string text = kZone;
  EXPECT_EQ(send({}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(send({first(text.size() + 1, text)}).error_message(), HasSubstr("shorter than its size says"));
  EXPECT_THAT(send({first(text.size() - 1, text)}).error_message(), HasSubstr("longer than its size says"));
  EXPECT_EQ(send({first(kZoneFileSizeMax + 1, text)}).error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(send({first(text.size(), text)}, "alice").error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(served_zone_count(), 0u);
  EXPECT_TRUE(send({first(text.size(), text)}).ok());
}

TEST_F(RpcZoneFiles, AreRefusedWithTheirMistakes) {
  const grpc::Status status = import(std::string(kZone) + "ns1 60 CNAME x\nx.other. 60 TXT x\n");
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), StartsWith("text: 2 mistakes; line 3: a CNAME and other data"));
  EXPECT_EQ(served_zone_count(), 0u);
  EXPECT_TRUE(import(std::string(kZone) + "ns1 60 CNAME x\nx.other. 60 TXT x\n", true).ok());
  EXPECT_FALSE(imported_.has_zone());
  EXPECT_EQ(std::ranges::count(imported_.findings(), api::ZoneFinding::ERROR, &api::ZoneFinding::severity),
            2);
}

TEST_F(RpcZoneFiles, TellTheFirstOfManyMistakes) {
  std::string text = kZone;
  for (size_t i = 0; i < kFindingsToldMax + 5; ++i)
    text += "a 60 A x\n";
  EXPECT_TRUE(import(text, true).ok());
  EXPECT_EQ(size_t(imported_.findings_size()), kFindingsToldMax);
  EXPECT_EQ(imported_.finding_count(), kFindingsToldMax + 5);
  EXPECT_EQ(import(text).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(RpcZoneFiles, AreImportedOneAtATime) {
  const std::string text = kZone;
  grpc::Status second;
  do {  // until it comes while the first is under way: the server may see it before, or the first too late
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer admin");
    api::ImportZoneResponse response;
    const auto writer = zones_->ImportZone(&context, &response);
    ASSERT_TRUE(writer->Write(first(text.size(), text.substr(0, 1))));
    second = import(text);
    api::ImportZoneRequest rest;
    rest.set_text(text.substr(1));
    writer->Write(rest);
    writer->WritesDone();
    EXPECT_TRUE(writer->Finish().ok() || second.ok());
  } while (second.ok());
  EXPECT_EQ(second.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_TRUE(import(text).ok());
}

TEST_F(RpcZoneFiles, AreExportedInParts) {
  std::string text = kZone;
  for (int i = 0; i < 20'000; ++i)
    text += "n" + std::to_string(i) + " 60 TXT \"some text that makes the file larger than one message\"\n";
  ASSERT_TRUE(import(text).ok());
  ASSERT_TRUE(export_zone("corp.test").ok());
  EXPECT_EQ(std::ranges::count(exported_, '\n'), 20'004);
  ASSERT_TRUE(import(exported_).ok());
  EXPECT_EQ(imported_.unchanged_count(), 20'001u);
  EXPECT_EQ(imported_.commit_count(), 0u);
  EXPECT_EQ(export_zone("absent.test").error_code(), StatusCode::NOT_FOUND);
}

TEST_F(RpcZoneFiles, HaveChallengesIfAskedFor) {
  ASSERT_TRUE(import(kZone).ok());
  api::PresentChallengeRequest request;
  request.set_name("a.corp.test");
  request.set_value("value");
  api::PresentChallengeResponse response;
  ASSERT_TRUE(call(*challenges_, &Challenges::PresentChallenge, "alice", request, response).ok());
  ASSERT_TRUE(export_zone("corp.test").ok());
  EXPECT_THAT(exported_, testing::Not(HasSubstr("value")));
  ASSERT_TRUE(export_zone("corp.test", true).ok());
  EXPECT_THAT(exported_, HasSubstr("\na.corp.test. 5 IN TXT \"value\" ; published, until 2026-"));
}

TEST_F(RpcZoneFiles, AreToldToTheLogWithWhoImportsThem) {
  ASSERT_TRUE(import(kZone, /*dry_run=*/true).ok());
  EXPECT_FALSE(send({first(3, "abc")}, "alice").ok());
  ASSERT_TRUE(import(kZone).ok());
  const std::vector<Act> acts = acts_.take();
  ASSERT_EQ(acts.size(), 1u);
  EXPECT_EQ(acts[0].kind, ActKind::zone_imported);
  EXPECT_EQ(acts[0].by, Administrator("admin", "127.0.0.1"));
}

}  // namespace
}  // namespace dnsserver::rpc
