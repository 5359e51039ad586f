#include "acmecore/http/edge.h"
#include "acmecore/http/payload.h"
#include "acmecore/http/resources.h"

// The resources of RFC 8555 §7.4 to §7.6, but for the certificates themselves.
namespace acmecore::http {

using base::ErrorKind;
using base::fail;

namespace {

// Issuance takes milliseconds; a second is the shortest that the field can say.
constexpr std::chrono::seconds kIssuance{1};

void ask_to_retry(base::http::Response& response, std::chrono::seconds after) {
  response.headers.push_back({"Retry-After", std::to_string(after.count())});
}

}  // namespace

base::http::Response Edge::order_response(unsigned status, const OrderView& view) const {
  Response response = json_response(status, to_json(view, urls_));
  response.headers.push_back({"Location", urls_.order(view.order.id)});
  if (view.status == OrderStatus::processing) {
    ask_to_retry(response,
                 is_waiting(view.order) ? time_to_wait(*view.order.approval, view.time) : kIssuance);
  }
  return response;
}

Edge::Answer Edge::new_order(const SignedRequest& request) {
  CO_TRY(NewOrderRequest asked, parse_new_order(request.payload));
  CO_CHECK(Authority::check_subdomains(directory_, asked.identifiers));
  asked.subdomain_authorization = directory_.subdomain_authorization;
  const auto agreed = Authority::check_terms(directory_, *request.account);
  if (!agreed) co_return co_await ask_to_agree(*request.account, agreed.error());
  asked.auto_renewal_rule = directory_.auto_renewal;
  auto ordered = co_await authority_.new_order(*request.account, std::move(asked));
  if (!ordered) co_return co_await refused(*request.account, std::move(ordered).error());
  co_return order_response(201, *ordered);
}

Edge::Answer Edge::new_authz(const SignedRequest& request) {
  CO_TRY(RequestedIdentifier asked, parse_new_authz(request.payload));
  CO_CHECK(Authority::check_subdomains(directory_, {&asked, 1}));
  const auto agreed = Authority::check_terms(directory_, *request.account);
  if (!agreed) co_return co_await ask_to_agree(*request.account, agreed.error());
  auto made = co_await authority_.new_authorization(*request.account, std::move(asked));
  if (!made) co_return co_await refused(*request.account, std::move(made).error());
  Response response = json_response(201, to_json(*made, urls_));
  response.headers.push_back({"Location", urls_.authorization(made->authorization.id)});
  co_return response;
}

Edge::Answer Edge::order(const SignedRequest& request, const Route& route) {
  if (!request.is_post_as_get()) co_return co_await cancel(request, route);
  CO_TRY(const OrderView view, co_await authority_.order(*request.account, route.id));
  co_return order_response(200, view);
}

// RFC 8739 §3.1.2.
Edge::Answer Edge::cancel(const SignedRequest& request, const Route& route) {
  CO_CHECK(parse_cancellation(request.payload));
  CO_TRY(const OrderView view, co_await authority_.cancel(*request.account, route.id));
  co_return order_response(200, view);
}

Edge::Answer Edge::finalize(const SignedRequest& request, const Route& route) {
  CO_TRY(base::Bytes csr, parse_finalize(request.payload));
  CO_TRY(const OrderView view,
         co_await authority_.finalize(*request.account, route.id, std::move(csr), kIssuancePatience));
  co_return order_response(200, view);
}

Edge::Answer Edge::authorization(const SignedRequest& request, const Route& route) {
  AuthorizationView view;
  if (request.is_post_as_get()) {
    CO_TRY(view, co_await authority_.authorization(*request.account, route.id));
  } else {
    CO_CHECK(parse_deactivation(request.payload));
    CO_TRY(view, co_await authority_.deactivate_authorization(*request.account, route.id));
  }
  Response response = json_response(200, to_json(view, urls_));
  if (const Challenge* looked_at = processing_challenge(view.authorization)) {
    ask_to_retry(response, time_to_wait(*looked_at, view.time));
  }
  co_return response;
}

Edge::Answer Edge::challenge(const SignedRequest& request, const Route& route) {
  AuthorizationView view;
  if (request.is_post_as_get()) {
    CO_TRY(view, co_await authority_.authorization(*request.account, route.id));
  } else {
    CO_CHECK(parse_challenge_response(request.payload));
    CO_TRY(view, co_await authority_.respond(*request.account, route.id, route.part, kChallengePatience));
  }
  const Challenge* challenge = view.authorization.find_challenge(route.part);
  if (challenge == nullptr) co_return fail(ErrorKind::not_found, "the authorization has no such challenge");
  Response response = json_response(200, to_json(*challenge, route.id, urls_));
  response.headers.push_back({"Link", "<" + urls_.authorization(route.id) + ">;rel=\"up\""});
  if (challenge == processing_challenge(view.authorization)) {
    ask_to_retry(response, time_to_wait(*challenge, view.time));
  }
  co_return response;
}

Edge::Answer Edge::revoke_cert(const SignedRequest& request, std::string peer) {
  CO_TRY(RevocationRequest asked, parse_revocation(request.payload));
  if (request.account) {
    CO_CHECK(co_await authority_.revoke(*request.account, std::move(asked.certificate_der), asked.reason));
  } else {
    CO_CHECK(co_await authority_.revoke_by_key(request.jwk->spki_der(), std::move(asked.certificate_der),
                                               asked.reason, std::move(peer)));
  }
  co_return Response{200, {}, ""};
}

}  // namespace acmecore::http
