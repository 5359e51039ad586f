#include "app/identities.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <boost/url/parse.hpp>
#include <cassert>
#include <set>

#include "app/files.h"
#include "base/openssl.h"

namespace app {

using base::Result;
using base::http::TlsIdentity;

namespace {

// The names and addresses that clients connect to: of the external URL, of the name servers, and where we listen.
std::vector<std::string> hosts_of(const base::Config& config) {
  std::set<std::string> hosts;
  for (const auto* endpoints :
       {&config.acme.listen, &config.grpc.listen, &config.publish.listen, &config.dns.tls.listen}) {
    for (const base::Endpoint& endpoint : *endpoints) {
      const bool is_any = endpoint.address == "0.0.0.0" || endpoint.address == "::";
      if (!is_any) hosts.insert(endpoint.address);
    }
  }
  hosts.insert(config.dns.tls.names.begin(), config.dns.tls.names.end());
  if (const auto url = boost::urls::parse_uri(config.acme.external_url)) {
    hosts.insert(std::string(url->encoded_host_address()));
  }
  for (const char* known : {"localhost", "127.0.0.1", "::1"})
    hosts.erase(known);  // always there
  return {hosts.begin(), hosts.end()};
}

}  // namespace

Result<std::optional<TlsIdentity>> load_identity(const base::TlsFiles& files) {
  if (files.empty()) return std::nullopt;
  TlsIdentity identity;
  TRY(identity.chain_pem, read_file(files.certificate));
  TRY(identity.key_pem, read_file(files.key));
  if (auto context = base::http::tls_server_context(identity); !context) {
    return base::fail(context.error().kind, files.certificate.string() + " and " + files.key.string() + ": " +
                                                context.error().detail);
  }
  return identity;
}

Result<std::string> load_client_ca(const std::filesystem::path& file) {
  if (file.empty()) return std::string();
  TRY(std::string pem, read_file(file));
  const base::BioHandle in(BIO_new_mem_buf(pem.data(), int(pem.size())));
  const base::X509Handle certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (certificate) return pem;
  return base::fail(base::ErrorKind::malformed,
                    "grpc.client_ca: there is no certificate in PEM in " + file.string());
}

Identities::Identities(const base::Config& config, Issue issue, const base::Clock& clock)
    : issue_(std::move(issue)), clock_(clock), hosts_(hosts_of(config)) {}

Result<TlsIdentity> Identities::first(const base::TlsFiles& files, Give give) {
  TRY(Identity identity, another(files));
  // Whoever wants all of them finds a broken file before any is issued.
  const auto at = files.empty() ? listeners_.end() : listeners_.begin();
  listeners_.insert(at, Listener{files, std::move(give), std::move(identity.made)});
  return std::move(identity.tls);
}

Result<void> Identities::renew_all() {
  std::vector<Identity> all;
  for (const Listener& listener : listeners_) {
    TRY(all.emplace_back(), another(listener.files));
  }
  for (size_t i = 0; i < all.size(); ++i)
    CHECK(take(listeners_[i], std::move(all[i])));
  return {};
}

Result<void> Identities::renew_due(const IsRevoked& is_revoked) {
  Result<void> all;
  for (Listener& listener : listeners_) {
    if (!listener.made || !(is_old(*listener.made) || is_revoked(listener.made->serial))) continue;
    const auto renewed = renew(listener);
    if (all && !renewed) all = renewed;
  }
  return all;
}

Result<void> Identities::renew(Listener& listener) {
  TRY(Identity identity, another(listener.files));
  return take(listener, std::move(identity));
}

Result<void> Identities::take(Listener& listener, Identity identity) {
  CHECK(listener.give(identity.tls));
  listener.made = std::move(identity.made);
  return {};
}

Result<Identities::Identity> Identities::another(const base::TlsFiles& files) {
  TRY(auto from_files, load_identity(files));
  if (from_files) return Identity{*std::move(from_files), {}};
  assert(issue_ != nullptr);  // check_config saw to it
  TRY(auto made, issue_(hosts_));
  return Identity{{std::move(made.chain_pem), std::move(made.key_pem)}, Made{made.serial, made.validity}};
}

}  // namespace app
