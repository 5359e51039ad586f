#pragma once

#include "base/http/message.h"
#include "base/http/refused.h"
#include "dnsserver/http/acme_dns.h"
#include "dnsserver/http/cors.h"
#include "dnsserver/http/httpreq.h"
#include "dnsserver/http/lego_storage.h"

namespace dnsserver::http {

struct DoorOptions {
  Registration registration;
  std::vector<base::IpNetwork> trusted_proxies;
  std::vector<std::string> cors_origins = {};  // Cors
  // Of values whose client says nothing of it, and none here can.
  std::chrono::milliseconds value_lifetime = kChallengeLifetimeDefault;
};

// Every way to publish by HTTP, behind one listener. Thread-safe. What it refers to outlives it.
class Door {
 public:
  // `aliases` may be null (LegoStorage).
  Door(Publishing& publishing, Credentials& credentials, storage::Store& store, AliasCheck* aliases,
       const base::Clock& clock, DoorOptions options);

  // The handler of the listener.
  Task<base::http::Response> handle(base::http::Request request);

 private:
  Task<base::http::Response> route(base::http::Request request);
  Task<base::http::Response> handle_storage(base::http::Request request, std::string path);

  const Cors cors_;
  Access access_;
  KeptAccounts accounts_;
  AcmeDns acme_dns_;
  Httpreq httpreq_;
  LegoStorage storage_;
};

// What the listener itself refuses, in the form of this door.
base::http::Response refusal(const base::http::Refused& refused);

}  // namespace dnsserver::http
