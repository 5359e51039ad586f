#include "validator/doctor/doctor.h"

#include <algorithm>
#include <utility>

#include "validator/dns01.h"

namespace validator::doctor {

using base::Name;
using base::Result;
using base::Task;
using Kind = Pointer::Kind;

namespace {

// Tells findings until nobody listens.
class Teller {
 public:
  explicit Teller(Doctor::Tell tell) : tell_(std::move(tell)) {}

  Task<bool> operator()(Findings findings) {
    for (Finding& finding : findings) {
      if (listened_) listened_ = co_await tell_(std::move(finding));
    }
    co_return listened_;
  }

 private:
  Doctor::Tell tell_;
  bool listened_ = true;
};

// The name that owns, or will own, the TXT RRset.
Name owner_of(const ParentSeen& parent, const Pointer& pointer) {
  if (pointer.kind == Kind::nothing || pointer.kind == Kind::text) {
    for (const Remedy& remedy : delegation_remedies(parent, {})) {
      const WantedRecord& record = remedy.add.front();
      auto target =
          record.type == "CNAME" ? Name::parse(record.rdata) : base::fail(base::ErrorKind::not_found, "");
      if (target) return *std::move(target);
    }
  }
  return end_of(parent, pointer);
}

// The zone that holds the TXT RRset, as far as is known without asking.
std::optional<Name> apex_of(const ParentSeen& parent, const Pointer& pointer, const OwnServer& own) {
  if (pointer.kind == Kind::delegation) return pointer.cut;
  return own.zone_of(owner_of(parent, pointer));
}

// The id of the credential to look at; empty: it is one of the configuration.
std::string examined_by(const Examination& examination) {
  if (!examination.credential.empty()) return examination.credential;
  return examination.caller.is_registered ? examination.caller.name : "";
}

std::vector<ServerAddress> addresses_of(const CutSeen& cut) {
  std::vector<ServerAddress> addresses;
  for (const ChildServer& child : cut.children)
    addresses.push_back(child.at);
  return addresses;
}

// Names of the certificates whose challenges are published at this server, be it by CNAME or not.
std::vector<Name> published_here(const std::vector<ApiCertificate>& certificates, const OwnServer& own) {
  std::vector<Name> names;
  for (const ApiCertificate& certificate : certificates) {
    std::ranges::copy_if(certificate.names, std::back_inserter(names), [&](const Name& name) {
      const auto challenge = challenge_name(name);
      return challenge && own.zone_of(*challenge);
    });
  }
  return names;
}

// What the examination says of the credential's client.
void note_client(const Examination& examination, CredentialSeen& seen) {
  const bool is_callers = examination.credential.empty();
  if (seen.id.empty()) seen.id = examination.caller.name;
  seen.tells_ids = !examination.caller.is_registered;
  seen.client = examination.client;
  if (!seen.client && is_callers) seen.client = examination.caller.address;
  seen.clock_ahead = examination.clock_ahead;
}

}  // namespace

Task<Result<void>> Doctor::examine(Examination examination, Tell tell_one, Gone gone) const {
  CO_TRY(const Name challenge, challenge_name(examination.identifier));
  if (challenge.label_count() > kIdentifierLabelsMax) {
    co_return base::fail(base::ErrorKind::malformed,
                         "a name of more than " + std::to_string(kIdentifierLabelsMax - 1) + " labels");
  }
  Teller tell(std::move(tell_one));
  Gatherer gather(with_, std::move(gone));
  const std::string registered = examined_by(examination);
  const ParentSeen parent = co_await gather.parent(challenge, registered);
  if (!co_await tell(check_parent(parent))) co_return Result<void>();

  const Pointer pointer = pointer_of(parent);
  const Name owner = owner_of(parent, pointer);
  const auto apex = apex_of(parent, pointer, with_.own);
  CredentialSeen credential = co_await gather.credential(owner, registered);
  note_client(examination, credential);
  if (!co_await tell(check_registration(parent, credential))) co_return Result<void>();
  CutSeen cut;
  if (apex) {
    std::optional<FoundZone> above;
    if (pointer.kind == Kind::delegation) above = parent.zone;
    cut = co_await gather.cut(*apex, std::move(above));
    if (!co_await tell(check_cut(cut))) co_return Result<void>();
  } else {
    Findings nowhere{
        skipped("cut.delegation", "No zone of this server is meant yet, so there is no cut to see.")};
    if (!co_await tell(std::move(nowhere))) co_return Result<void>();
  }

  // While the canary is there, the name that the answers are about exists.
  WritePathSeen write;
  const bool publishes = !examination.read_only && with_.own.zone_of(owner).has_value();
  if (publishes) write.canary = co_await gather.begin_canary(owner, examination.caller, addresses_of(cut));
  const AnswersSeen answers = co_await gather.answers(owner, cut.apex, cut.children, parent);
  if (publishes) write.canary = co_await gather.end_canary(*std::move(write.canary));
  if (!co_await tell(check_answers(answers))) co_return Result<void>();

  CaaSeen caa =
      co_await gather.caa(examination.identifier, examination.wildcard, parent, examination.issuers);
  caa.account = examination.account;
  if (!co_await tell(check_caa(caa))) co_return Result<void>();

  if (!co_await tell(check_credential(credential))) co_return Result<void>();
  if (!with_.own.listeners().empty()) write.discovery = co_await gather.discovery(challenge);
  if (!co_await tell(check_write_path(write))) co_return Result<void>();

  ViewsSeen views;
  views.identifier = examination.identifier;
  views.challenge = challenge;
  views.by_cname = pointer.kind == Kind::alias;
  views.listeners = with_.own.listeners();
  views.port_53_holder = with_.own.port_53_holder();
  views.walk = parent.walk;
  views.resolvers = co_await gather.resolvers(challenge, examination.resolvers);
  views.api_certificates = with_.own.api_certificates();
  views.published_here = published_here(views.api_certificates, with_.own);
  views.now = with_.clock.now();
  co_await tell(check_views(views));
  co_return Result<void>();
}

}  // namespace validator::doctor
