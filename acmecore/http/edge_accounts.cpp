#include "acmecore/http/edge.h"
#include "acmecore/http/payload.h"
#include "acmecore/http/problem.h"
#include "acmecore/http/resources.h"
#include "acmecore/key_change.h"

// The resources of RFC 8555 §7.3.
namespace acmecore::http {

using base::ErrorKind;
using base::fail;
using base::Json;

namespace {

// Another account's URL says as little as one of no account.
base::Result<void> require_own(const SignedRequest& request, const Route& route) {
  if (request.account->id == route.id) return {};
  return fail(ErrorKind::not_found,
              "there is no such account, or it is not the one that signed this request");
}

}  // namespace

Edge::Answer Edge::new_account(AccountKey key, base::Bytes payload, std::string peer) {
  CO_TRY(NewAccountRequest asked, parse_new_account(payload));
  asked.address = std::move(peer);
  asked.url = urls_.at("/acme/new-account");
  CO_TRY(const NewAccountResult result,
         co_await authority_.new_account(directory_, std::move(key), std::move(asked)));
  Response response = json_response(result.created ? 201 : 200, to_json(result.account, urls_));
  response.headers.push_back({"Location", urls_.account(result.account.id)});
  co_return response;
}

Edge::Answer Edge::account(const SignedRequest& request, const Route& route) {
  CO_CHECK(require_own(request, route));
  Account account = *request.account;
  if (!request.is_post_as_get()) {
    CO_TRY(const AccountUpdate update, parse_account_update(request.payload));
    if (update.contacts) {
      CO_TRY(account, co_await authority_.update_contacts(*request.account, *update.contacts));
    }
    if (update.deactivate) {
      CO_TRY(account, co_await authority_.deactivate_account(*request.account));
    }
  }
  Response response = json_response(200, to_json(account, urls_));
  response.headers.push_back({"Location", urls_.account(account.id)});
  co_return response;
}

Edge::Answer Edge::orders(const SignedRequest& request, const Route& route) {
  CO_CHECK(require_own(request, route));
  CO_CHECK(require_post_as_get(request));
  CO_TRY(const auto page, co_await authority_.orders(*request.account, route.part));
  Json::Array orders;
  for (const std::string& id : page.found)
    orders.push_back(urls_.order(id));
  Response response = json_response(200, Json::Object{{"orders", std::move(orders)}});
  if (!page.next.empty()) {
    const std::string next = urls_.orders(route.id) + "?after=" + page.next;
    response.headers.push_back({"Link", "<" + next + ">;rel=\"next\""});
  }
  co_return response;
}

// RFC 8555 §7.3.5.
Edge::Answer Edge::key_change(const SignedRequest& request, std::string url) {
  const Requester& account = *request.account;
  CO_TRY(AccountKey key, parse_key_change(request.payload, url, urls_.account(account.id), account));
  CO_TRY(const KeyChangeResult result, co_await authority_.change_key(account, std::move(key)));
  if (!result.changed) {
    Response response = to_problem({ErrorKind::conflict, "the new key is already that of another account"});
    response.headers.push_back({"Location", urls_.account(result.account.id)});
    co_return response;
  }
  Response response = json_response(200, to_json(result.account, urls_));
  response.headers.push_back({"Location", urls_.account(result.account.id)});
  co_return response;
}

}  // namespace acmecore::http
