#include <algorithm>
#include <set>

#include "storage/tables.h"
#include "tests/acmecore/authority_model_run.h"

// What is there of the one is there of the other.
namespace acmecore::model {

namespace {

constexpr size_t kAll = 1000;

Account only_id(const std::string& id) {
  Account account;
  account.id = id;
  return account;
}

}  // namespace

// Ids and serials are the Authority's to choose; what was made without an answer is found in the store.
void ModelRun::learn_ids() {
  for (ModelAccount& account : world_.accounts) {
    if (!account.id.empty()) continue;
    const auto digest = base::sha256(account_key(account.key).account_key().spki_der());
    const auto id = run(records_.account_with_key(digest, directory_.name)).value();
    ASSERT_TRUE(id) << "an account was lost";
    account.id = *id;
  }
  if (!world_.orders.empty() && world_.orders.back().id.empty()) learn_order(world_.orders.back());
  if (!world_.authorizations.empty() && world_.authorizations.back().id.empty())
    learn_authorization(world_.authorizations.back());
  while (!testing::Test::HasFailure() && certificates_.size() < world_.certificates.size())
    learn_certificate();
}

void ModelRun::learn_order(ModelOrder& order) {
  const auto ids = run(records_.orders_of(world_.accounts[order.account].id, "", kAll)).value();
  std::vector<std::string> unknown;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(unknown), [this](const std::string& id) {
    return std::none_of(world_.orders.begin(), world_.orders.end(),
                        [&](const auto& known) { return known.id == id; });
  });
  ASSERT_EQ(unknown.size(), 1u) << "an order was lost, or made twice";
  const Order stored = run(records_.order(unknown[0]))->value;
  EXPECT_TRUE(world_.attach(stored.id, stored.authorizations)) << "it relies on other authorizations";
}

void ModelRun::learn_authorization(ModelAuthorization& authorization) {
  const auto ids = run(records_.authorization_ids("", kAll)).value();
  std::vector<std::string> unknown;
  std::copy_if(ids.begin(), ids.end(), std::back_inserter(unknown), [this](const std::string& id) {
    return std::none_of(world_.authorizations.begin(), world_.authorizations.end(),
                        [&](const auto& known) { return known.id == id; });
  });
  ASSERT_EQ(unknown.size(), 1u) << "an authorization was lost, or made twice";
  authorization.id = unknown[0];
}

void ModelRun::learn_certificate() {
  const size_t index = certificates_.size();
  const auto order = std::find_if(world_.orders.begin(), world_.orders.end(),
                                  [index](const ModelOrder& one) { return one.certificate == index; });
  const Order stored = run(records_.order(order->id))->value;
  ASSERT_TRUE(stored.certificate) << "order " << order->id << " has no certificate";
  certificates_.push_back(run(records_.certificate(*stored.certificate))->value);
  EXPECT_EQ(certificates_.back().not_after, world_.certificates[index].not_after);
  EXPECT_EQ(parse_certificate(certificates_.back().der)->spki_der, spki_of(certificate_key(order->key)));
}

void ModelRun::compare() {
  for (size_t i = 0; i < world_.accounts.size(); ++i)
    compare_account(i);
  for (const ModelAuthorization& one : world_.authorizations)
    compare_authorization(one);
  for (const ModelOrder& order : world_.orders)
    compare_order(order);
  compare_certificates();
  for (size_t key = 0; key < kCertificateKeys; ++key) {
    const bool blocked = run(records_.is_blocked(base::sha256(spki_of(certificate_key(key))))).value();
    EXPECT_EQ(blocked, world_.blocked.contains(key));
  }
}

void ModelRun::compare_account(size_t index) {
  const ModelAccount& expected = world_.accounts[index];
  const auto stored = run(records_.account(expected.id));
  ASSERT_EQ(stored.has_value(), expected.exists) << "account " << index;
  if (!stored) return;
  see(accounts_seen_, expected.id, stored->value.status);
  EXPECT_EQ(name_of(stored->value.status), name_of(expected.status)) << "account " << index;
  EXPECT_EQ(stored->value.key_thumbprint, account_key(expected.key).account_key().thumbprint());
  EXPECT_EQ(stored->value.unused, expected.unused);

  std::set<std::string> orders;
  for (const ModelOrder& order : world_.orders) {
    if (order.account == index && order.exists && order.status != OrderStatus::invalid)
      orders.insert(order.id);
  }
  const auto listed = run(authority_->orders(stored->value, "")).value().found;
  EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()), orders) << "of account " << index;
}

void ModelRun::compare_authorization(const ModelAuthorization& expected) {
  const Account owner = only_id(world_.accounts[expected.account].id);
  const auto view = run(authority_->authorization(owner, expected.id));
  ASSERT_EQ(view.has_value(), expected.exists)
      << "authorization " << &expected - world_.authorizations.data();
  if (!view) return;
  const Challenge& challenge = view->authorization.challenges.at(0);
  see(authorizations_seen_, expected.id, view->status);
  see(challenges_seen_, expected.id, challenge.status);
  SCOPED_TRACE("authorization " + std::to_string(&expected - world_.authorizations.data()));
  EXPECT_EQ(view->authorization.identifier.text(), expected.identifier);
  EXPECT_EQ(name_of(view->status), name_of(expected.status));
  EXPECT_EQ(name_of(challenge.status), name_of(expected.challenge));
  EXPECT_EQ(view->authorization.expires, expected.expires);
  EXPECT_EQ(challenge.responded, expected.responded);
  EXPECT_EQ(challenge.next_look, expected.next_look);
  if (challenge.status != ChallengeStatus::processing) {
    EXPECT_EQ(challenge.error.has_value(), challenge.status == ChallengeStatus::invalid);
  }
}

void ModelRun::compare_order(const ModelOrder& expected) {
  const Account owner = only_id(world_.accounts[expected.account].id);
  const auto view = run(authority_->order(owner, expected.id));
  SCOPED_TRACE("order " + std::to_string(&expected - world_.orders.data()));
  ASSERT_EQ(view.has_value(), expected.exists);
  if (!view) return;
  see(orders_seen_, expected.id, view->status);
  EXPECT_EQ(name_of(view->status), name_of(expected.status));
  EXPECT_EQ(view->order.expires, expected.expires);
  ASSERT_EQ(view->order.certificate.has_value(), expected.certificate.has_value());
  if (expected.certificate) {
    EXPECT_EQ(*view->order.certificate, certificates_[*expected.certificate].serial);
  }
  EXPECT_FALSE(view->error && view->status != OrderStatus::invalid);

  if (view->order.intent) use_serial(view->order.intent->serial, expected.id);
  for (const Serial& abandoned : view->order.abandoned) {
    use_serial(abandoned, expected.id);
    EXPECT_FALSE(run(records_.certificate(abandoned))) << "a serial that was given up is certified";
  }
}

// A serial is of one order for ever.
void ModelRun::use_serial(const Serial& serial, const std::string& order) {
  const auto [known, is_new] = used_.try_emplace(serial.octets, order);
  EXPECT_EQ(known->second, order) << "a serial was used twice";
}

void ModelRun::compare_certificates() {
  storage::Range all;
  all.prefix = base::Bytes(1, storage::table::kCertificate);
  all.limit = kAll;
  const auto entries = run(memory_.list(all)).value();
  size_t expected = 0;
  for (size_t i = 0; i < certificates_.size(); ++i) {
    if (!world_.certificates[i].exists) continue;
    ++expected;
    const auto record = run(records_.certificate(certificates_[i].serial));
    ASSERT_TRUE(record) << "certificate " << i << " was lost";
    EXPECT_EQ(record->value.der, certificates_[i].der);
    EXPECT_EQ(record->value.revocation.has_value(), world_.certificates[i].revoked) << "certificate " << i;
  }
  EXPECT_EQ(entries.size(), expected) << "an order was issued twice";
}

// What was seen goes where the RFC lets it go.
template <class Status>
void ModelRun::see(std::map<std::string, Status>& seen, const std::string& id, Status status) {
  const auto [before, is_new] = seen.try_emplace(id, status);
  EXPECT_TRUE(leads_to(before->second, status))
      << id << ": from " << name_of(before->second) << " to " << name_of(status);
  if (is_new || before->second != status) ++counts_["is " + std::string(name_of(status))];
  before->second = status;
}

}  // namespace acmecore::model
