#include "acmecore/rpc/inventory_service.h"

#include <utility>

#include "acmecore/rpc/inventory_messages.h"

namespace acmecore::rpc {

namespace api = assay::v1;
using base::Result;
using proto::Permission;

namespace {

// A page token here holds a name in base64url, with a serial number.
constexpr size_t kTokenMax = 512;

}  // namespace

grpc::ServerUnaryReactor* InventoryService::ListCertificates(grpc::CallbackServerContext* context,
                                                             const api::ListCertificatesRequest* request,
                                                             api::ListCertificatesResponse* response) {
  return calls_.serve(*context, {Permission::administration},
                      [=, this](const Actor&) { return list(*request, *response); });
}

grpc::ServerUnaryReactor* InventoryService::GetCertificate(grpc::CallbackServerContext* context,
                                                           const api::GetCertificateRequest* request,
                                                           api::GetCertificateResponse* response) {
  return calls_.serve(*context, {Permission::administration}, [=, this](const Actor&) {
    return get(request->serial(), *response->mutable_certificate());
  });
}

InventoryService::Work InventoryService::list(const api::ListCertificatesRequest& request,
                                              api::ListCertificatesResponse& response) {
  CO_TRY(const size_t page_size, checked_page_size(request.page_size(), request.page_token(), kTokenMax));
  CO_TRY(InventoryFilter filter, filter_of(request));
  CO_TRY(const auto page,
         co_await inventory_.certificates(std::move(filter), request.page_token(), page_size));
  size_t octets = 0;
  for (const InventoryEntry& entry : page.found) {
    *response.add_certificates() = message_of(entry.view);
    octets += response.certificates().rbegin()->ByteSizeLong();
    if (octets < kPageOctetsMax) continue;
    response.set_next_page_token(entry.place);
    co_return Result<void>();
  }
  response.set_next_page_token(page.next);
  co_return Result<void>();
}

InventoryService::Work InventoryService::get(const std::string& serial, api::Certificate& message) {
  CO_TRY(Serial parsed, parse_serial(serial));
  CO_TRY(const CertificateView view, co_await inventory_.certificate(std::move(parsed)));
  message = detailed_message_of(view);
  co_return Result<void>();
}

}  // namespace acmecore::rpc
