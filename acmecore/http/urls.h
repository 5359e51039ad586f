#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "acmecore/directory.h"
#include "acmecore/serial.h"

namespace acmecore::http {

// The URLs that we hand out. They begin with the configured origin and never with what a request says, so
// that a "url" in a JWS can be compared with them octet by octet (RFC 8555 §6.4).
//
// A path is written as in the default directory: "/directory", "/acme/new-order". In the directory "lab" these are
// "/acme/lab/directory" and "/acme/lab/new-order".
class Urls {
 public:
  // "https://acme.corp.example", without a final slash.
  explicit Urls(std::string origin, std::string_view directory = kDefaultDirectory)
      : origin_(std::move(origin)),
        prefix_(directory == kDefaultDirectory ? "" : std::string(kAcme) + std::string(directory)) {}

  // Of any of our paths.
  std::string at(std::string_view path) const {
    if (prefix_.empty()) return origin_ + std::string(path);
    return origin_ + prefix_ + std::string(path.starts_with(kAcme) ? path.substr(kAcme.size() - 1) : path);
  }

  // The path that a request target is in this directory. Nothing: it is in another one.
  std::optional<std::string> path_of(std::string_view target) const {
    if (prefix_.empty()) return std::string(target);
    if (!target.starts_with(prefix_)) return std::nullopt;
    target.remove_prefix(prefix_.size());
    if (!target.starts_with('/')) return std::nullopt;
    if (target == kDirectory) return std::string(kDirectory);
    return std::string(kAcme) + std::string(target.substr(1));
  }

  std::string directory() const { return at(kDirectory); }
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
  std::string unpause(const std::string& account, const std::string& token) const {
    return at("/acme/unpause/") + account + "/" + token;
  }
  std::string star_certificate(const std::string& order) const {
    return at("/acme/star-certificate/") + order;
  }
  std::string issuer(const std::string& id) const { return at("/acme/issuer/") + id; }
  std::string certificate(const Serial& serial) const { return at("/acme/certificate/") + text_of(serial); }
  // Of a certificate of either kind, given its URL with the usual chain, with a chain of Issuer::chains().
  static std::string with_chain(const std::string& certificate, size_t chain) {
    return chain == 0 ? certificate : certificate + "/" + std::to_string(chain);
  }

 private:
  static constexpr std::string_view kAcme = "/acme/";
  static constexpr std::string_view kDirectory = "/directory";

  std::string origin_;
  std::string prefix_;  // "/acme/lab"; empty: the default directory
};

}  // namespace acmecore::http
