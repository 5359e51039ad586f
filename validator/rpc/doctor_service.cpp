#include "validator/rpc/doctor_service.h"

#include <boost/asio/strand.hpp>
#include <utility>

#include "base/log.h"
#include "proto/bridge.h"
#include "proto/status.h"
#include "validator/doctor/paste.h"

namespace validator::rpc {

namespace api = assay::v1;
using base::ErrorKind;
using base::Result;
using base::Task;
using doctor::Examination;
using Writer = proto::StreamWriter<api::ExamineResponse>;

namespace {

constexpr std::string_view kWildcard = "*.";

tl::unexpected<base::Error> bad(const std::string& field, const base::Error& error) {
  return base::fail(error.kind, field + ": " + error.detail);
}

api::Finding::Grade to_api(doctor::Grade grade) {
  switch (grade) {
    case doctor::Grade::ok: return api::Finding::GRADE_OK;
    case doctor::Grade::skipped: return api::Finding::GRADE_SKIPPED;
    case doctor::Grade::warn: return api::Finding::GRADE_WARN;
    case doctor::Grade::fail: return api::Finding::GRADE_FAIL;
  }
  return api::Finding::GRADE_UNSPECIFIED;
}

std::string line(const doctor::WantedRecord& record) {
  return record.owner.text() + " " + std::to_string(record.ttl) + " IN " + record.type + " " + record.rdata;
}

// One of the examinations under way, until it is gone.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), got_(taken.fetch_add(1) < kExaminationsMax) {}
  ~Place() { taken_.fetch_sub(1); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  bool got() const { return got_; }

 private:
  std::atomic<int>& taken_;
  const bool got_;
};

Task<grpc::Status> examine(const doctor::Doctor& doctor, Examination examination, std::atomic<int>& taken,
                           Writer& writer) {
  const Place place(taken);
  if (!place.got()) {
    co_return proto::to_status(
        {ErrorKind::too_large,
         std::to_string(kExaminationsMax) + " examinations are under way; try again when one is done"});
  }
  const auto tell = [&writer](doctor::Finding finding) -> Task<bool> {
    api::ExamineResponse response;
    write_finding(finding, *response.mutable_finding());
    co_return co_await writer.write(std::move(response));
  };
  base::log::info("doctor.examine",
                  {{"credential", examination.credential}, {"name", examination.identifier.text()}});
  const auto gone = [&writer] { return writer.cancelled(); };
  const auto done = co_await doctor.examine(std::move(examination), tell, gone);
  co_return done ? grpc::Status::OK : proto::to_status(done.error());
}

Writer* refuse(const base::Task<>::executor_type& executor, grpc::Status status) {
  return Writer::serve(executor, [status](Writer&) -> Task<grpc::Status> { co_return status; });
}

}  // namespace

grpc::ServerWriteReactor<api::ExamineResponse>* DoctorService::Examine(grpc::CallbackServerContext* context,
                                                                       const api::ExamineRequest* request) {
  auto caller = callers_.authorize(proto::presented_by(*context), proto::Permission::challenges);
  if (!caller) return refuse(executor_, caller.error());
  auto examination = read_examination(*request);
  if (!examination) return refuse(executor_, proto::to_status(examination.error()));
  examination->credential = *std::move(caller);
  if (examination->resolvers.empty()) examination->resolvers = resolvers_;
  return Writer::serve(boost::asio::make_strand(executor_),
                       [this, examination = *std::move(examination)](Writer& writer) {
                         return examine(doctor_, examination, under_way_, writer);
                       });
}

Result<Examination> read_examination(const api::ExamineRequest& request) {
  Examination examination;
  std::string name = request.name();
  examination.wildcard = name.starts_with(kWildcard);
  if (examination.wildcard) name.erase(0, kWildcard.size());
  auto identifier = base::Name::parse(name);
  if (!identifier) return bad("name", identifier.error());
  if (identifier->is_root() || identifier->is_wildcard())
    return base::fail(ErrorKind::malformed, "name: a DNS name, or \"*.\" and one");
  examination.identifier = *std::move(identifier);
  examination.issuers.assign(request.issuers().begin(), request.issuers().end());
  if (request.resolvers_size() > kResolversMax)
    return base::fail(ErrorKind::too_large, "resolvers: more than " + std::to_string(kResolversMax));
  for (const std::string& text : request.resolvers()) {
    auto resolver = base::parse_endpoint(text);
    if (!resolver) return bad("resolvers", resolver.error());
    examination.resolvers.push_back(*std::move(resolver));
  }
  examination.read_only = request.read_only();
  return examination;
}

void write_finding(const doctor::Finding& finding, api::Finding& message) {
  message.set_id(finding.id);
  message.set_grade(to_api(finding.grade));
  message.set_sentence(finding.sentence);
  for (const doctor::Remedy& remedy : finding.remedies) {
    api::Remedy& written = *message.add_remedies();
    written.set_title(remedy.title);
    written.set_zone(remedy.zone.text());
    for (const doctor::WantedRecord& record : remedy.remove)
      written.add_remove(line(record));
    for (const doctor::WantedRecord& record : remedy.add)
      written.add_add(line(record));
    const doctor::Paste paste = paste_of(remedy);
    written.set_bind(paste.bind);
    written.set_knot(paste.knot);
    written.set_windows(paste.windows);
    written.set_route53(paste.route53);
  }
}

}  // namespace validator::rpc
