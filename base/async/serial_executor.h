#pragma once

#include <boost/asio/any_io_executor.hpp>

namespace base {

// A strand on `executor`: what runs there, runs one after the other.
boost::asio::any_io_executor serial_executor(const boost::asio::any_io_executor& executor);

}  // namespace base
