#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/http/message.h"

// Pages for persons, whose URLs entitle whoever has them.
namespace acmecore::http {

// As text in HTML, also within quotes.
std::string html(std::string_view text);

// A whole page of this title and content, which are HTML. Nothing is loaded or run in it, its forms go to where it
// came from, and its URL is told to nobody.
base::http::Response page(unsigned status, std::string_view title, std::string_view content);

// The page that says to a person what to_problem() says to a client, with the same status.
base::http::Response error_page(std::string_view title, const base::Error& error);

}  // namespace acmecore::http
