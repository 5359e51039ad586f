#pragma once

#include <boost/asio/awaitable.hpp>

namespace base {

// A coroutine that runs when it is awaited, on the executor of the one who awaits it.
template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace base
