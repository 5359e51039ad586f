#include "dnsserver/answer.h"

#include <optional>

namespace dnsserver {

namespace {

using Found = NodeSource::Found;
using Kind = NodeSource::Kind;

class Answer {
 public:
  Answer(const Query& query, const ServedZone& zone, const ZoneTable& zones, NodeSource& nodes,
         ResponseWriter& response)
      : query_(query), zone_(zone), zones_(zones), nodes_(nodes), response_(response) {}

  Response answer();

 private:
  // False: name_ is now the target of a CNAME, and the answer goes on with it.
  bool answer_name();
  bool answer_from_node(BytesView blob);
  std::optional<bool> answer_from_above(const Found& found, size_t depth, size_t labels_below);
  bool follow(const RRsetView& cname);
  bool redirect(const RRsetView& dname, size_t labels_below);
  bool go_on_behind(size_t cname);
  void refer(const RRsetView& name_servers, size_t cut);
  void add_glue(const LoweredName& name_server, size_t owner);
  void deny(Rcode rcode);
  void tell_expire(const RRsetView& soa);
  Found find_wildcard();

  const Query& query_;
  const ServedZone& zone_;
  const ZoneTable& zones_;
  NodeSource& nodes_;
  ResponseWriter& response_;

  const LoweredName* name_ = &query_.name;
  size_t at_ = kHeaderSize;  // where name_ stands in the response
  size_t cnames_ = 0;
  LoweredName target_;
  Rcode rcode_ = Rcode::noerror;
};

Response Answer::answer() {
  response_.set_authoritative(true);
  while (!answer_name()) {
  }
  return response_.finish(rcode_);
}

bool Answer::answer_name() {
  const size_t all = name_->label_count();
  Found found;
  // One look-up, but where a cut or a DNAME may lie above the name: there the walk is down from the apex.
  const size_t apex = zone_.label_count;
  for (size_t labels = zone_.has_cuts ? apex : all; labels <= all; ++labels) {
    found = nodes_.find(zone_, *name_, labels);
    if (found.kind == Kind::absent || found.kind == Kind::broken) break;
    if (!zone_.has_cuts) continue;
    if (const auto ends = answer_from_above(found, labels - apex, all - labels)) return *ends;
  }
  if (found.kind == Kind::absent && zone_.has_wildcards) found = find_wildcard();
  switch (found.kind) {
    case Kind::node: return answer_from_node(found.blob);
    case Kind::empty_non_terminal: deny(Rcode::noerror); return true;
    case Kind::absent:
      if (const auto held = nodes_.is_held(*name_)) {
        deny(*held ? Rcode::noerror : Rcode::nxdomain);
        return true;
      }
      break;
    case Kind::broken: break;
  }
  response_.set_broken(ExtendedError::not_ready);
  return true;
}

bool Answer::answer_from_node(BytesView blob) {
  const auto node = NodeView::parse(blob);
  if (!node) return response_.set_broken(), true;
  // RFC 8482 §4.1: one RRset is an answer to ANY.
  if (const auto rrset = query_.type == kTypeAny ? node->at(0) : node->find(query_.type)) {
    if (rrset->type == kTypeSoa) tell_expire(*rrset);
    response_.add(Section::answer, *rrset, at_);
    return true;
  }
  if (const auto cname = node->find(kTypeCname)) return follow(*cname);
  deny(Rcode::noerror);
  return true;
}

// As long as the zone has been ours: all the time that its SOA grants (RFC 7314 §2).
void Answer::tell_expire(const RRsetView& soa) {
  constexpr size_t kExpireFromEnd = 8;
  const bool is_asked_for = query_.edns && query_.edns->expire && cnames_ == 0;
  if (!is_asked_for || soa.records.size() < kRecordHeaderSize + kExpireFromEnd) return;
  response_.add_option(kOptionExpire, soa.records.substr(soa.records.size() - kExpireFromEnd, 4));
}

bool Answer::follow(const RRsetView& cname) {
  const size_t record = response_.add(Section::answer, cname, at_);
  return record == 0 || go_on_behind(record);
}

// Goes on with the target of the CNAME if this zone holds it: RFC 1034 §4.3.2 step 3a.
bool Answer::go_on_behind(size_t cname) {
  at_ = response_.read_target(cname, target_);
  name_ = &target_;
  return at_ == 0 || ++cnames_ == kCnamesMax || zones_.find(target_) != &zone_;
}

// What a node on the way down to the name has to say about it, as answer_name(); nullopt: nothing. A name with NS
// below the apex is where another zone begins, but its DS is still ours (RFC 4035 §3.1.4.1). A DNAME speaks for
// all names below its own, and whatever else stands there is not served (RFC 6672 §2.4).
std::optional<bool> Answer::answer_from_above(const Found& found, size_t depth, size_t labels_below) {
  if (found.kind != Kind::node) return std::nullopt;
  const auto node = NodeView::parse(found.blob);
  if (!node) return response_.set_broken(), true;
  const bool may_be_cut = depth > 0 && !(labels_below == 0 && query_.type == kTypeDs);
  if (const auto name_servers = may_be_cut ? node->find(kTypeNs) : std::nullopt) {
    refer(*name_servers, at_ + name_->label_at(labels_below));
    return true;
  }
  if (const auto dname = labels_below > 0 ? node->find(kTypeDname) : std::nullopt)
    return redirect(*dname, labels_below);
  return std::nullopt;
}

// Goes on with the name that a DNAME above makes of this one. Who asks for the CNAME has all that there is.
bool Answer::redirect(const RRsetView& dname, size_t labels_below) {
  const size_t prefix_size = name_->label_at(labels_below);
  const size_t record = response_.add(Section::answer, dname, at_ + prefix_size);
  if (record == 0) return true;
  if (dname.count != 1) return response_.set_broken(), true;
  if (response_.read_target(record, target_) == 0) return true;
  const auto cname = response_.add_synthesized(record, at_, prefix_size);
  if (!cname) rcode_ = Rcode::yxdomain;
  if (!cname || *cname == 0 || query_.type == kTypeCname || query_.type == kTypeAny) return true;
  return go_on_behind(*cname);
}

void Answer::refer(const RRsetView& name_servers, size_t cut) {
  // AA is about the first owner name in the answer: behind a CNAME of ours it stays (RFC 1035 §4.1.1).
  response_.set_authoritative(cnames_ > 0);
  size_t record = response_.add(Section::authority, name_servers, cut);
  for (size_t i = 0; record != 0 && i < name_servers.count; ++i) {
    const size_t at = response_.read_target(record, target_);
    if (at == 0) return;
    if (zones_.find(target_) == &zone_) add_glue(target_, at);
    record = response_.next_record(record);
  }
}

// All addresses of name servers that this zone holds, or TC (RFC 9471 §3).
void Answer::add_glue(const LoweredName& name_server, size_t owner) {
  const Found found = nodes_.find(zone_, name_server, name_server.label_count());
  if (found.kind == Kind::broken) return response_.set_broken(ExtendedError::not_ready);
  if (found.kind != Kind::node) return;
  const auto node = NodeView::parse(found.blob);
  if (!node) return response_.set_broken();
  for (uint16_t type : {kTypeA, kTypeAaaa}) {
    if (const auto addresses = node->find(type)) response_.add(Section::additional, *addresses, owner);
  }
}

// NXDOMAIN or NODATA with the SOA of the zone (RFC 2308 §2).
void Answer::deny(Rcode rcode) {
  rcode_ = rcode;
  const Found apex = nodes_.find(zone_, *name_, zone_.label_count);
  if (apex.kind == Kind::broken) return response_.set_broken(ExtendedError::not_ready);
  const auto node = apex.kind == Kind::node ? NodeView::parse(apex.blob) : std::nullopt;
  const auto soa = node ? node->find(kTypeSoa) : std::nullopt;
  if (!soa) return response_.set_broken();
  response_.add_denial(*soa, at_ + name_->label_at(name_->label_count() - zone_.label_count));
}

// The source of synthesis: "*" right below the closest encloser and nowhere else (RFC 4592 §3.3.1).
Found Answer::find_wildcard() {
  for (size_t labels = name_->label_count(); labels-- > zone_.label_count;) {
    const Found encloser = nodes_.find(zone_, *name_, labels);
    if (encloser.kind == Kind::broken) return encloser;
    if (encloser.kind != Kind::absent) return nodes_.find_wildcard(zone_, *name_, labels);
  }
  return {};
}

}  // namespace

Response answer(const Query& query, const ServedZone& zone, const ZoneTable& zones, NodeSource& nodes,
                ResponseWriter& response) {
  return Answer(query, zone, zones, nodes, response).answer();
}

}  // namespace dnsserver
