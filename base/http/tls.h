#pragma once

#include <boost/asio/ssl/context.hpp>

#include "base/error.h"
#include "base/tls.h"

namespace base::http {

using base::TlsIdentity;

// new_tls_server() for HTTP/1.1, as Asio wants it.
Result<boost::asio::ssl::context> tls_server_context(const TlsIdentity& identity);

}  // namespace base::http
