#include "tests/acmecore/killed_authority.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>
#include <iostream>

#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/policy_fixture.h"

namespace acmecore {

using base::Bytes;
using base::Result;
using base::Task;
using std::chrono::seconds;

namespace {

constexpr auto kPatience = std::chrono::hours(1);
constexpr uint64_t kStoreSizeMax = 64 << 20;
constexpr int kPollsMax = 20;        // at one order, which needs three
constexpr size_t kUnrevoked = 2;     // certificates of the latest orders that stay as they are
constexpr size_t kOrdersMax = 1000;  // of one directory

AuthorityOptions with_status() {
  AuthorityOptions options;
  options.status = {KilledAuthority::kShards, "http://pki.test", true};
  return options;
}

}  // namespace

// Every name proves itself.
class KilledAuthority::Willing final : public Validation {
 public:
  Task<Verdict> dns01(base::Name, std::string) override { co_return Verdict(); }
  Task<Result<ChallengePath>> challenge_path(base::Name identifier) override {
    co_return ChallengePath{{std::move(identifier)}};
  }
};

KilledAuthority::KilledAuthority(const std::filesystem::path& directory, const ClientKey& client,
                                 base::Time time, Journal& journal)
    : journal_(journal),
      client_(client),
      clock_(time),
      store_(storage::LmdbStore::open({.directory = directory / "store", .size_max = kStoreSizeMax}).value()),
      stepping_(*store_),
      records_(stepping_),
      files_(directory / "crl"),
      options_(with_status()),
      policy_(PolicyRules(), test_suffixes()),
      validation_(std::make_unique<Willing>()),
      background_(io_.get_executor()),
      authority_(records_, clock_, test_issuers(), policy_, *validation_, background_, options_),
      publisher_(records_, test_issuers(), files_, clock_, options_.status, std::chrono::days(7), published_),
      revocations_(records_, clock_, test_issuers(), options_.status) {
  store_->follow(publisher_);
}

KilledAuthority::~KilledAuthority() { store_->unfollow(publisher_); }

void KilledAuthority::start() {
  must(publisher_.open());
  NewAccountRequest request;
  account_ = must(authority_.new_account(directory_, client_.account_key(), std::move(request))).account;
  journal_.note("account " + account_.id);
  must(authority_.sweep());
}

void KilledAuthority::work() {
  for (;;) {
    go_on_with_orders();
    revoke_one();
    must(revocations_.work());
    publish();
    clock_.advance(seconds(1));
    NewOrderRequest request;
    request.identifiers.push_back({"dns", "corp.test"});
    const OrderView created = must(authority_.new_order(account_, std::move(request)));
    journal_.note("order " + created.order.id);
  }
}

void KilledAuthority::finish() {
  go_on_with_orders();
  while (must(revocations_.work())) {
  }
  publish();
}

std::vector<OrderView> KilledAuthority::orders() {
  std::vector<OrderView> views;
  for (const std::string& id : order_ids())
    views.push_back(must(authority_.order(account_, id)));
  return views;
}

void KilledAuthority::give_up(const std::string& why) {
  std::cerr << "a process gave up: " << why << std::endl;
  std::abort();
}

// Also what is in the background.
void KilledAuthority::drain() {
  io_.restart();
  io_.run();
}

void KilledAuthority::publish() {
  const CrlPublisher::Yield yield = []() -> Task<bool> { co_return true; };
  boost::asio::co_spawn(io_, publisher_.publish_due(yield), boost::asio::detached);
  drain();
}

void KilledAuthority::go_on_with_orders() {
  for (const std::string& id : order_ids()) {
    if (!acknowledged_.contains(id)) go_on_with(id);
  }
}

void KilledAuthority::go_on_with(const std::string& order) {
  for (int look = 0; look < kPollsMax; ++look) {
    const OrderView view = must(authority_.order(account_, order));
    switch (view.status) {
      case OrderStatus::pending:
        for (const std::string& id : view.order.authorizations)
          must(authority_.respond(account_, id, std::string(kDns01), kPatience));
        break;
      case OrderStatus::ready: {
        CsrDraft draft;
        draft.san = "DNS:corp.test";
        must(authority_.finalize(account_, order, make_csr(draft), kPatience));
        break;
      }
      case OrderStatus::processing: must(authority_.sweep()); break;
      case OrderStatus::valid: acknowledge(view); return;
      default: give_up("the order is " + std::string(name_of(view.status)));
    }
  }
  give_up("the order gets nowhere");
}

void KilledAuthority::acknowledge(const OrderView& order) {
  const Serial serial = *order.order.certificate;
  must(authority_.certificate(account_, serial));
  journal_.note("has " + order.order.id + ' ' + text_of(serial));
  acknowledged_.insert(order.order.id);
}

// The oldest that is not revoked, but none of the latest.
void KilledAuthority::revoke_one() {
  const auto ids = order_ids();
  for (size_t i = 0; i + kUnrevoked < ids.size(); ++i) {
    const OrderView view = must(authority_.order(account_, ids[i]));
    const auto record = must(records_.certificate(*view.order.certificate));
    if (record->revocation) continue;
    ask_for_revocation(record.value);
    journal_.note("revoked " + text_of(record->serial));
    return;
  }
}

// Of half of them by their key, which is blocked by it.
void KilledAuthority::ask_for_revocation(const IssuedCertificate& certificate) {
  const bool by_key = uint8_t(certificate.serial.octets.back()) % 2 == 0;
  if (by_key) {
    Bytes key = parse_certificate(certificate.der)->spki_der;
    must(authority_.revoke_by_key(std::move(key), certificate.der, std::nullopt));
  } else {
    must(authority_.revoke(account_, certificate.der, int64_t(RevocationReason::superseded)));
  }
}

std::vector<std::string> KilledAuthority::order_ids() {
  return must(records_.orders_of(account_.id, "", kOrdersMax));
}

}  // namespace acmecore
