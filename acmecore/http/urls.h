#pragma once

#include <string>
#include <string_view>

#include "acmecore/serial.h"

namespace acmecore::http {

// The URLs that we hand out. They begin with the configured origin and never with what a request says, so
// that a "url" in a JWS can be compared with them octet by octet (RFC 8555 §6.4).
class Urls {
 public:
  // "https://acme.corp.example", without a final slash.
  explicit Urls(std::string origin) : origin_(std::move(origin)) {}

  // Of any of our paths, as the request line has it.
  std::string at(std::string_view target) const { return origin_ + std::string(target); }

  std::string directory() const { return at("/directory"); }
  std::string account_prefix() const { return at("/acme/account/"); }
  std::string account(const std::string& id) const { return account_prefix() + id; }
  std::string orders(const std::string& account) const { return this->account(account) + "/orders"; }
  std::string order(const std::string& id) const { return at("/acme/order/") + id; }
  std::string finalize(const std::string& order) const { return this->order(order) + "/finalize"; }
  std::string authorization(const std::string& id) const { return at("/acme/authorization/") + id; }
  std::string challenge(const std::string& authorization, const std::string& type) const {
    return at("/acme/challenge/") + authorization + "/" + type;
  }
  std::string terms(const std::string& account, const std::string& token) const {
    return at("/acme/terms/") + account + "/" + token;
  }
  std::string issuer(const std::string& id) const { return at("/acme/issuer/") + id; }
  std::string certificate(const Serial& serial) const { return at("/acme/certificate/") + text_of(serial); }

 private:
  std::string origin_;
};

}  // namespace acmecore::http
