#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "validator/doctor/finding.h"
#include "validator/doctor/own_server.h"
#include "validator/prober.h"
#include "validator/resolver.h"

namespace validator::doctor {

// A certificate of the API with less time left than this is to be looked at.
inline constexpr std::chrono::days kApiCertificateSoon{3};

// The challenge's TXT, as one resolver that clients use answers it.
struct ResolverView {
  base::Endpoint resolver;
  Reply txt;
};

struct ViewsSeen {
  base::Name identifier;
  base::Name challenge;
  bool by_cname = false;  // how it is delegated; else by NS, or not yet
  std::vector<base::Endpoint> listeners;
  std::string port_53_holder;  // another program; empty: not known
  std::optional<Lookup> walk;  // from the top down, by our own validator
  std::vector<ResolverView> resolvers;
  std::vector<ApiCertificate> api_certificates;
  std::vector<base::Name> published_here;  // names of these whose challenges are published at this server
  base::Time now;
};

// views.resolvers, views.names, views.port, views.api_certificate.
Findings check_views(const ViewsSeen& seen);

}  // namespace validator::doctor
