#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <signal.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/crl.h"
#include "acmecore/records.h"
#include "acmecore/serial.h"
#include "app/files.h"
#include "app/server.h"
#include "app/state.h"
#include "assay/v1/revocation.grpc.pb.h"
#include "base/log.h"
#include "storage/lmdb/lmdb_store.h"
#include "tests/acmecore/identity_fixture.h"
#include "tests/acmecore/issuer_fixture.h"
#include "tests/acmecore/jws_fixtures.h"
#include "tests/app/tls_client.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_directory.h"

// A whole CA on a store that has reached storage.size_max, with HTTPS and gRPC as its clients have them.
namespace app {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
namespace http = boost::beast::http;

constexpr const char* kOrigin = "https://acme.corp.test";
constexpr const char* kNewAccount = "/acme/new-account";
constexpr const char* kNewOrder = "/acme/new-order";
constexpr const char* kOrder = R"({"identifiers":[{"type":"dns","value":"www.corp.test"}]})";

// Of the first start, and of those on a full store.
constexpr uint64_t kRoomy = 64 << 20;
constexpr uint64_t kLimit = 2 << 20;

class FullCaTest : public testing::Test {
 protected:
  FullCaTest() {
    ::signal(SIGPIPE, SIG_IGN);
    base::log::configure(base::log::Level::error, base::log::Format::text);
    config_.state_directory = directory_.path() / "state";
    config_.storage.size_max = kRoomy;
    for (auto* listen :
         {&config_.dns.listen, &config_.acme.listen, &config_.grpc.listen, &config_.revocation.listen})
      *listen = {{"127.0.0.1", 0}};
    config_.revocation.crl.shards = 1;
    config_.acme.external_url = kOrigin;
    const auto token = directory_.path() / "token";
    EXPECT_TRUE(write_file(token, "0123456789abcdef", FileMode::secret));
    config_.grpc.credentials = {{"admin", token, "", {base::Permission::administration}}};

    start();
    const HttpsResponse account = post(kNewAccount, acmecore::jwk_draft(key_), "{}");
    EXPECT_EQ(account.result_int(), 201u) << account.body();
    account_ = std::string(account["Location"]);
    server_.reset();
  }

  void start() {
    auto started = Server::start(config_, {});
    EXPECT_TRUE(started) << started.error().detail;
    server_ = std::move(started).value();
  }

  std::unique_ptr<storage::Store> open_store() const {
    storage::LmdbStore::Options options;
    options.directory = config_.state_directory / kStoreDirectory;
    options.size_max = config_.storage.size_max;
    return storage::LmdbStore::open(std::move(options)).value();
  }

  // Puts twice as much as kLimit into the store, in orders of the account that end then, and sets the limit.
  void fill_with_orders_until(base::Time expires) {
    {
      const auto store = open_store();
      acmecore::Records records(*store);
      for (int i = 0; i < 20; ++i) {
        acmecore::Changes changes;
        for (int j = 0; j < 100; ++j)
          changes.create(long_order("order-" + std::to_string(100 * i + j), expires));
        ASSERT_TRUE(support::run_task(records.commit(std::move(changes))));
      }
    }
    config_.storage.size_max = kLimit;
    const auto full = support::run_task(open_store()->commit({.puts = {{"\xff", "x"}}}));
    ASSERT_FALSE(full);
    ASSERT_EQ(full.error().kind, base::ErrorKind::unavailable);
  }
  acmecore::Order long_order(std::string id, base::Time expires) const {
    acmecore::Order order;
    order.id = std::move(id);
    order.account = account_.substr(account_.rfind('/') + 1);
    for (int i = 0; i < 50; ++i)
      order.identifiers.push_back({"server-" + std::to_string(i) + ".of-a-department.corp.test"});
    order.created = expires - std::chrono::days(7);
    order.expires = expires;
    return order;
  }

  HttpsResponse ask(http::verb method, const std::string& path) const {
    return ask_https(server_->run_file().acme.front(), HttpsRequest(method, path, 11));
  }
  HttpsResponse post(const std::string& path, acmecore::JwsDraft draft, const std::string& payload) const {
    const HttpsResponse nonce = ask(http::verb::head, "/acme/new-nonce");
    acmecore::set(draft, "nonce", std::string(nonce["Replay-Nonce"]));
    acmecore::set(draft, "url", kOrigin + path);
    draft.payload = payload;
    HttpsRequest request(http::verb::post, path, 11);
    request.set(http::field::content_type, "application/jose+json");
    request.body() = acmecore::jws(draft);
    return ask_https(server_->run_file().acme.front(), std::move(request));
  }
  HttpsResponse new_order() const { return post(kNewOrder, acmecore::kid_draft(key_, account_), kOrder); }

  static void expect_no_room(const HttpsResponse& response) {
    EXPECT_EQ(response.result_int(), 503u);
    EXPECT_EQ(response["Retry-After"], "10");
    EXPECT_EQ(response["Content-Type"], "application/problem+json");
    EXPECT_THAT(response.body(), HasSubstr("urn:ietf:params:acme:error:serverInternal"));
    EXPECT_THAT(response.body(), HasSubstr("there is no room to store anything"));
  }

  // Of the certificates that each start made for its own listeners.
  std::vector<acmecore::Serial> serials() const {
    const auto store = open_store();
    return support::run_task(acmecore::Records(*store).certificates("", 10)).value();
  }
  // By an operator. What became of it.
  std::string revoke(const acmecore::Serial& serial) const {
    const RunFile& run = server_->run_file();
    const auto channel = grpc::CreateChannel(
        run.grpc.front().text(), grpc::SslCredentials({read_file(run.root_file).value(), "", ""}));
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer 0123456789abcdef");
    assay::v1::RevokeCertificatesRequest request;
    request.add_serials(acmecore::text_of(serial));
    request.set_reason("superseded");
    assay::v1::RevokeCertificatesResponse response;
    const auto status =
        assay::v1::RevocationService::NewStub(channel)->RevokeCertificates(&context, request, &response);
    return status.ok() ? response.outcomes(0).status() : status.error_message();
  }
  // Whether a CRL that is published has it.
  bool is_in_a_crl(const acmecore::Serial& serial) const {
    const auto directory = config_.state_directory / kCrlDirectory;
    if (!std::filesystem::exists(directory)) return false;
    bool found = false;
    const auto look = [&](const acmecore::CrlEntry& entry) {
      found = found || entry.serial == serial.octets;
      return true;
    };
    for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
      if (file.path().extension() != ".crl") continue;
      const std::string der = read_file(file.path()).value();
      const auto crl = acmecore::parse_crl(der).value();
      EXPECT_TRUE(acmecore::for_each_entry(crl.entries.value_or(""), look));
    }
    return found;
  }

  support::TempDirectory directory_;
  base::Config config_;
  const acmecore::ClientKey key_;
  std::string account_;  // its URL
  std::unique_ptr<Server> server_;
};

TEST_F(FullCaTest, StartsAndAnswersAndRefusesWhatItCannotStore) {
  fill_with_orders_until(base::SystemClock().now() + std::chrono::days(7));
  start();
  EXPECT_EQ(ask(http::verb::get, "/directory").result_int(), 200u);
  const HttpsResponse nonce = ask(http::verb::head, "/acme/new-nonce");
  EXPECT_EQ(nonce.result_int(), 200u);
  EXPECT_NE(nonce["Replay-Nonce"], "");
  expect_no_room(new_order());
  expect_no_room(post(kNewAccount, acmecore::jwk_draft(acmecore::ClientKey()), "{}"));
  const HttpsResponse known = post(kNewAccount, acmecore::jwk_draft(key_), R"({"onlyReturnExisting":true})");
  EXPECT_EQ(known.result_int(), 200u) << "what is there can be read: " << known.body();
  EXPECT_TRUE(server_->renew_identities()) << "its own certificates do not end";
}

TEST_F(FullCaTest, RevokesAndPublishesIt) {
  const acmecore::Serial serial = serials().front();
  fill_with_orders_until(base::SystemClock().now() + std::chrono::days(7));
  start();
  EXPECT_EQ(revoke(serial), "revoked");
  while (!is_in_a_crl(serial))
    std::this_thread::yield();
}

TEST_F(FullCaTest, ReplacesACertificateOfItsOwnThatWasRevoked) {
  fill_with_orders_until(base::SystemClock().now() + std::chrono::days(7));
  start();
  const base::Bytes first = served_certificate(server_->run_file().acme.front());
  EXPECT_TRUE(server_->renew_identities_if_due());
  EXPECT_EQ(served_certificate(server_->run_file().acme.front()), first) << "nothing was revoked";
  EXPECT_EQ(revoke(acmecore::parse_certificate(first).value().serial), "revoked");
  EXPECT_TRUE(server_->renew_identities_if_due());
  while (served_certificate(server_->run_file().acme.front()) == first)
    std::this_thread::yield();
}

TEST_F(FullCaTest, ReplacesItAlsoWhereAFileOfAnotherListenerIsBroken) {
  config_.dns.tls.listen = {{"127.0.0.1", 0}};
  config_.dns.tls.files = {directory_.path() / "dns.pem", directory_.path() / "dns.key"};
  const base::Time now = base::SystemClock().now();
  const acmecore::Issuers elsewhere(acmecore::new_issuer(now));
  const acmecore::ServerIdentity identity = acmecore::make_identity(elsewhere, {}, now).value();
  EXPECT_TRUE(write_file(config_.dns.tls.files.certificate, identity.chain_pem, FileMode::open_to_all));
  EXPECT_TRUE(write_file(config_.dns.tls.files.key, identity.key_pem, FileMode::secret));
  start();
  const base::Bytes dns = served_certificate(server_->run_file().dns_tls.front());
  const base::Bytes acme = served_certificate(server_->run_file().acme.front());
  std::filesystem::remove(config_.dns.tls.files.key);
  EXPECT_FALSE(server_->renew_identities());
  EXPECT_EQ(revoke(acmecore::parse_certificate(acme).value().serial), "revoked");
  EXPECT_TRUE(server_->renew_identities_if_due());
  while (served_certificate(server_->run_file().acme.front()) == acme)
    std::this_thread::yield();
  EXPECT_EQ(served_certificate(server_->run_file().dns_tls.front()), dns);
  EXPECT_TRUE(server_->renew_identities_if_due());
  server_.reset();
  EXPECT_THAT(serials(), SizeIs(5)) << "two of each start and the new one, and none in vain";
}

TEST_F(FullCaTest, WhatHasExpiredMakesRoomAgain) {
  fill_with_orders_until(base::SystemClock().now() - std::chrono::days(30));
  start();
  HttpsResponse order = new_order();
  while (order.result_int() == 503)
    order = new_order();
  EXPECT_EQ(order.result_int(), 201u) << order.body();
}

}  // namespace
}  // namespace app
