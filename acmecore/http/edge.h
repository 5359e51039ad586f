#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "acmecore/authenticator.h"
#include "acmecore/authority.h"
#include "acmecore/directory.h"
#include "acmecore/http/accept.h"
#include "acmecore/http/route.h"
#include "acmecore/http/urls.h"
#include "acmecore/nonces.h"
#include "base/error.h"
#include "base/http/message.h"
#include "base/http/refused.h"
#include "base/json.h"
#include "base/task.h"

namespace acmecore::http {

// RFC 8555 over HTTPS in one directory: from a request to the Authority's use case and back. Thread-safe.
class Edge {
 public:
  // The references outlive the edge and the requests it has been given.
  Edge(Authority& authority, Authenticator& authenticator, Nonces& nonces, Urls urls, Directory directory);

  // Answers every request, whose target is a path as Urls has them; what fails is a problem document. Each answer
  // to a POST and each error carries a fresh nonce, and each but the directory's the link to the directory (§6.5,
  // §7.1).
  base::Task<base::http::Response> handle(base::http::Request request);

  // For the listener: what it refuses by itself, in the same form.
  base::http::Response refuse(const base::http::Refused& refused);

 private:
  using Response = base::http::Response;
  using Answer = base::Task<base::Result<Response>>;

  Answer answer(const base::http::Request& request, const Route& route);
  Answer answer_post(const base::http::Request& request, const Route& route);
  Answer dispatch(SignedRequest request, const Route& route, std::string url,
                  const base::http::Request& sent);
  base::Result<Response> open_resource(const Route& route, bool is_get) const;
  Response directory() const;
  void add_nonce(Response& response);
  static Response new_nonce(bool is_get);

  // edge_accounts.cpp
  Answer new_account(AccountKey key, base::Bytes payload, std::string peer);
  Answer account(const SignedRequest& request, const Route& route);
  Answer orders(const SignedRequest& request, const Route& route);
  Answer key_change(const SignedRequest& request, std::string url);

  // edge_orders.cpp
  Answer new_order(const SignedRequest& request);
  Answer new_authz(const SignedRequest& request);
  Answer order(const SignedRequest& request, const Route& route);
  Answer finalize(const SignedRequest& request, const Route& route);
  Answer authorization(const SignedRequest& request, const Route& route);
  Answer challenge(const SignedRequest& request, const Route& route);
  Answer cancel(const SignedRequest& request, const Route& route);
  Answer revoke_cert(const SignedRequest& request, std::string peer);

  Answer renewal_info(const Route& route);  // edge_renewal.cpp

  // edge_certificates.cpp
  Answer certificate(const SignedRequest& request, const Route& route, CertificateForm form);
  Answer star_certificate(std::optional<std::string> account, const Route& route, CertificateForm form);
  Response handed_out(CertificateChain chain, CertificateForm form, const std::string& url,
                      size_t number) const;

  // edge_terms.cpp
  Answer ask_to_agree(const Account& account, const base::Error& error);
  base::Task<Response> terms(const base::http::Request& request, const Route& route);

  // edge_pausing.cpp
  Answer refused(const Account& account, base::Error error);
  base::Task<Response> unpause(const base::http::Request& request, const Route& route);

  Response order_response(unsigned status, const OrderView& view) const;

  Authority& authority_;
  Authenticator& authenticator_;
  Nonces& nonces_;
  const Urls urls_;
  const Directory directory_;
};

// malformed: a POST to a resource that is only read (RFC 8555 §6.3), with a payload.
base::Result<void> require_post_as_get(const SignedRequest& request);

base::http::Response json_response(unsigned status, const base::Json& json);

}  // namespace acmecore::http
