#include "acmecore/http/directories.h"

#include <utility>

namespace acmecore::http {

namespace {

// No route has it.
constexpr std::string_view kNowhere = "";

}  // namespace

Directories::Directories(Authority& authority, Records& records, Nonces& nonces, const std::string& origin,
                         std::vector<Directory> directories) {
  for (Directory& directory : directories)
    served_.emplace_back(authority, records, nonces, origin, std::move(directory));
}

Directories::Served::Served(Authority& authority, Records& records, Nonces& nonces, const std::string& origin,
                            Directory directory)
    : urls(origin, directory.name),
      is_default(directory.name == kDefaultDirectory),
      authenticator(records, nonces, urls.account_prefix(), directory.name),
      edge(authority, authenticator, nonces, urls, std::move(directory)) {}

Directories::Served* Directories::find(std::string_view target) {
  Served* found = nullptr;
  for (Served& served : served_) {
    if (served.is_default && found == nullptr) found = &served;  // where no other's name is in the target
    if (!served.is_default && served.urls.path_of(target)) found = &served;
  }
  return found;
}

base::Task<base::http::Response> Directories::handle(base::http::Request request) {
  Served* const found = find(request.target);
  if (found == nullptr) {
    request.target = kNowhere;
    return served_.front().edge.handle(std::move(request));
  }
  request.target = *found->urls.path_of(request.target);
  return found->edge.handle(std::move(request));
}

base::http::Response Directories::refuse(const base::http::Refused& refused) {
  Served* const found = find(refused.target);
  return (found == nullptr ? served_.front() : *found).edge.refuse(refused);
}

std::vector<std::string> Directories::urls() const {
  std::vector<std::string> urls;
  for (const Served& served : served_)
    urls.push_back(served.urls.directory());
  return urls;
}

}  // namespace acmecore::http
