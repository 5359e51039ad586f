#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "base/bytes.h"
#include "base/endpoint.h"

// What a server says over TLS to somebody who takes whatever certificate it has. Each call is a connection of its own;
// one that fails throws what Boost does.
namespace app {

// The certificate that it serves, in DER. `protocol`: what ALPN offers; empty: nothing.
base::Bytes served_certificate(const base::Endpoint& server, const std::string& protocol = "");

using HttpsRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpsResponse = boost::beast::http::response<boost::beast::http::string_body>;

// What it answers to the request, which is completed by Host and Content-Length.
HttpsResponse ask_https(const base::Endpoint& server, HttpsRequest request);

}  // namespace app
