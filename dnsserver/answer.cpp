#include "dnsserver/answer.h"

#include <algorithm>

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
  bool follow(const RRsetView& cname);
  bool refer_if_cut(const Found& found, size_t labels_below);
  void refer(const RRsetView& name_servers, size_t cut);
  void add_glue(const LoweredName& name_server, size_t owner);
  void deny(Rcode rcode);
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
  // One look-up, but where a cut may lie above the name: there the walk is down from the apex.
  for (size_t labels = zone_.has_cuts ? std::min(zone_.label_count + 1, all) : all; labels <= all; ++labels) {
    found = nodes_.find(zone_, *name_, labels);
    if (found.kind == Kind::absent || found.kind == Kind::broken) break;
    if (zone_.has_cuts && labels > zone_.label_count && refer_if_cut(found, all - labels)) return true;
  }
  if (found.kind == Kind::absent && zone_.has_wildcards) found = find_wildcard();
  switch (found.kind) {
    case Kind::node: return answer_from_node(found.blob);
    case Kind::empty_non_terminal: deny(Rcode::noerror); return true;
    case Kind::absent: deny(Rcode::nxdomain); return true;
    case Kind::broken: break;
  }
  response_.set_broken();
  return true;
}

bool Answer::answer_from_node(BytesView blob) {
  const auto node = NodeView::parse(blob);
  if (!node) return response_.set_broken(), true;
  // RFC 8482 §4.1: one RRset is an answer to ANY.
  if (const auto rrset = query_.type == kTypeAny ? node->at(0) : node->find(query_.type)) {
    response_.add(Section::answer, *rrset, at_);
    return true;
  }
  if (const auto cname = node->find(kTypeCname)) return follow(*cname);
  deny(Rcode::noerror);
  return true;
}

// Goes on with the target of the CNAME if this zone holds it: RFC 1034 §4.3.2 step 3a.
bool Answer::follow(const RRsetView& cname) {
  const size_t record = response_.add(Section::answer, cname, at_);
  if (record == 0) return true;
  at_ = response_.read_target(record, target_);
  name_ = &target_;
  return at_ == 0 || ++cnames_ == kCnamesMax || zones_.find(target_) != &zone_;
}

// A name with NS below the apex is where another zone begins, but its DS is still ours (RFC 4035 §3.1.4.1).
bool Answer::refer_if_cut(const Found& found, size_t labels_below) {
  if (found.kind != Kind::node || (labels_below == 0 && query_.type == kTypeDs)) return false;
  const auto node = NodeView::parse(found.blob);
  const auto name_servers = node ? node->find(kTypeNs) : std::nullopt;
  if (!name_servers) return false;
  refer(*name_servers, at_ + name_->label_at(labels_below));
  return true;
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
