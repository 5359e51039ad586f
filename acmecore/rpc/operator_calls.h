#pragma once

#include <grpcpp/server_context.h>

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include "acmecore/requester.h"
#include "base/error.h"
#include "base/task.h"
#include "proto/callers.h"

namespace acmecore::rpc {

inline constexpr int32_t kPageSizeDefault = 100;
inline constexpr int32_t kPageSizeMax = 1000;

// A page token is the id of the last record that was looked at for the page before.
inline constexpr size_t kPageTokenMax = 64;

// A page of larger records ends here, well below what gRPC's clients take.
inline constexpr size_t kPageOctetsMax = 1024 * 1024;

// What services whose calls have one answer have in common: who calls, where the calls run, what lists are asked for.
class OperatorCalls {
 public:
  using Work = base::Task<base::Result<void>>;

  // The callers outlive the object and its calls.
  OperatorCalls(const proto::Callers& callers, boost::asio::any_io_executor executor)
      : callers_(callers), executor_(std::move(executor)) {}

  // Runs what `method` returns, if who calls has one of the permissions; it is told who that is.
  // What it fails with is FAILED_PRECONDITION where a record is in another state than the call needs.
  grpc::ServerUnaryReactor* serve(grpc::CallbackServerContext& context,
                                  std::initializer_list<proto::Permission> permissions,
                                  const std::function<Work(Actor by)>& method) const;

 private:
  const proto::Callers& callers_;
  const boost::asio::any_io_executor executor_;
};

// malformed: what is asked for is no page. `token_max` is for lists whose tokens are no ids.
base::Result<size_t> checked_page_size(int32_t page_size, const std::string& page_token,
                                       size_t token_max = kPageTokenMax);

// Puts a page's records into a response until kPageOctetsMax, each by `add`, which returns the message that it added.
// Returns the token of the next page, which begins behind the last that was added. Empty: there is none.
template <class Page, class Add>
std::string fill_page(const Page& page, const Add& add) {
  size_t octets = 0;
  for (const auto& record : page.found) {
    const auto& message = add(record);
    octets += message.ByteSizeLong();
    if (octets >= kPageOctetsMax) return message.id();
  }
  return page.next;
}

}  // namespace acmecore::rpc
