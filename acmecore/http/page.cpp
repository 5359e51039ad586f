#include "acmecore/http/page.h"

#include "acmecore/http/problem.h"

namespace acmecore::http {

std::string html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

base::http::Response page(unsigned status, std::string_view title, std::string_view content) {
  base::http::Response response{
      status, {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}}, ""};
  response.headers.push_back(
      {"Content-Security-Policy", "default-src 'none'; form-action 'self'; frame-ancestors 'none'"});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});  // the URL is what entitles
  response.body = "<!doctype html>\n<html lang=\"en\"><title>" + std::string(title) + "</title>\n" +
                  std::string(content) + "\n</html>\n";
  return response;
}

base::http::Response error_page(std::string_view title, const base::Error& error) {
  const base::http::Response problem = to_problem(error);
  const base::Json document = problem_json(error);
  base::http::Response response =
      page(problem.status, title, "<p>" + html(*document.find("detail")->string()) + ".</p>");
  for (const base::http::Header& header : problem.headers) {
    if (header.name != "Content-Type") response.headers.push_back(header);
  }
  return response;
}

}  // namespace acmecore::http
