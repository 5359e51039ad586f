#include "app/revocation_role.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <functional>
#include <thread>

#include "acmecore/crl.h"
#include "base/base64url.h"
#include "base/log.h"
#include "storage/memory_store.h"
#include "tests/acmecore/audit_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/acmecore/ocsp_fixture.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RevocationRoleTest : public testing::Test {
 protected:
  RevocationRoleTest() {
    base::log::configure(base::log::Level::error, base::log::Format::text);
    config_.state_directory = directory_.path();
    config_.revocation.listen = {{"127.0.0.1", 0}};
    config_.revocation.crl.shards = 2;
    config_.revocation.ocsp.enabled = true;
  }
  ~RevocationRoleTest() override {
    close();
    EXPECT_TRUE(runtime_.finish(std::chrono::seconds(10)));
  }

  void open() { role_ = RevocationRole::open(config_, issuers_, store_, clock_, runtime_).value(); }
  void close() {
    if (role_) runtime_.wait(role_->drain());
    role_.reset();
  }

  // The whole response.
  std::string get(const std::string& target) {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket(io);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), role_->endpoints().front().port});
    const std::string text = "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(text));
    std::string response;
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(response), end);
    return response;
  }
  std::string crl_path(uint32_t shard) {
    return role_->urls().crl({ca_, shard}).substr(role_->urls().origin.size());
  }
  // Waits until it is so, for as long as ctest lets us.
  static void await(const std::function<bool()>& is_so) {
    while (!is_so())
      std::this_thread::yield();
  }
  // The CRL that is served; empty: there is none yet.
  std::string crl(uint32_t shard) {
    const std::string response = get(crl_path(shard));
    return response.starts_with("HTTP/1.1 200") ? response.substr(response.find("\r\n\r\n") + 4) : "";
  }
  size_t entries(uint32_t shard) {
    const std::string der = crl(shard);
    const auto read = acmecore::parse_crl(der);
    size_t count = 0;
    const auto take = [&](const acmecore::CrlEntry&) { return ++count > 0; };
    if (read) {
      EXPECT_TRUE(acmecore::for_each_entry(read->entries.value_or(""), take));
    }
    return count;
  }

  support::TempDirectory directory_;
  base::Config config_;
  storage::MemoryStore store_;
  acmecore::Records records_{store_};
  const base::SystemClock clock_;
  const acmecore::Issuers issuers_{acmecore::new_issuer(clock_.now())};
  const std::string ca_ = issuers_.now()->current(acmecore::kDefaultIssuer).ca();
  Runtime runtime_{2};
  std::unique_ptr<RevocationRole> role_;
};

TEST_F(RevocationRoleTest, ServesACrlForEachShardAndOneThatIsNewSoonAfterARevocation) {
  open();
  EXPECT_EQ(role_->urls().origin, "http://localhost:" + std::to_string(role_->endpoints().front().port));
  for (const uint32_t shard : {0u, 1u})
    await([&] { return !crl(shard).empty(); });
  EXPECT_EQ(entries(1), 0u);
  acmecore::Changes changes;
  changes.put_into_crl({ca_, 1}, {acmecore::new_serial(),
                                  {clock_.now(), acmecore::RevocationReason::superseded},
                                  clock_.now() + std::chrono::hours(1)});
  EXPECT_TRUE(runtime_.wait(records_.commit(std::move(changes))));
  await([&] { return entries(1) == 1; });
  EXPECT_EQ(entries(0), 0u);
  EXPECT_THAT(get("/ocsp/x"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(get("/other"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
}

TEST_F(RevocationRoleTest, TellsTheAuditLogWhatItHasSignedBeforeItEnds) {
  open();
  const acmecore::Serial serial = acmecore::new_serial();
  acmecore::Changes changes;
  changes.put_into_crl(
      {ca_, 1},
      {serial, {clock_.now(), acmecore::RevocationReason::superseded}, clock_.now() + std::chrono::hours(1)});
  EXPECT_TRUE(runtime_.wait(records_.commit(std::move(changes))));
  const auto issuers = issuers_.now();
  const acmecore::Certificate& issuer = issuers->current(acmecore::kDefaultIssuer).certificate();
  for (int i = 0; i < 2; ++i) {
    std::string request = base::base64url(acmecore::openssl_ocsp_request({serial}, issuer, 16));
    std::ranges::replace(request, '-', '+');
    std::ranges::replace(request, '_', '/');
    EXPECT_THAT(get("/ocsp/" + request), HasSubstr("application/ocsp-response"));
  }
  close();
  uint64_t told = 0;
  for (const acmecore::AuditEvent& event : acmecore::audit_events(store_)) {
    if (event.kind == acmecore::audit_kind::kOcspSigned) told += event.count;
  }
  EXPECT_EQ(told, 2u);
}

TEST_F(RevocationRoleTest, WithoutAListenerTheFilesAreThereForOthers) {
  config_.revocation.listen.clear();
  config_.revocation.ocsp.enabled = false;
  config_.revocation.external_url = "http://pki.test";
  open();
  EXPECT_TRUE(role_->endpoints().empty());
  const auto file = directory_.path() / "crl" / ca_ / "1.crl";
  await([&] { return std::filesystem::exists(file); });
  EXPECT_TRUE(std::filesystem::exists(directory_.path() / "issuer-certificates" / (ca_ + ".crt")));
}

TEST_F(RevocationRoleTest, TheNextProcessServesWhatTheLastOneMade) {
  open();
  await([&] { return !crl(0).empty(); });
  close();
  open();
  EXPECT_NE(crl(0), "");
}

TEST_F(RevocationRoleTest, NamesAnAddressThatCannotBeListenedAt) {
  open();
  config_.revocation.listen = role_->endpoints();
  const auto refused = RevocationRole::open(config_, issuers_, store_, clock_, runtime_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr(role_->endpoints().front().text()));
}

TEST_F(RevocationRoleTest, IsThereWhereCertificatesNameIt) {
  EXPECT_FALSE(publishes_status(base::Config()));
  EXPECT_TRUE(publishes_status(config_));
  config_.revocation.listen.clear();
  EXPECT_FALSE(publishes_status(config_));
  config_.revocation.external_url = "http://pki.test";
  EXPECT_TRUE(publishes_status(config_));
}

}  // namespace
}  // namespace app
