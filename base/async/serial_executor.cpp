#include "base/async/serial_executor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

namespace base {

namespace asio = boost::asio;

// An any_io_executor has room for a strand on an io_context and for none on another any_io_executor: that one would
// take memory for each of its copies, and Asio makes several for each operation.
asio::any_io_executor serial_executor(const asio::any_io_executor& executor) {
  if (const auto* known = executor.target<asio::io_context::executor_type>())
    return asio::make_strand(*known);
  return asio::make_strand(executor);
}

}  // namespace base
