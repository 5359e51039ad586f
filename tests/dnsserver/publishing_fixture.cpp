#include "tests/dnsserver/publishing_fixture.h"

#include <algorithm>

#include "dnsserver/node_source.h"
#include "dnsserver/rdata.h"
#include "dnsserver/respond.h"
#include "storage/lmdb/lmdb_store.h"
#include "storage/memory_store.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {

PublishingFixture::PublishingFixture(StoreKind kind) : kind_(kind) {
  if (kind_ == StoreKind::memory) store_ = std::make_unique<storage::MemoryStore>();
  open(kSizeMax);
}

PublishingFixture::~PublishingFixture() = default;

void PublishingFixture::restart(uint64_t size_max) {
  publishing_.reset();
  served_.reset();
  nodes_.reset();
  if (kind_ == StoreKind::lmdb) store_.reset();
  open(size_max);
}

void PublishingFixture::open(uint64_t size_max) {
  if (!store_)
    store_ = storage::LmdbStore::open({.directory = directory_.path(), .size_max = size_max}).value();
  nodes_ = std::make_unique<NodeFeed>(*store_);
  served_ = std::make_unique<ZoneTableHolder>();
  publishing_ = run(Publishing::open(*store_, clock_, *served_, io_.get_executor())).value();
}

void PublishingFixture::create_zone(std::string_view apex) {
  Zone zone;
  zone.apex = Name::parse(apex).value();
  zone.name_servers = {Name::parse("ns1.ns.test").value()};
  zone.contact = Name::parse("hostmaster.ns.test").value();
  ASSERT_TRUE(run(publishing_->create_zone(zone, {})));
}

Result<uint32_t> PublishingFixture::put(std::string_view owner, std::string_view type,
                                        const std::vector<std::string>& rdata, uint32_t ttl) {
  RRset rrset{Name::parse(owner).value(), parse_type(type).value(), ttl, {}};
  for (const std::string& text : rdata)
    rrset.rdata.push_back(parse_rdata(rrset.type, text).value());
  return run(publishing_->put_rrset(rrset, {}));
}

Result<uint32_t> PublishingFixture::remove_rrset(std::string_view owner, std::string_view type) {
  return run(publishing_->delete_rrset(Name::parse(owner).value(), parse_type(type).value(), {}));
}

Result<Presented> PublishingFixture::present(std::string credential, std::string_view owner, Bytes value,
                                             std::chrono::milliseconds lifetime) {
  return run(publishing_->present(Writer::of_configuration(std::move(credential)), Name::parse(owner).value(),
                                  std::move(value), clock_.now() + lifetime));
}

Result<size_t> PublishingFixture::remove(std::string credential, std::string_view owner,
                                         std::optional<Bytes> value) {
  return run(publishing_->remove(Writer::of_configuration(std::move(credential)), Name::parse(owner).value(),
                                 std::move(value)));
}

std::vector<std::string> PublishingFixture::ask(std::string_view name, std::string_view type) {
  const auto reader = store_->reader();
  StoredNodes stored(*reader);
  IndexedNodes indexed(nodes_->index());
  indexed.pass();
  const Bytes query = make_query(name, parse_type(type).value());
  const Bytes response = respond_from(indexed, query);
  EXPECT_EQ(response, respond_from(stored, query)) << name << " " << type;
  ReadMessage message = read_message(response);
  std::sort(message.answer.begin(), message.answer.end());
  message.answer.insert(message.answer.begin(), message.rcode);
  return message.answer;
}

Bytes PublishingFixture::respond_from(NodeSource& nodes, BytesView query) const {
  std::shared_ptr<const ZoneTable> zones;
  uint64_t generation = 0;
  served_->refresh(zones, generation);
  std::vector<char> buffer(kTcpSizeMax);
  const QueryContext context{.transport = Transport::tcp, .client = {}, .now = {}, .policy = EdnsPolicy()};
  const Response response = respond(query, buffer, context, *zones, nodes);
  return {buffer.data(), response.size};
}

uint32_t PublishingFixture::serial(std::string_view apex) {
  const std::string soa = ask(apex, "SOA").at(1);
  const size_t serial = soa.find("hostmaster.ns.test. ") + std::string_view("hostmaster.ns.test. ").size();
  return uint32_t(std::stoul(soa.substr(serial)));
}

size_t PublishingFixture::key_count(std::string_view tables) {
  size_t count = 0;
  for (const char table : tables) {
    storage::Range range{.prefix = Bytes(1, table), .limit = 1'000'000};
    count += run(store_->list(std::move(range))).value().size();
  }
  return count;
}

storage::Revision PublishingFixture::revision() { return run(store_->commit({})).value(); }

}  // namespace dnsserver
