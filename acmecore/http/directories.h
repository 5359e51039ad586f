#pragma once

#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/authenticator.h"
#include "acmecore/authority.h"
#include "acmecore/directory.h"
#include "acmecore/http/edge.h"
#include "acmecore/http/urls.h"
#include "acmecore/nonces.h"
#include "acmecore/records.h"
#include "base/http/message.h"
#include "base/http/refused.h"
#include "base/task.h"

namespace acmecore::http {

// Every directory of a server, each at URLs of its own and with its own accounts. Nonces are good in all of them.
// Thread-safe.
class Directories {
 public:
  // REQUIRES: at least one directory, each with a name of its own, and none named like the first segment behind
  // "/acme/" of a resource (route.cpp) unless there is no default directory. The references outlive the object and
  // the requests it has been given.
  Directories(Authority& authority, Records& records, Nonces& nonces, const std::string& origin,
              std::vector<Directory> directories);

  // As Edge, of the directory that the target names; the first where it names none.
  base::Task<base::http::Response> handle(base::http::Request request);
  base::http::Response refuse(const base::http::Refused& refused);

  // In the order in which they were given.
  std::vector<std::string> urls() const;

 private:
  struct Served {
    Served(Authority& authority, Records& records, Nonces& nonces, const std::string& origin,
           Directory directory);

    const Urls urls;
    const bool is_default;
    Authenticator authenticator;
    Edge edge;
  };

  // Whose the target is. Null: it is none's.
  Served* find(std::string_view target);

  std::list<Served> served_;
};

}  // namespace acmecore::http
