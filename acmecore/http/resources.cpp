#include "acmecore/http/resources.h"

#include "acmecore/http/problem.h"
#include "base/time.h"

namespace acmecore::http {

using base::Json;

namespace {

Json identifier_json(const std::string& value) { return Json::Object{{"type", "dns"}, {"value", value}}; }

// RFC 8739 §3.1.1.
Json to_json(const AutoRenewal& renewal) {
  Json::Object object;
  if (renewal.start_date) object.emplace_back("start-date", base::rfc3339(*renewal.start_date));
  object.emplace_back("end-date", base::rfc3339(renewal.end_date));
  object.emplace_back("lifetime", int64_t{renewal.lifetime.count()});
  object.emplace_back("lifetime-adjust", int64_t{renewal.lifetime_adjust.count()});
  if (renewal.allow_certificate_get) object.emplace_back("allow-certificate-get", true);
  return object;
}

}  // namespace

Json to_json(const Account& account, const Urls& urls) {
  Json::Array contacts;
  for (const std::string& contact : account.contacts)
    contacts.push_back(contact);
  Json::Object object{{"status", name_of(account.status)},
                      {"contact", std::move(contacts)},
                      {"orders", urls.orders(account.id)}};
  if (account.terms_of_service_agreed) object.emplace_back("termsOfServiceAgreed", true);
  if (account.external_account) {
    const auto binding = base::parse_json(account.external_account->binding);
    if (binding) object.emplace_back("externalAccountBinding", *binding);  // RFC 8555 §7.3.4: reflected
  }
  return object;
}

Json to_json(const OrderView& view, const Urls& urls) {
  const Order& order = view.order;
  Json::Array identifiers, authorizations;
  for (const Identifier& identifier : order.identifiers) {
    Json::Object json{{"type", "dns"}, {"value", identifier.text()}};
    if (!identifier.ancestor.empty()) json.emplace_back("ancestorDomain", identifier.ancestor);
    identifiers.push_back(std::move(json));
  }
  for (const std::string& id : order.authorizations)
    authorizations.push_back(urls.authorization(id));
  Json::Object object{{"status", name_of(view.status)},
                      {"expires", base::rfc3339(order.expires)},
                      {"identifiers", std::move(identifiers)},
                      {"authorizations", std::move(authorizations)},
                      {"finalize", urls.finalize(order.id)}};
  const auto& [not_before, not_after] = order.validity;
  if (not_before) object.emplace_back("notBefore", base::rfc3339(*not_before));
  if (not_after) object.emplace_back("notAfter", base::rfc3339(*not_after));
  if (!order.replaces.empty()) object.emplace_back("replaces", order.replaces);
  if (!order.profile.empty()) object.emplace_back("profile", order.profile);
  if (view.error) object.emplace_back("error", problem_json(*view.error));
  if (order.auto_renewal) object.emplace_back("auto-renewal", to_json(*order.auto_renewal));
  if (order.certificate && view.status == OrderStatus::valid) {
    if (order.auto_renewal) {
      object.emplace_back("star-certificate", urls.star_certificate(order.id));
    } else {
      object.emplace_back("certificate", urls.certificate(*order.certificate));
    }
  }
  return object;
}

Json to_json(const AuthorizationView& view, const Urls& urls) {
  const Authorization& authorization = view.authorization;
  Json::Array challenges;
  for (const Challenge& challenge : authorization.challenges) {
    challenges.push_back(to_json(challenge, authorization.id, urls));
  }
  // The identifier is without "*.", and `wildcard` is there only where it is true; so it is where the authorization
  // counts for wildcards below its name (RFC 9444 §4.1).
  Json::Object object{{"identifier", identifier_json(authorization.identifier.name)},
                      {"status", name_of(view.status)},
                      {"expires", base::rfc3339(authorization.expires)},
                      {"challenges", std::move(challenges)}};
  if (authorization.identifier.wildcard || authorization.subdomain_auth_allowed) {
    object.emplace_back("wildcard", true);
  }
  if (authorization.subdomain_auth_allowed) object.emplace_back("subdomainAuthAllowed", true);
  return object;
}

Json to_json(const Challenge& challenge, const std::string& authorization, const Urls& urls) {
  Json::Object object{{"type", challenge.type},
                      {"url", urls.challenge(authorization, challenge.type)},
                      {"status", name_of(challenge.status)},
                      {"token", challenge.token}};
  if (challenge.validated) object.emplace_back("validated", base::rfc3339(*challenge.validated));
  if (challenge.error) object.emplace_back("error", problem_json(*challenge.error));
  return object;
}

}  // namespace acmecore::http
