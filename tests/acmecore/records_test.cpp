#include "acmecore/records.h"

#include <gmock/gmock.h>

#include "acmecore/external_account_codec.h"
#include "acmecore/record_codec.h"
#include "base/openssl.h"
#include "storage/memory_store.h"
#include "tests/acmecore/policy_fixture.h"
#include "tests/support/run_task.h"

namespace acmecore {
namespace {

using base::Error;
using base::ErrorKind;
using base::Time;
using support::run_task;

const Time kNow = base::parse_rfc3339("2026-11-23T04:30:00.123Z").value();

Account account(const std::string& id = "account-1") {
  Account made;
  made.unused = true;
  made.id = id;
  made.contacts = {"mailto:a@corp.test", "mailto:b@corp.test"};
  made.terms_of_service_agreed = true;
  made.terms_of_service = "https://corp.test/1";
  made.agreement = Agreement{"https://corp.test/2", "token"};
  made.key_spki = "spki of " + id;
  made.key_thumbprint = "thumbprint of " + id;
  made.created = kNow;
  return made;
}

Authorization authorization() {
  Authorization made;
  made.id = "authorization-1";
  made.account = "account-1";
  made.identifier = {"corp.test", true};
  made.created = kNow;
  made.expires = kNow + std::chrono::hours(24);
  Challenge challenge;
  challenge.type = kDns01;
  challenge.token = "token";
  made.challenges = {challenge};
  return made;
}

// Every field is set.
Authorization judged_authorization() {
  Authorization made = authorization();
  made.deactivated = kNow;
  made.subdomain_auth_allowed = true;
  made.revoked = kNow;
  Challenge& challenge = made.challenges[0];
  challenge.status = ChallengeStatus::invalid;
  challenge.thumbprint = "thumbprint";
  challenge.responded = kNow;
  challenge.validated = kNow;
  challenge.next_look = kNow;
  challenge.error = Error{ErrorKind::unauthorized, "not there", {{ErrorKind::dns, "sub", "corp.test"}}};
  Observation observation{};
  observation.perspective = "primary";
  observation.name = base::Name::parse("_acme-challenge.corp.test").value();
  observation.type = "TXT";
  observation.asked = kNow;
  observation.took = std::chrono::milliseconds(7);
  observation.server = "192.0.2.1#53 (acme.test.)";
  observation.path = {observation.name, base::Name::parse("7f3k.acme.test").value()};
  observation.result = "NOERROR";
  observation.values = {"x", "y\\003"};
  observation.security = "insecure";
  challenge.evidence = {observation};
  return made;
}

Order order(const std::string& id = "order-1") {
  Order made;
  made.id = id;
  made.account = "account-1";
  made.identifiers = {{"corp.test", false}, {"corp.test", true}};
  made.authorizations = {"authorization-1", "authorization-2"};
  made.created = kNow;
  made.expires = kNow + std::chrono::hours(24);
  return made;
}

Order finished_order() {
  Order made = order();
  made.intent = Intent{{"\x01\x02"}, "digest", "spki", kNow};
  made.replaces = "AKI.serial";
  made.abandoned = {{"\x01\x03"}, {"\x01\x04"}};
  made.certificate = Serial{"\x01\x02"};
  made.validity = {kNow, kNow + std::chrono::hours(24)};
  made.replaces = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE";
  made.error = Error{ErrorKind::internal, "detail", {}};
  made.certificate_lifetime_max = std::chrono::hours(48);
  made.profile = "weekly";
  made.identifiers = {{"a.corp.test", false, "corp.test"}};
  made.approval = Approval{"digest", "spki", kNow, kNow + std::chrono::hours(1), kNow, "anna"};
  return made;
}

ExternalAccountKey external_account_key(const std::string& id = "key-1") {
  ExternalAccountKey made;
  made.id = id;
  made.mac_key = base::Bytes(kMacKeySize, 'm');
  made.directory = "team";
  made.created = kNow;
  return made;
}

// Every field is set.
ExternalAccountKey used_external_account_key() {
  ExternalAccountKey made = external_account_key();
  made.comment = "team web";
  made.restriction = {patterns({"corp.test", "**.corp.test"}), std::chrono::hours(48), {"usual", "weekly"}};
  made.expires = kNow + std::chrono::hours(24);
  made.uses_max = 3;
  made.uses = 2;
  made.last_used = kNow;
  made.disabled = true;
  return made;
}

IssuedCertificate certificate() {
  IssuedCertificate made;
  made.serial = Serial{"\x01\x02"};
  made.account = "account-1";
  made.order = "order-1";
  made.der = "der";
  made.replaced_by = "order-2";
  made.issued = kNow;
  made.not_after = kNow + std::chrono::hours(90 * 24);
  return made;
}

TEST(RecordCodec, ReadsBackWhatItWrote) {
  for (AccountStatus status : {AccountStatus::valid, AccountStatus::deactivated, AccountStatus::revoked}) {
    Account made = account();
    made.status = status;
    made.principal = "automation";
    if (status == AccountStatus::revoked) made.revoked = kNow;
    EXPECT_EQ(decode_account(made.id, encode(made)), made);
    made.directory = "team";
    made.external_account =
        ExternalAccount{"key-1", R"({"payload":""})", used_external_account_key().restriction};
    EXPECT_EQ(decode_account(made.id, encode(made)), made);
  }
  Order waiting = order();
  waiting.approval = Approval{"digest", "spki", kNow, kNow + std::chrono::hours(1), std::nullopt, ""};
  for (const Order& made : {order(), waiting, finished_order()})
    EXPECT_EQ(decode_order(made.id, encode(made)), made);
  for (const Authorization& made : {authorization(), judged_authorization()}) {
    EXPECT_EQ(decode_authorization(made.id, encode(made)), made);
  }
  IssuedCertificate revoked = certificate();
  revoked.revocation = Revocation{kNow, RevocationReason::superseded};
  IssuedCertificate own = certificate();
  own.account = own.order = own.der = "";
  own.hosts = {"localhost", "::1"};
  IssuedCertificate in_crl = revoked;
  in_crl.revocation->reason = RevocationReason::privilege_withdrawn;
  in_crl.crl = CrlShard{"0123456789abcdef", 7};
  in_crl.issuer = "00ff";
  in_crl.profile = "weekly";
  in_crl.authorizations = {"authorization-1", "authorization-2"};
  in_crl.publicly_trusted = true;
  for (const IssuedCertificate& made : {certificate(), revoked, own, in_crl}) {
    EXPECT_EQ(decode_certificate(made.serial, encode(made)), made);
  }
}

TEST(RecordCodec, ReadsBackExternalAccountKeys) {
  for (const ExternalAccountKey& made : {external_account_key(), used_external_account_key()})
    EXPECT_EQ(decode_external_account_key(made.id, encode(made)), made);
  EXPECT_EQ(decode_external_account_key("e", "\xff").error().kind, ErrorKind::internal);
  EXPECT_EQ(decode_external_account_key("e", "").error().kind, ErrorKind::internal);  // no MAC key
  base::Bytes damaged = encode(used_external_account_key());
  damaged[damaged.find("corp.test")] = '_';
  EXPECT_EQ(decode_external_account_key("e", damaged).error().kind, ErrorKind::internal);
}

TEST(RecordCodec, RefusesWhatItDidNotWrite) {
  EXPECT_EQ(decode_account("a", "\xff rubbish").error().kind, ErrorKind::internal);
  EXPECT_EQ(decode_account("a", "").error().kind, ErrorKind::internal);  // no status
  EXPECT_EQ(decode_order("o", "\xff").error().kind, ErrorKind::internal);
  EXPECT_EQ(decode_authorization("u", "\xff").error().kind, ErrorKind::internal);
  EXPECT_EQ(decode_certificate({"\x01"}, "\xff").error().kind, ErrorKind::internal);
}

class RecordsTest : public testing::Test {
 protected:
  template <class T>
  ErrorKind create(const T& record) {
    Changes changes;
    changes.create(record);
    return commit(std::move(changes));
  }

  template <class T>
  ErrorKind update(const Stored<T>& record) {
    Changes changes;
    changes.update(record);
    return commit(std::move(changes));
  }

  // internal: it was committed.
  ErrorKind commit(Changes changes) {
    const auto committed = run_task(records_.commit(std::move(changes)));
    return committed ? ErrorKind::internal : committed.error().kind;
  }

  std::optional<std::string> account_with_key(const base::Bytes& spki,
                                              const std::string& directory = std::string(kDefaultDirectory)) {
    return run_task(records_.account_with_key(base::sha256(spki), directory)).value();
  }
  bool is_account_key(const base::Bytes& spki) {
    return run_task(records_.is_account_key(base::sha256(spki))).value();
  }

  std::vector<std::string> due_orders(Time now) { return run_task(records_.due_orders(now, 10)).value(); }
  std::vector<std::string> due_authorizations(Time now) {
    return run_task(records_.due_authorizations(now, 10)).value();
  }

  static constexpr ErrorKind kCommitted = ErrorKind::internal;
  storage::MemoryStore store_;
  Records records_{store_};
};

TEST_F(RecordsTest, FindsWhatWasCreated) {
  EXPECT_EQ(create(account()), kCommitted);
  EXPECT_EQ(create(order()), kCommitted);
  EXPECT_EQ(create(authorization()), kCommitted);
  EXPECT_EQ(create(certificate()), kCommitted);
  EXPECT_EQ(run_task(records_.account("account-1"))->value, account());
  EXPECT_EQ(run_task(records_.order("order-1"))->value, order());
  EXPECT_EQ(run_task(records_.authorization("authorization-1"))->value, authorization());
  EXPECT_EQ(run_task(records_.certificate(certificate().serial))->value, certificate());
}

TEST_F(RecordsTest, SaysThatWhatIsNotThereIsNotThere) {
  for (const std::string& id : {std::string(), std::string("x"), std::string(1000, 'x')}) {
    EXPECT_EQ(run_task(records_.account(id)).error().kind, ErrorKind::not_found);
    EXPECT_EQ(run_task(records_.external_account_key(id)).error().kind, ErrorKind::not_found);
    EXPECT_EQ(run_task(records_.order(id)).error().kind, ErrorKind::not_found);
    EXPECT_EQ(run_task(records_.authorization(id)).error().kind, ErrorKind::not_found);
    EXPECT_EQ(run_task(records_.certificate(Serial{id})).error().kind, ErrorKind::not_found);
  }
}

TEST_F(RecordsTest, FindsAccountsByKeyAndPrincipal) {
  Account with_principal = account();
  with_principal.principal = "automation";
  EXPECT_EQ(create(with_principal), kCommitted);
  EXPECT_EQ(account_with_key(with_principal.key_spki), "account-1");
  EXPECT_EQ(run_task(records_.account_of_principal("automation")).value(), "account-1");
  EXPECT_EQ(account_with_key("other"), std::nullopt);
  EXPECT_EQ(run_task(records_.account_of_principal("other")).value(), std::nullopt);
}

TEST_F(RecordsTest, KeepsTheAccountsOfDirectoriesApart) {
  const base::Bytes spki = account().key_spki;
  Account elsewhere = account("account-2");
  elsewhere.key_spki = spki;
  elsewhere.directory = "team";
  EXPECT_EQ(create(elsewhere), kCommitted);
  EXPECT_EQ(account_with_key(spki), std::nullopt);
  EXPECT_EQ(account_with_key(spki, "tea"), std::nullopt);
  EXPECT_EQ(account_with_key(spki, "team"), "account-2");
  EXPECT_TRUE(is_account_key(spki));  // whichever directory it is in

  EXPECT_EQ(create(account()), kCommitted);
  EXPECT_EQ(account_with_key(spki), "account-1");
  Changes changes;
  changes.erase(run_task(records_.account("account-2")).value());
  EXPECT_EQ(commit(std::move(changes)), kCommitted);
  EXPECT_EQ(account_with_key(spki, "team"), std::nullopt);
  EXPECT_EQ(account_with_key(spki), "account-1");
  EXPECT_FALSE(is_account_key("other"));
}

// What an older Assay wrote has no directory.
TEST_F(RecordsTest, FindsAccountsFromBeforeThereWereDirectories) {
  storage::Batch batch;
  batch.puts.push_back({"k" + base::sha256("spki"), "account-1"});
  ASSERT_TRUE(run_task(store_.commit(std::move(batch))));
  EXPECT_EQ(account_with_key("spki"), "account-1");
}

TEST_F(RecordsTest, ListsExternalAccountKeysInPages) {
  for (const char* id : {"k1", "k2", "k3"})
    EXPECT_EQ(create(external_account_key(id)), kCommitted);
  const auto ids = [this](const std::string& after, size_t limit) {
    std::vector<std::string> ids;
    const auto page = run_task(records_.external_account_keys(after, limit)).value();
    for (const ExternalAccountKey& key : page)
      ids.push_back(key.id);
    return ids;
  };
  EXPECT_EQ(ids("", 2), (std::vector<std::string>{"k1", "k2"}));
  EXPECT_EQ(ids("k2", 2), (std::vector<std::string>{"k3"}));
  EXPECT_TRUE(ids("k3", 2).empty());
}

TEST_F(RecordsTest, ExternalAccountKeysAreDueWhenTheyHaveLongMadeNoAccountAnyMore) {
  const auto due = [this](Time now) { return run_task(records_.due_external_account_keys(now, 10)).value(); };
  create(external_account_key());
  create(used_external_account_key());  // is there already
  EXPECT_TRUE(due(kNow + std::chrono::days(10'000)).empty());

  auto key = run_task(records_.external_account_key("key-1")).value();
  key->uses = key->uses_max;
  key->last_used = kNow;
  EXPECT_EQ(update(key), kCommitted);
  EXPECT_TRUE(due(kNow + kExternalAccountKeyRetention - std::chrono::milliseconds(1)).empty());
  EXPECT_EQ(due(kNow + kExternalAccountKeyRetention), (std::vector<std::string>{"key-1"}));

  key = run_task(records_.external_account_key("key-1")).value();
  key->uses = 0;
  key->expires = kNow + std::chrono::hours(24);
  EXPECT_EQ(update(key), kCommitted);
  EXPECT_TRUE(due(kNow + kExternalAccountKeyRetention).empty());
  EXPECT_EQ(due(*key->expires + kExternalAccountKeyRetention), (std::vector<std::string>{"key-1"}));

  Changes changes;
  changes.erase(run_task(records_.external_account_key("key-1")).value());
  EXPECT_EQ(commit(std::move(changes)), kCommitted);
  EXPECT_TRUE(due(kNow + std::chrono::days(10'000)).empty());
}

TEST_F(RecordsTest, CreatesNothingTwice) {
  EXPECT_EQ(create(account()), kCommitted);
  EXPECT_EQ(create(account()), ErrorKind::conflict);
  Account same_key = account("account-2");
  same_key.key_spki = account().key_spki;
  EXPECT_EQ(create(same_key), ErrorKind::conflict);
  EXPECT_EQ(run_task(records_.account("account-2")).error().kind, ErrorKind::not_found);
}

TEST_F(RecordsTest, UpdatesOnlyWhatNobodyChangedSince) {
  create(order());
  auto mine = run_task(records_.order("order-1")).value();
  auto theirs = mine;
  theirs->error = Error{ErrorKind::dns, "x", {}};
  EXPECT_EQ(update(theirs), kCommitted);
  EXPECT_EQ(update(mine), ErrorKind::conflict);
  EXPECT_EQ(run_task(records_.order("order-1"))->value, theirs.value);
}

TEST_F(RecordsTest, ExpectsAuthorizationsToStayAsTheyAre) {
  create(authorization());
  create(order());
  const auto expected = run_task(records_.authorization("authorization-1")).value();
  auto changed = expected;
  changed->deactivated = kNow;
  EXPECT_EQ(update(changed), kCommitted);
  Changes changes;
  changes.update(run_task(records_.order("order-1")).value());
  changes.expect(expected);
  EXPECT_EQ(commit(std::move(changes)), ErrorKind::conflict);
}

TEST_F(RecordsTest, ChangesAnAccountsKeyWithItsIndex) {
  create(account());
  create(account("account-2"));
  auto changed = run_task(records_.account("account-1")).value();
  changed->key_spki = "new";
  Changes changes;
  changes.change_key(changed, account().key_spki);
  EXPECT_EQ(commit(std::move(changes)), kCommitted);
  EXPECT_EQ(account_with_key("new"), "account-1");
  EXPECT_EQ(account_with_key(account().key_spki), std::nullopt);

  auto taken = run_task(records_.account("account-1")).value();
  taken->key_spki = account("account-2").key_spki;
  Changes to_taken;
  to_taken.change_key(taken, "new");
  EXPECT_EQ(commit(std::move(to_taken)), ErrorKind::conflict);
}

TEST_F(RecordsTest, ListsTheOrdersOfAnAccountInPages) {
  for (const char* id : {"o1", "o2", "o3"})
    create(order(id));
  Order other = order("o4");
  other.account = "account-2";
  create(other);
  const auto list = [this](const std::string& after, size_t limit) {
    return run_task(records_.orders_of("account-1", after, limit)).value();
  };
  EXPECT_EQ(list("", 2), (std::vector<std::string>{"o1", "o2"}));
  EXPECT_EQ(list("o2", 2), (std::vector<std::string>{"o3"}));
  EXPECT_EQ(list("o3", 2), std::vector<std::string>());
}

TEST_F(RecordsTest, BlocksKeys) {
  EXPECT_FALSE(run_task(records_.is_blocked(base::sha256("spki"))).value());
  Changes changes;
  changes.block_key("spki");
  EXPECT_EQ(commit(std::move(changes)), kCommitted);
  EXPECT_TRUE(run_task(records_.is_blocked(base::sha256("spki"))).value());
  EXPECT_FALSE(run_task(records_.is_blocked(base::sha256("other"))).value());
}

TEST_F(RecordsTest, AnOrderIsDueAtOnceWhileItIsProcessingAndElseWhenItCanGo) {
  create(order());
  const Time removal = order().expires + kExpiredRetention;
  EXPECT_TRUE(due_orders(removal - std::chrono::milliseconds(1)).empty());
  EXPECT_EQ(due_orders(removal), (std::vector<std::string>{"order-1"}));

  auto stored = run_task(records_.order("order-1")).value();
  stored->intent = Intent{{"\x01"}, "digest", "spki", kNow};
  update(stored);
  EXPECT_EQ(due_orders(kNow), (std::vector<std::string>{"order-1"}));
  stored = run_task(records_.order("order-1")).value();
  stored->certificate = Serial{"\x01"};
  update(stored);
  EXPECT_TRUE(due_orders(kNow).empty());

  Changes changes;
  changes.erase(run_task(records_.order("order-1")).value());
  EXPECT_EQ(commit(std::move(changes)), kCommitted);
  EXPECT_TRUE(due_orders(removal).empty());
  EXPECT_TRUE(run_task(records_.orders_of("account-1", "", 10))->empty());
}

TEST_F(RecordsTest, AnAuthorizationIsDueAtOnceWhileItIsProcessing) {
  create(authorization());
  EXPECT_TRUE(due_authorizations(kNow).empty());
  auto stored = run_task(records_.authorization("authorization-1")).value();
  stored->challenges[0].status = ChallengeStatus::processing;
  stored->challenges[0].responded = kNow;
  update(stored);
  EXPECT_EQ(due_authorizations(kNow), (std::vector<std::string>{"authorization-1"}));
  stored = run_task(records_.authorization("authorization-1")).value();
  stored->deactivated = kNow;
  update(stored);
  EXPECT_TRUE(due_authorizations(kNow).empty());
}

}  // namespace
}  // namespace acmecore
