#include "acmecore/rpc/certificate_service.h"

#include <utility>

#include "base/async/serial_executor.h"
#include "proto/peer.h"
#include "proto/status.h"

namespace acmecore::rpc {

using assay::v1::IssueResponse;
using base::Task;

namespace {

class StreamCaller final : public IssueCaller {
 public:
  explicit StreamCaller(proto::StreamWriter<IssueResponse>& stream) : stream_(stream) {}

  Task<bool> tell(IssueResponse event) override { return stream_.write(std::move(event)); }
  bool has_gone() const override { return stream_.cancelled(); }

 private:
  proto::StreamWriter<IssueResponse>& stream_;
};

}  // namespace

CertificateService::CertificateService(IssueServices services, const proto::Callers& callers,
                                       boost::asio::any_io_executor executor)
    : services_(services), callers_(callers), executor_(std::move(executor)) {}

grpc::ServerWriteReactor<IssueResponse>* CertificateService::Issue(grpc::CallbackServerContext* context,
                                                                   const assay::v1::IssueRequest* request) {
  auto work = [this, presented = proto::presented_by(*context),
               address = proto::peer_address(context->peer()),
               request = *request](Stream& stream) { return issue(stream, presented, address, request); };
  return Stream::serve(base::serial_executor(executor_), std::move(work));
}

Task<grpc::Status> CertificateService::issue(Stream& stream, proto::Presented presented, std::string address,
                                             assay::v1::IssueRequest request) {
  const auto principal = callers_.authorize(presented, proto::Permission::certificates);
  if (!principal) co_return principal.error();
  StreamCaller caller(stream);
  IssueCall call(services_, *principal, caller, std::move(address));
  const auto outcome = co_await call.run(std::move(request));
  co_return outcome ? grpc::Status::OK : proto::to_status(outcome.error());
}

}  // namespace acmecore::rpc
