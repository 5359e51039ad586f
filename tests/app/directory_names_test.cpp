#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "acmecore/http/route.h"
#include "acmecore/http/urls.h"
#include "base/config.h"

// A directory's name stands where a resource of the default directory has its own, so the configuration knows all of
// those.
namespace app {
namespace {

using acmecore::http::Resource;
using acmecore::http::Urls;

// A target that names the resource in the default directory.
std::string target_of(Resource resource) {
  const Urls urls("");
  switch (resource) {
    case Resource::directory: return urls.directory();
    case Resource::new_nonce: return urls.at("/acme/new-nonce");
    case Resource::new_account: return urls.at("/acme/new-account");
    case Resource::new_order: return urls.at("/acme/new-order");
    case Resource::new_authz: return urls.at("/acme/new-authz");
    case Resource::revoke_cert: return urls.at("/acme/revoke-cert");
    case Resource::key_change: return urls.at("/acme/key-change");
    case Resource::account: return urls.account("id");
    case Resource::orders: return urls.orders("id");
    case Resource::order: return urls.order("id");
    case Resource::finalize: return urls.finalize("id");
    case Resource::authorization: return urls.authorization("id");
    case Resource::challenge: return urls.challenge("id", "dns-01");
    case Resource::certificate: return urls.certificate({"\x01"});
    case Resource::star_certificate: return urls.star_certificate("id");
    case Resource::issuer: return urls.issuer("id");
    case Resource::renewal_info: return urls.at("/acme/renewal-info/id");
    case Resource::terms: return urls.terms("id", "token");
    case Resource::unpause: return urls.unpause("id", "token");
  }
  return "";
}
constexpr Resource kLast = Resource::unpause;
constexpr std::string_view kAcme = "/acme/";

bool is_allowed(const std::string& name) {
  return base::parse_config("[[acme.directory]]\nname = \"" + name + "\"\n", "t").has_value();
}

TEST(DirectoryNames, AreNoResourcesOfTheDefaultDirectory) {
  std::set<std::string> taken;
  for (int i = 0; i <= int(kLast); ++i) {
    const std::string target = target_of(Resource(i));
    const auto route = acmecore::http::find_route(target);
    ASSERT_TRUE(route && route->resource == Resource(i)) << target;
    const size_t end = target.find('/', kAcme.size());
    if (target.starts_with(kAcme) && end != std::string::npos)
      taken.insert(target.substr(kAcme.size(), end - kAcme.size()));
  }
  EXPECT_EQ(taken.size(), 10u);
  for (const std::string& name : taken)
    EXPECT_FALSE(is_allowed(name)) << name;
}

TEST(DirectoryNames, AreAnyOthers) {
  for (const char* name : {"team", "default", "directory", "new-order", "authz", "accounts", "orders"})
    EXPECT_TRUE(is_allowed(name)) << name;
}

}  // namespace
}  // namespace app
