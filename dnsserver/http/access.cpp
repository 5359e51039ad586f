#include "dnsserver/http/access.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "base/log.h"
#include "base/openssl.h"
#include "dnsserver/http/basic_auth.h"
#include "dnsserver/http/client_address.h"

namespace dnsserver::http {

namespace {

using base::ErrorKind;
using base::fail;
using base::http::Request;

bool has_sha256(const std::string& secret, const std::string& sha256) {
  const std::string digest = base::sha256(secret);
  return sha256.size() == digest.size() && CRYPTO_memcmp(sha256.data(), digest.data(), digest.size()) == 0;
}

}  // namespace

std::optional<base::IpAddress> Access::source_of(const Request& request) const {
  return client_address(request, trusted_proxies_);
}

base::Task<Result<SharedCredential>> Access::authenticate(const Request& request, std::string user,
                                                          std::string password) {
  const std::string from = counted_as(request);
  if (!has_failures_left(from)) {
    co_return fail(ErrorKind::rate_limited, "too many wrong passwords come from this address");
  }
  auto credential =
      co_await credentials_.authenticate(std::move(user), std::move(password), source_of(request));
  if (!credential && credential.error().kind == ErrorKind::unauthorized) {
    count_failure(from);
    base::log::info("dns.publish.unauthorized", {{"from", from}, {"detail", credential.error().detail}});
  }
  co_return credential;
}

Result<void> Access::check_registration(const Request& request,
                                        const std::optional<std::string>& path_token) {
  const std::string from = counted_as(request);
  if (registration_.access == Registration::Access::closed) return fail(ErrorKind::not_found, "");
  if (registration_.access == Registration::Access::guarded) {
    if (!has_failures_left(from)) {
      return fail(ErrorKind::rate_limited, "too many wrong passwords come from this address");
    }
    if (auto passed = check_guards(request, path_token); !passed) {
      count_failure(from);
      base::log::info("dns.register.unauthorized", {{"from", from}, {"detail", passed.error().detail}});
      return passed;
    }
  } else if (path_token) {
    return fail(ErrorKind::not_found, "");
  }
  const std::lock_guard lock(mutex_);
  if (registrations_.take(from, registration_.rate, clock_.now())) return {};
  return fail(ErrorKind::rate_limited, "too many registrations come from this address");
}

Result<void> Access::check_guards(const Request& request, const std::optional<std::string>& path_token) {
  const auto source = source_of(request);
  const auto has_source = [&](const base::IpNetwork& network) { return source && network.contains(*source); };
  if (!registration_.networks.empty() && std::ranges::none_of(registration_.networks, has_source)) {
    return fail(ErrorKind::unauthorized, "the address may not register");
  }
  if (path_token) {
    if (has_sha256(*path_token, registration_.token_sha256)) return {};
    return fail(ErrorKind::not_found, "the token in the path is wrong");
  }
  if (registration_.token_sha256.empty() && registration_.password_sha256.empty()) return {};
  const auto given = basic_auth(request);
  if (given && given->user == registration_.user &&
      has_sha256(given->password, registration_.password_sha256)) {
    return {};
  }
  return fail(ErrorKind::unauthorized, "neither the token nor the password of the registration came along");
}

std::string Access::counted_as(const Request& request) const {
  const auto source = source_of(request);
  if (!source) return request.peer;
  if (source->is_v4()) return source->text();
  return base::IpNetwork::parse(source->text() + "/64").value().text();
}

bool Access::has_failures_left(const std::string& from) {
  const std::lock_guard lock(mutex_);
  return failures_.has_token(from, kFailureRate, clock_.now());
}

void Access::count_failure(const std::string& from) {
  const std::lock_guard lock(mutex_);
  failures_.take(from, kFailureRate, clock_.now());
}

}  // namespace dnsserver::http
