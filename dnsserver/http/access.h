#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/http/message.h"
#include "base/ip_network.h"
#include "dnsserver/credentials.h"
#include "dnsserver/token_buckets.h"

namespace dnsserver::http {

// Addresses whose requests are counted, each with one of IPv6 counting as its /64.
inline constexpr size_t kCountedAddressesMax = 100'000;
// Wrong user names and passwords from one address. Whoever has used them up is not even looked at.
inline constexpr Rate kFailureRate{.per_minute = 30, .burst = 60};

// Who may get an account of his own.
struct Registration {
  enum class Access { closed, guarded, open };
  Access access = Access::closed;
  Name zone;  // where the names are handed out
  // Guards. A network is needed where there are networks; besides, of token and password one is enough.
  std::vector<base::IpNetwork> networks;
  std::string token_sha256;  // of the first segment of the path; empty: none
  std::string user;
  std::string password_sha256;  // empty: none
  Rate rate{.per_minute = 60, .burst = 60};
};

// From where a request comes, and whether whoever sent it may do what it asks. Thread-safe.
class Access {
 public:
  // What it refers to outlives it.
  Access(Credentials& credentials, const base::Clock& clock, Registration registration,
         std::vector<base::IpNetwork> trusted_proxies)
      : credentials_(credentials),
        clock_(clock),
        registration_(std::move(registration)),
        trusted_proxies_(std::move(trusted_proxies)) {}

  const Registration& registration() const { return registration_; }

  // Nothing: a proxy hides it.
  std::optional<base::IpAddress> source_of(const base::http::Request& request) const;

  // unauthorized: wrong, or not from there. rate_limited: kFailureRate was used up before, and nothing was
  // looked at; or as Credentials::authenticate().
  base::Task<Result<SharedCredential>> authenticate(const base::http::Request& request, std::string user,
                                                    std::string password);

  // May whoever sent this register, with that token in the path? not_found: nobody may, or the token is wrong.
  // unauthorized: not from there, or without the password. rate_limited: too often, rightly or wrongly.
  Result<void> check_registration(const base::http::Request& request,
                                  const std::optional<std::string>& path_token);

 private:
  Result<void> check_guards(const base::http::Request& request, const std::optional<std::string>& path_token);
  std::string counted_as(const base::http::Request& request) const;
  bool has_failures_left(const std::string& from);
  void count_failure(const std::string& from);

  Credentials& credentials_;
  const base::Clock& clock_;
  const Registration registration_;
  const std::vector<base::IpNetwork> trusted_proxies_;
  // Requests are served on several threads; nothing is awaited under it.
  std::mutex mutex_;
  TokenBuckets failures_{kCountedAddressesMax};
  TokenBuckets registrations_{kCountedAddressesMax};
};

}  // namespace dnsserver::http
