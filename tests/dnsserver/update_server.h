#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "dnsserver/async/update_door.h"
#include "dnsserver/credentials.h"
#include "dnsserver/net/server.h"
#include "dnsserver/node_feed.h"
#include "storage/memory_store.h"
#include "tests/support/forwarding_store.h"
#include "tests/support/run_task.h"

namespace dnsserver {

// Where the names of an alias zone lead, as a test wants it.
class ScriptedAliasTargets final : public AliasTargets {
 public:
  // While the server asks, from a thread of its own.
  void set(const Name& owner, Result<Name> target) {
    const std::lock_guard lock(mutex_);
    targets_.insert_or_assign(owner, std::move(target));
  }

  base::Task<Result<Name>> target(Name owner) override {
    const std::lock_guard lock(mutex_);
    const auto found = targets_.find(owner);
    if (found == targets_.end()) co_return owner;
    co_return found->second;
  }

 private:
  std::mutex mutex_;
  std::map<Name, Result<Name>> targets_;
};

// A store whose commits a test can hold up or let fail.
class MoodyStore final : public support::ForwardingStore {
 public:
  MoodyStore() : ForwardingStore(memory_) {}

  std::atomic<bool> fails = false;
  std::mutex gate;  // no commit passes while a test holds it

  base::Task<Result<storage::Revision>> commit(storage::Batch batch) override {
    { const std::lock_guard pass(gate); }
    if (fails) co_return base::fail(base::ErrorKind::unavailable, "the disk is full");
    co_return co_await ForwardingStore::commit(std::move(batch));
  }

 private:
  storage::MemoryStore memory_;
};

// A server on loopback with the zones corp.test, sub.corp.test and acme.test, an update listener with the alias
// zone corp.example, and the credentials
//
// - "all": everything in the zones, with the key ddns-key.corp.test of signed_messages.h;
// - "narrow": _acme-challenge.www.corp.test alone, with the key narrow-key.
class UpdateServer {
 public:
  // `server` may say anything but where UDP, TCP and updates are taken.
  explicit UpdateServer(TsigOptions options = {}, net::ServerOptions server = {});
  ~UpdateServer();

  const base::Endpoint& endpoint() const { return server_->endpoints().front(); }
  const base::Endpoint& tls_endpoint() const { return server_->tls_endpoints().front(); }
  const base::Endpoint& update_endpoint() const { return server_->update_endpoints().front(); }
  ScriptedAliasTargets& targets() { return targets_; }
  MoodyStore& store() { return store_; }
  net::ServerTraffic traffic() const { return server_->traffic(); }
  UpdateDoor& door() { return *door_; }
  Publishing& publishing() { return *publishing_; }
  Updates& updates() { return *updates_; }
  const Credentials& credentials() const { return *credentials_; }
  const base::Clock& clock() const { return clock_; }

  // Values of the TXT RRset there, as a query over UDP sees them, sorted.
  std::vector<std::string> txt(std::string_view name) const;
  // The serial in the SOA of a zone.
  uint32_t serial(std::string_view zone) const;

 private:
  template <class T>
  T run(base::Task<T> task);
  void add_zone(std::string_view apex);
  void add_credential(std::string_view scope, const TsigKey& key, Scope::Reach reach);

  MoodyStore store_;
  NodeFeed nodes_{store_};
  base::SystemClock clock_;
  ZoneTableHolder zones_;
  ScriptedAliasTargets targets_;
  boost::asio::io_context io_;
  std::unique_ptr<Publishing> publishing_;
  std::unique_ptr<Credentials> credentials_;
  std::unique_ptr<Updates> updates_;
  std::unique_ptr<UpdateDoor> door_;
  std::unique_ptr<net::Server> server_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  std::vector<std::thread> threads_;
};

TsigKey narrow_key();

}  // namespace dnsserver
