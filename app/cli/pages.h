#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "app/cli/client.h"

namespace app {

inline constexpr int kPageSize = 1000;

// Asks for one page after the other and prints each when it has come: with --output json as it is, else by `tell`.
template <class Response, class Request>
grpc::Status print_pages(const Client& client, Terminal& terminal, Request request, const auto& ask,
                         const auto& tell) {
  request.set_page_size(kPageSize);
  do {
    Response page;
    const grpc::Status status = ask(*client.context(), request, page);
    if (!status.ok()) return status;
    if (!client.printed_as_json(page, terminal.out)) tell(page);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return grpc::Status::OK;
}

}  // namespace app
