#include "acmecore/http/edge.h"

// RFC 9773.
namespace acmecore::http {

using base::Json;

Edge::Answer Edge::renewal_info(const Route& route) {
  CO_TRY(const RenewalInfo info, co_await authority_.renewal_info(route.id));
  Json::Object window{{"start", base::rfc3339(info.start)}, {"end", base::rfc3339(info.end)}};
  Json::Object object{{"suggestedWindow", std::move(window)}};
  if (!directory_.renewal_explanation.empty())
    object.emplace_back("explanationURL", directory_.renewal_explanation);
  Response response = json_response(200, std::move(object));
  response.headers.push_back({"Retry-After", std::to_string(info.ask_again.count())});
  co_return response;
}

}  // namespace acmecore::http
